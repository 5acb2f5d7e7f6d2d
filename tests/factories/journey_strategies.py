"""Journeys of every shape for property tests: every field of the spec is drawn, texts hold what breaks printers."""

from __future__ import annotations

from typing import Any, get_args

from hypothesis import strategies as st
from pydantic import BaseModel

from agents.core.spec.agent import AgentSpec, DemoRule, Limits, ModelSpec, ToolUse
from agents.core.spec.permissions import PermissionMode, PermissionPolicy, PermissionRule, PermissionType
from agents.core.spec.pipeline import MemberSpec, PipelineSpec, signature_of
from agents.core.spec.signature import SignatureSpec
from agents.core.spec.types import (
    AnyType,
    Constraints,
    DictType,
    EnumType,
    FieldSpec,
    FileType,
    ListType,
    ModelType,
    OptionalType,
    ScalarType,
    TypeSpec,
)
from journeys.core.merging.catalog import MERGE_RULES
from journeys.core.spec import (
    AlwaysTriggerSpec,
    CancelPattern,
    ClarifyPattern,
    ConditionTriggerSpec,
    ContextUpdateSpec,
    CorrectionPattern,
    DigressionPattern,
    ErrorRecoverySpec,
    EventTriggerSpec,
    FallbackPattern,
    HandOverPattern,
    HookUse,
    IntentTriggerSpec,
    JourneySpec,
    PathwaySpec,
    PatternsSpec,
    ReturnSpec,
    TransitionSpec,
)
from journeys.core.spec.patterns import HookEvent

WORDS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20),
    st.sampled_from(
        [
            '"""', "it's", "a\nb", "\\", "Ü 🎉", "no", "~", "1e5", "0x1f", "1_0", "2026-01-01", "12:30", " a: b ", "- x", "#x",
            "line one\nline two\n", "\n", "trailing \nspace", "\u2028", "\x85", "a\r\nb", "\ttab", "null", "x" * 150,
            "many words that are long enough to be broken over several lines of source, and again, and once more so",
        ]
    ),
)  # fmt: skip
IDS = st.one_of(
    st.from_regex(r"[a-z][a-z0-9_]{0,10}", fullmatch=True),
    st.sampled_from(["faq", "step_2", "a__b", "path", "class", "list", "set", "copy"]),
).filter(lambda name: name != "end")
FLAGS = st.booleans()
TEXTS = st.lists(WORDS, max_size=2).map(tuple)
JSON = st.recursive(
    st.none() | FLAGS | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False) | WORDS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORDS, inner, max_size=2),
    max_leaves=4,
)
PARAMS = st.dictionaries(WORDS, JSON, max_size=2)
SECONDS = st.one_of(st.floats(0.001, 1e9), st.sampled_from([1.0, 60.0, 0.5]))
NAMES = st.sampled_from(["plan", "city", "age", "Level", "x1", "spec", "name"])


def some(model: type[BaseModel], /, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """``model`` with each field either drawn or left at its default."""
    required = {name: value for name, value in fields.items() if model.model_fields[name].is_required()}
    optional = {name: value for name, value in fields.items() if name not in required}
    missing = set(model.model_fields) - set(fields) - {"kind", "schema_version"}
    assert not missing, f"{model.__name__} has fields that nothing draws: {missing}"
    return st.fixed_dictionaries(required, optional=optional).map(lambda given: model(**given))


def types(depth: int = 2) -> st.SearchStrategy[TypeSpec]:
    plain: st.SearchStrategy[Any] = st.one_of(
        st.sampled_from([ScalarType(kind=kind) for kind in ("str", "int", "float", "bool", "date", "datetime")]),
        st.sampled_from([AnyType(), *(FileType(accepts=kind) for kind in ("any", "image", "audio"))]),
        st.sampled_from([("a", "it's"), (1, 2), ("low", "high"), (True,)]).map(lambda values: EnumType(values=values)),
        st.just(EnumType(values=("low", "high"), name="Level")),
    )
    if depth == 0:
        return plain
    inner = types(depth - 1)
    return st.one_of(
        plain,
        inner.map(lambda of: ListType(of=of)),
        inner.map(lambda of: DictType(of=of)),
        inner.filter(lambda of: not isinstance(of, OptionalType)).map(lambda of: OptionalType(of=of)),
        fields(depth - 1).map(lambda held: ModelType(name="Place", fields=held)),
    )


@st.composite
def field_specs(draw: st.DrawFn, name: str, depth: int = 1) -> FieldSpec:
    type_ = draw(types(depth))
    bounds = Constraints()
    bare = type_.of if isinstance(type_, OptionalType) else type_
    if draw(FLAGS):
        kind = bare.kind
        if kind in ("int", "float"):
            bounds = Constraints(ge=draw(st.sampled_from([None, 0, -3])), le=draw(st.sampled_from([None, 7])))
        elif kind in ("str", "list", "dict"):
            bounds = Constraints(min_length=draw(st.sampled_from([None, 0])), max_length=draw(st.sampled_from([None, 9])))
            if kind == "str" and draw(FLAGS):
                bounds = bounds.model_copy(update={"pattern": draw(st.sampled_from(["^a", r"\d+|it's"]))})
    required = draw(FLAGS)
    default = None
    if not required and bounds == Constraints() and bare.kind in ("str", "any", "int"):
        default = draw({"str": WORDS, "any": JSON, "int": st.integers(-9, 9)}[bare.kind])
    return FieldSpec(name=name, type=type_, description=draw(WORDS), required=required, default=default, constraints=bounds)


def fields(depth: int = 1) -> st.SearchStrategy[tuple[FieldSpec, ...]]:
    names = st.lists(NAMES, max_size=2, unique=True)
    return names.flatmap(lambda picked: st.tuples(*(field_specs(name, depth) for name in picked)))


@st.composite
def signatures(draw: st.DrawFn) -> SignatureSpec:
    text = ScalarType(kind="str")
    outputs = (FieldSpec(name="response", type=text), FieldSpec(name="mark", type=text, description=draw(WORDS)))
    return SignatureSpec(
        name=draw(st.sampled_from(["Own", "Pathway", "Same", "Set", "A b-c"])),
        instructions=draw(WORDS),
        intent=draw(WORDS),
        guidelines=draw(TEXTS),
        inputs=(FieldSpec(name="message", type=text), *draw(fields(2))),
        outputs=outputs,
    )


MODELS = some(
    ModelSpec,
    provider=st.sampled_from(["demo", "default", "my-own"]),
    model=WORDS,
    temperature=st.none() | st.floats(0, 2),
    max_tokens=st.none() | st.integers(1, 10**6),
    timeout_s=SECONDS,
    max_retries=st.integers(0, 10),
)
TOOLS = some(
    ToolUse,
    name=st.just("t"),
    ask=FLAGS,
    quorum=st.integers(1, 20),
    other_person=FLAGS,
    expires_s=st.none() | SECONDS,
)
RULES = some(
    PermissionRule,
    pattern=st.sampled_from(["a.*", "it's|b"]),
    permission_type=st.sampled_from(PermissionType),
    reason=WORDS,
    priority=st.integers(-5, 5),
)
DEMO = some(
    DemoRule,
    when=TEXTS,
    if_known=TEXTS,
    unless_known=TEXTS,
    after=WORDS,
    rejected=FLAGS,
    go_on=FLAGS,
    call=WORDS,
    args=PARAMS,
    set=PARAMS,
)
AGENTS = some(
    AgentSpec,
    name=st.sampled_from(["Helper", "Journey", "A b", "Own", "Copy"]),
    description=WORDS,
    signature=signatures(),
    strategy=st.sampled_from(["single_shot", "unknown_here"]),
    strategy_params=PARAMS,
    model=MODELS,
    tools=st.lists(TOOLS, max_size=1).map(tuple),
    max_repairs=st.integers(0, 10),
    budget_microusd=st.none() | st.integers(0, 10**9),
    limits=some(Limits, tokens=st.none() | st.integers(1, 99), calls=st.none() | st.integers(1, 9), seconds=SECONDS),
    permissions=some(
        PermissionPolicy,
        mode=st.sampled_from(PermissionMode),
        allowed_tools=TEXTS,
        denied_tools=TEXTS,
        rules=st.lists(RULES, max_size=1).map(tuple),
    ),
    demo=st.lists(DEMO, max_size=2).map(tuple),
).map(lambda agent: agent if agent.strategy == "unknown_here" else agent.model_copy(update={"strategy_params": {}}))
MEMBERS = some(
    MemberSpec,
    name=st.just("first"),
    spec=AGENTS,
    bindings=st.just({"message": "context"}),
)
PIPELINES = some(
    PipelineSpec,
    name=st.sampled_from(["Both", "Own", "A b"]),
    description=WORDS,
    pattern=st.sampled_from(["sequential", "parallel"]),
    params=PARAMS,
    members=st.one_of(
        MEMBERS.map(lambda member: (member,)),
        st.tuples(MEMBERS, AGENTS.map(lambda spec: MemberSpec(name="second", spec=spec))),
    ),
    signature=signatures(),
)
EXPRESSIONS = st.sampled_from(["size(mark) > 0", 'user.plan == "gold"', "a\n&& b"])
PHRASES: dict[str, st.SearchStrategy[Any]] = {"enabled": FLAGS, "examples": TEXTS, "demo_patterns": TEXTS}
HOOKS = some(HookUse, event=st.sampled_from(get_args(HookEvent)), hook=WORDS, params=PARAMS)
UPDATES = some(
    ContextUpdateSpec,
    op=st.sampled_from(["set", "copy", "append", "remove"]),
    field=WORDS.filter(bool),
    value=JSON,
    source=WORDS,
)
MOMENTS = st.sampled_from(["message", "answer"])
TRIGGERS: st.SearchStrategy[Any] = st.one_of(
    some(
        IntentTriggerSpec,
        intents=st.sampled_from([("ask", "it's"), ("help",)]),
        description=WORDS,
        examples=TEXTS,
        demo_patterns=TEXTS,
        confidence_threshold=st.floats(0, 1),
    ),
    some(ConditionTriggerSpec, expression=EXPRESSIONS, description=WORDS, on=MOMENTS),
    some(AlwaysTriggerSpec, description=WORDS, on=MOMENTS),
    some(
        EventTriggerSpec,
        event=st.sampled_from(["timeout", "inactivity", "tool_result", "error"]),
        tool=WORDS,
        code=WORDS,
        after_s=st.none() | SECONDS,
        description=WORDS,
    ),
)


def patterns(ids: list[str]) -> st.SearchStrategy[Any]:
    """Conversation patterns whose ways lead to pathways that there are."""
    return some(
        PatternsSpec,
        correction=some(CorrectionPattern, **PHRASES, fields=TEXTS, reply=WORDS),
        cancel=some(
            CancelPattern,
            **PHRASES,
            to=st.sampled_from(["end", "entry", "previous", *ids]),
            confirm=FLAGS,
            question=WORDS,
            reply=WORDS,
        ),
        digression=some(DigressionPattern, resume=WORDS),
        clarify=some(ClarifyPattern, enabled=FLAGS, margin=st.floats(0, 1), question=WORDS),
        fallback=some(
            FallbackPattern,
            **PHRASES,
            reply=WORDS,
            after=st.integers(1, 20),
            pathway=st.sampled_from(["", "end", *ids]),
            hand_over=FLAGS,
        ),
        hand_over=some(
            HandOverPattern,
            **PHRASES,
            message=WORDS,
            wait_s=st.none() | st.floats(0.001, 1e6),
            then=st.sampled_from(["agent", "end"]),
            late=WORDS.filter(bool),
        ),
    )


def transitions(ids: list[str]) -> st.SearchStrategy[Any]:
    return some(
        TransitionSpec,
        id=IDS,
        label=WORDS,
        trigger=TRIGGERS,
        to_pathway=st.sampled_from([*ids, "end"]),
        from_pathways=st.sampled_from([("*",), (ids[0],), tuple(ids)]),
        priority=st.integers(-1, 2),
        push=FLAGS,
        guard=EXPRESSIONS,
        context_update=st.lists(UPDATES, max_size=2).map(tuple),
    )


@st.composite
def pathways(draw: st.DrawFn, name: str, ids: list[str], agents: dict[str, AgentSpec | PipelineSpec]) -> PathwaySpec:
    own = draw(FLAGS)
    own_or_agents = own or bool(agents)
    returns = some(
        ReturnSpec,
        kind=st.sampled_from(["previous", "specific", "entry"]),
        target=st.sampled_from(ids),
        preserve_context=FLAGS,
        max_depth=st.integers(1, 100),
    ).filter(lambda spec: spec.kind != "specific" or spec.target)
    recovery = some(
        ErrorRecoverySpec,
        mode=st.sampled_from(["fail", "retry", "reply", "pathway"]),
        retries=st.integers(1, 10),
        reply=WORDS,
        pathway=st.sampled_from(ids),
    ).filter(lambda spec: spec.mode != "pathway" or spec.pathway)
    drawn = some(
        PathwaySpec,
        id=st.just(name),
        title=WORDS,
        description=WORDS,
        signature=signatures() if own else st.none(),
        agents=st.just(tuple(sorted(agents))),
        pipeline=st.sampled_from(["sequential", "ensemble"]),
        pipeline_params=PARAMS,
        bindings=st.sampled_from([{}, {"message": "context"}, {"message": '="a" + b'}]),
        guidelines=TEXTS,
        accumulate=st.just(()),
        merge=st.just({}),
        complete_when=st.just(("response",)),
        complete_if=EXPRESSIONS,
        next=st.sampled_from(["", "end", *ids]),
        return_behavior=st.none() | returns,
        response_field=st.just("response"),
        suggestions=TEXTS,
        timeout_s=st.none() | SECONDS,
        on_error=recovery,
    )
    spec: PathwaySpec = draw(drawn)
    answering = [*([spec.signature] if spec.signature else []), *(signature_of(agents[name]) for name in spec.agents)]
    if answering and not any(field.name == "message" for signature in answering for field in signature.inputs):
        spec = spec.model_copy(update={"bindings": {}})
    if spec.signature is None and not own_or_agents:
        return spec.model_copy(update={"complete_when": ()})
    rules = draw(st.sampled_from([{}, *({"mark": rule} for rule in MERGE_RULES)]))
    return spec.model_copy(update={"accumulate": ("mark",), "merge": rules}) if spec.signature or spec.agents else spec


@st.composite
def journeys(draw: st.DrawFn) -> JourneySpec:
    """A valid journey in which any field may be stated."""
    ids = draw(st.lists(IDS, min_size=1, max_size=3, unique=True))
    agents = draw(st.dictionaries(IDS, st.one_of(AGENTS, AGENTS, PIPELINES), max_size=2))
    moves = draw(st.lists(transitions(ids), max_size=3, unique_by=lambda move: move.id or object()))
    drawn = some(
        JourneySpec,
        name=st.sampled_from(["Referral", "My journey", "Journey", "IntakePath", "Set"]),
        description=WORDS,
        greeting=WORDS,
        guidelines=TEXTS,
        entry=st.sampled_from(ids),
        pathways=st.tuples(*(pathways(name, ids, agents) for name in ids)),
        transitions=st.just(tuple(moves)),
        agents=st.just(agents),
        variables=fields(),
        context=fields(),
        patterns=patterns(ids),
        hooks=st.lists(HOOKS, max_size=2).map(tuple),
        intent_model=st.sampled_from([{}, {"provider": "demo", "temperature": 0.5}, {"model": "m"}]),
        intent_cache_s=st.just(0.0) | SECONDS,
        max_depth=st.integers(1, 100),
        max_context_bytes=st.integers(1, 10**9),
        session_ttl_s=st.none() | SECONDS,
        end_message=WORDS,
        budget_microusd=st.none() | st.integers(0, 10**9),
    )
    spec: JourneySpec = draw(drawn)
    return JourneySpec.model_validate(spec.model_dump(mode="json") | ({"agents": agents} if not spec.agents else {}))
