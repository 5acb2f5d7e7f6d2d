"""``/journeys/preview``: what models would be sent in a pathway of a draft. Stores nothing and asks no model."""

from __future__ import annotations

from typing import Any, Literal

from ninja import Router, Schema
from pydantic import Field

from journeys.services.pathway_preview import AgentPrompt, preview_pathway
from trust.core.roles import Permission
from trust.services.guards import KeyAuth
from trust.services.operations import BODY, ApiRequest, Body, answers, example

router = Router(tags=["Journeys"])
SPEC: dict[str, Any] = {
    "kind": "journey",
    "name": "Desk",
    "entry": "talk",
    "guidelines": ["Be kind."],
    "pathways": [{"id": "talk", "guidelines": ["Be brief."]}],
}
PROMPT: dict[str, Any] = {
    "agent": "talk",
    "guidelines": [{"text": "Be kind.", "level": "journey"}],
    "messages": [{"role": "system", "content": "Answer the person helpfully and briefly."}],
    "tokens": 120,
    "provider": "demo",
    "model": "demo",
    "warnings": [],
}


class PathwayPreviewIn(Body):
    """A draft of a journey and one of its pathways."""

    model_config = example(spec=SPEC, pathway="talk", inputs={"message": "Hello"})

    spec: dict[str, Any] = Field(
        description="The JSON of a journey's spec, as in `GET /schemas/journey`; it need not be stored."
    )
    pathway: str = Field(max_length=64, description="The id of the pathway.")
    inputs: dict[str, Any] = Field(
        default={}, description="Values by the names of the agents' inputs; what is left out stands as an example of its type."
    )


class PromptMessage(Schema):
    """One message as the model gets it."""

    model_config = example(role="system", content="Answer the person helpfully and briefly.")

    role: str
    content: str


class PromptGuideline(Schema):
    """A guideline and the first level that states it."""

    model_config = example(text="Be kind.", level="journey")

    text: str
    level: Literal["journey", "pathway", "agent"]


class AgentPromptOut(Schema):
    """What one agent of the pathway would send first."""

    model_config = example(**PROMPT)

    agent: str = Field(description="How the pathway calls it; of one within a pipeline, the way to it.")
    guidelines: list[PromptGuideline] = Field(description="In the order of the prompt: journey, pathway, agent; none twice.")
    messages: list[PromptMessage]
    tokens: int = Field(description="An estimate of the whole request.")
    provider: str
    model: str
    warnings: list[str]


class PathwayPreviewOut(Schema):
    """The prompts of a pathway, in the order of its agents."""

    model_config = example(pathway="talk", prompts=[PROMPT])

    pathway: str
    prompts: list[AgentPromptOut]


@router.post(
    "/preview",
    auth=KeyAuth(Permission.READ),
    response=answers({200: PathwayPreviewOut}, *BODY, 404),
    operation_id="preview_pathway",
    summary="Preview the prompts of a pathway",
    description="For each agent of the pathway the first request of its model, to the byte, with the guidelines of journey, "
    "pathway and agent and where each comes from. Asks no model, calls no tool, stores nothing. 422 lists the problems of the "
    "draft.",
)
def preview(request: ApiRequest, data: PathwayPreviewIn) -> dict[str, Any]:
    prompts = preview_pathway(request.auth, data.spec, data.pathway, data.inputs)
    return {"pathway": data.pathway, "prompts": [_tell(prompt) for prompt in prompts]}


def _tell(prompt: AgentPrompt) -> dict[str, Any]:
    seen = prompt.preview
    return {
        "agent": prompt.name,
        "guidelines": [{"text": g.text, "level": g.level} for g in prompt.guidelines],
        "messages": [{"role": m.role, "content": m.content} for m in seen.messages],
        "tokens": seen.tokens,
        "provider": seen.provider,
        "model": seen.model,
        "warnings": list(seen.warnings),
    }
