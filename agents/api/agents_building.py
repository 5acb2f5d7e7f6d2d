"""``/agents``, beside what all definitions have: preview a draft, try it, keep it as a version, see what points to it."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Header, Router, Schema, Status
from pydantic import Field

from agents.api.definition_shapes import DefinitionDetail, VersionOut, tell_detail, tell_version
from agents.api.run_shapes import RunOut, tell_run
from agents.services.agent_ends import find_usage
from agents.services.definitions import get_version, keep_draft, unarchive_definition
from agents.services.preview import preview_agent
from agents.services.trials import start_trial
from agents.services.verdicts import judge_tools, known_tools
from trust.core.roles import Permission
from trust.services.guards import KeyAuth
from trust.services.operations import BODY, ApiRequest, Body, answers, example

router = Router(tags=["Agents"])
SPEC: dict[str, Any] = {
    "kind": "agent",
    "name": "Helper",
    "signature": {
        "kind": "signature",
        "name": "Help",
        "instructions": "Answer briefly.",
        "inputs": [{"name": "question", "type": {"kind": "str"}}],
        "outputs": [{"name": "answer", "type": {"kind": "str"}}],
    },
}
IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        max_length=200,
        description="The same key with the same draft and inputs is the same run; with others it is 409.",
    ),
]


class AgentPreviewIn(Body):
    """A draft of an agent, and the inputs to show it with; what is left out stands as an example of its type."""

    model_config = example(spec=SPEC, inputs={"question": "What is a heron?"})

    spec: dict[str, Any] = Field(description="The JSON of an agent's spec, as in `GET /schemas/agent`.")
    inputs: dict[str, Any] = Field(default={}, description="By the names of the signature.")


class PreviewMessage(Schema):
    """One message as the model gets it."""

    model_config = example(role="system", content="Answer briefly.")

    role: str
    content: str


class ToolDecision(Schema):
    """What a call of one of the agent's tools would meet, before any grant of a session."""

    model_config = example(tool="bash_command", decision="ask", reason="its danger is high")

    tool: str
    decision: str = Field(description="`allow`, `ask` or `deny`.")
    reason: str


class PreviewTool(Schema):
    """A tool as the model is told of it."""

    model_config = example(name="current_time", description="The time now.", parameters={"type": "object", "properties": {}})

    name: str
    description: str
    parameters: dict[str, Any]


class AgentPreview(Schema):
    """What a run of the agent would send to a model first."""

    model_config = example(
        messages=[{"role": "user", "content": 'question: "What is a heron?"'}],
        answer_schema={"type": "object"},
        strict=True,
        tools=[],
        tokens=120,
        provider="demo",
        model="rules",
        warnings=[],
        from_strategy=True,
        decisions=[],
    )

    messages: list[PreviewMessage]
    answer_schema: dict[str, Any] = Field(description="The JSON Schema that the answer must fit.")
    strict: bool = Field(description="Whether a provider's strict mode can enforce the schema.")
    tools: list[PreviewTool]
    tokens: int = Field(description="An estimate: four bytes a token, schema and tools included.")
    provider: str
    model: str
    warnings: list[str] = Field(description="What the model cannot do of what the agent wants.")
    from_strategy: bool = Field(description="False: the strategy does something else first, and this is the plain question.")
    decisions: list[ToolDecision]


class TryIn(Body):
    """The inputs of a try."""

    model_config = example(inputs={"question": "What is a heron?"}, budget_microusd=50_000)

    inputs: dict[str, Any] = Field(description='By the names of the signature; a file as `{"file": "<id>"}`.')
    budget_microusd: int | None = Field(default=None, ge=0, description="At most this much, in millionths of a dollar.")


class KeepIn(Body):
    """What to call the version."""

    model_config = example(title="Before the rewrite")

    title: str = Field(default="", max_length=200)


class JourneyName(Schema):
    """A journey whose draft names the agent."""

    model_config = example(slug="referral", name="Referral")

    slug: str
    name: str


class AgentUsage(Schema):
    """What points to an agent."""

    model_config = example(versions=2, runs=31, journeys=[{"slug": "referral", "name": "Referral"}])

    versions: int
    runs: int
    journeys: list[JourneyName]


@router.post(
    "/preview",
    auth=KeyAuth(Permission.READ),
    response=answers({200: AgentPreview}, *BODY),
    operation_id="preview_agent",
    summary="Preview what the model will see",
    description="The first request of a run of this draft, to the byte: messages, answer schema, tools. Asks no model, calls "
    "no tool, stores nothing. 422 lists the problems of the draft.",
)
def preview(request: ApiRequest, data: AgentPreviewIn) -> dict[str, Any]:
    found = preview_agent(request.auth, data.spec, data.inputs)
    verdicts = judge_tools(request.auth, data.spec, known_tools(request.auth))
    return {
        "messages": [{"role": m.role, "content": m.content} for m in found.messages],
        "answer_schema": found.json_schema,
        "strict": found.strict,
        "tools": [tool.model_dump(mode="json") for tool in found.tools],
        "tokens": found.tokens,
        "provider": found.provider,
        "model": found.model,
        "warnings": list(found.warnings),
        "from_strategy": found.from_run,
        "decisions": [{"tool": v.tool, "decision": v.decision, "reason": v.reason} for v in verdicts],
    }


@router.post(
    "/{slug:slug}/try",
    auth=KeyAuth(Permission.RUN),
    response=answers({202: RunOut}, *BODY, 404, 409),
    operation_id="try_agent",
    summary="Try the draft",
    description="Runs the draft as it is; nothing needs to be published. 422 lists the problems of the draft, or else those of "
    "the inputs. `Location` is the run.",
)
def try_draft(
    request: ApiRequest, response: HttpResponse, slug: str, data: TryIn, idempotency_key: IdempotencyKey = ""
) -> Status[RunOut]:
    run = start_trial(
        principal=request.auth,
        slug=slug,
        inputs=data.inputs,
        budget_microusd=data.budget_microusd,
        idempotency_key=idempotency_key,
    )
    response["Location"] = request.path.removesuffix(f"agents/{slug}/try") + f"runs/{run.id}"
    return Status(202, tell_run(run))


@router.post(
    "/{slug:slug}/keep",
    auth=KeyAuth(Permission.BUILD),
    response=answers({200: VersionOut}, *BODY, 404),
    operation_id="keep_agent_draft",
    summary="Keep the draft as a version",
    description="A version that nobody is answered by: what is published stays. The same content is the same version.",
)
def keep(request: ApiRequest, slug: str, data: KeepIn) -> VersionOut:
    kept = keep_draft(request.auth, "agent", slug, data.title)
    return tell_version(get_version(request.auth, "agent", slug, kept.number))


@router.get(
    "/{slug:slug}/usage",
    auth=KeyAuth(Permission.READ),
    response=answers({200: AgentUsage}, 404),
    operation_id="get_agent_usage",
    summary="See what points to an agent",
    description="Versions, runs of them and of drafts, and the journeys whose drafts name it.",
)
def usage(request: ApiRequest, slug: str) -> dict[str, Any]:
    found = find_usage(request.auth, slug)
    journeys = [{"slug": journey.slug, "name": journey.name} for journey in found.journeys]
    return {"versions": found.versions, "runs": found.runs, "journeys": journeys}


@router.post(
    "/{slug:slug}/unarchive",
    auth=KeyAuth(Permission.BUILD),
    response=answers({200: DefinitionDetail}, 404),
    operation_id="unarchive_agent",
    summary="Bring an archived agent back",
    description="It stands in the lists again.",
)
def unarchive(request: ApiRequest, slug: str) -> DefinitionDetail:
    return tell_detail(unarchive_definition(request.auth, "agent", slug))
