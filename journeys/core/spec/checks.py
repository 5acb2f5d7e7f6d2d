"""What must hold between the names of a journey: entry, next, targets, accumulated fields, bindings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from agents.core.spec.agent import ModelSpec
from agents.core.spec.pipeline import signature_of
from journeys.core.merging.catalog import rule_names
from journeys.core.names import ANYWHERE, END
from journeys.core.spec.triggers import intents_of

if TYPE_CHECKING:
    from journeys.core.spec import JourneySpec, PathwaySpec

TAKEN_INTENTS = ("off_topic", "ask_for_a_person", "give_up", "correct_a_value")  # what messages mean to the patterns
NO_INTENT = "none"  # what intent detection answers for a message that means none of the intents


def check_names(spec: JourneySpec) -> list[str]:
    """Every wrong name of ``spec`` as one sentence that lists the right ones; empty when all is well."""
    ids = [p.id for p in spec.pathways]
    known = ", ".join(ids)
    problems: list[str] = []

    def want(value: str, where: str, *extra: str) -> None:
        if value not in ids and value not in extra:
            problems.append(f"{where} names the unknown pathway {value!r}; the pathways are: {known}")

    for twice in sorted({i for i in ids if ids.count(i) > 1}):
        problems.append(f"the pathway {twice!r} is declared twice")
    if END in ids:
        problems.append(f"{END!r} is the name of the journey's end and cannot be a pathway")
    want(spec.entry, "the entry pathway")
    for n, transition in enumerate(spec.transitions, 1):
        want(transition.to_pathway, f"transition {n} (to_pathway)", END)
        for source in transition.from_pathways:
            want(source, f"transition {n} (from_pathway)", ANYWHERE)
    for pathway in spec.pathways:
        if pathway.next:
            want(pathway.next, f"pathway {pathway.id!r} (__next__)", END)
        if pathway.return_behavior and pathway.return_behavior.kind == "specific":
            want(pathway.return_behavior.target, f"pathway {pathway.id!r} (__return_behavior__)")
        if pathway.on_error.mode == "pathway":
            want(pathway.on_error.pathway, f"pathway {pathway.id!r} (on_error)")
        problems += _check_fields(spec, pathway)
    for value, where, *extra in _pattern_targets(spec):
        want(value, where, *extra)
    return problems + _check_intents(spec)


def _pattern_targets(spec: JourneySpec) -> list[tuple[str, ...]]:
    """The pathways that the conversation patterns name, each with where it does and what else may stand there."""
    cancel, fallback = spec.patterns.cancel, spec.patterns.fallback
    found: list[tuple[str, ...]] = []
    if cancel.enabled:
        found.append((cancel.to, "the pattern cancel (to)", END, "entry", "previous"))
    if fallback.enabled and fallback.pathway:
        found.append((fallback.pathway, "the pattern fallback (pathway)", END))
    return found


def _check_intents(spec: JourneySpec) -> list[str]:
    problems = []
    for n, transition in enumerate(spec.transitions, 1):
        for intent in intents_of(transition.trigger):
            if not intent.strip() or intent == NO_INTENT:
                problems.append(f"transition {n} has the intent {intent!r}, which says that a message has none")
            elif intent in TAKEN_INTENTS:
                problems.append(f"transition {n} has the intent {intent!r}, which is a name of the conversation patterns")
    try:
        ModelSpec.model_validate(spec.intent_model)
    except ValidationError as error:
        told = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())
        problems.append(f"the model that detects intents cannot be used: {told}")
    return problems


def _check_fields(spec: JourneySpec, pathway: PathwaySpec) -> list[str]:
    """Names of fields against the signatures of the pathway and of its agents, as far as these are known."""
    signatures = [pathway.signature] if pathway.signature else []
    signatures += [signature_of(spec.agents[a]) for a in pathway.agents if a in spec.agents]
    all_known = all(a in spec.agents for a in pathway.agents)
    outputs = list(dict.fromkeys(f.name for s in signatures for f in s.outputs)) or ["response"]
    inputs = list(dict.fromkeys(f.name for s in signatures for f in s.inputs)) or ["message", "history", "context"]
    problems = []
    for name in pathway.accumulate:
        if (pathway.signature or all_known) and name not in outputs:
            problems.append(
                f"pathway {pathway.id!r} accumulates {name!r}, which is no output of its signature; "
                f"the outputs are: {', '.join(outputs)}"
            )
    for name, rule in pathway.merge.items():
        if rule not in rule_names():
            problems.append(f"pathway {pathway.id!r} merges {name!r} by {rule!r}; the rules are: {', '.join(rule_names())}")
        if name not in pathway.accumulate:
            problems.append(
                f"pathway {pathway.id!r} has a merge rule for {name!r}, which it does not accumulate; "
                f"it accumulates: {', '.join(pathway.accumulate) or 'nothing'}"
            )
    if not all_known:
        return problems
    for name in pathway.bindings:
        if name not in inputs:
            problems.append(
                f"pathway {pathway.id!r} binds {name!r}, which is no input there; the inputs are: {', '.join(inputs)}"
            )
    if pathway.response_field not in ("response", *outputs):
        problems.append(
            f"pathway {pathway.id!r} answers with {pathway.response_field!r}, which is no output there; "
            f"the outputs are: {', '.join(outputs)}"
        )
    kept = (name for p in spec.pathways for name in p.accumulate) if pathway.complete_when else ()
    known = list(dict.fromkeys((*outputs, *kept)))
    for name in pathway.complete_when:
        if name not in known:
            problems.append(
                f"pathway {pathway.id!r} is complete when {name!r}, which nothing brings; allowed: {', '.join(known)}"
            )
    return problems
