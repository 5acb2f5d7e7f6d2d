"""``/journeys/{slug}/draft/mapping``: how the fields of two pathways fit, with the operations that feed an input otherwise."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Query, Router, Schema
from pydantic import Field

from journeys.services.mapping import describe_fits, describe_mapping
from trust.core.roles import Permission
from trust.services.guards import KeyAuth
from trust.services.operations import ApiRequest, answers, example

router = Router(tags=["Journeys"])
Target = Annotated[str, Query(description="The pathway that is entered.")]
OPTION: dict[str, Any] = {
    "name": "symptom",
    "state": "ok",
    "why": "",
    "from": "Intake",
    "ops": [{"op": "map_input", "source": "intake", "target": "booking", "input": "complaint", "output": "symptom"}],
}
MEND: dict[str, Any] = {
    "label": "Give it the default ''",
    "ops": [{"op": "default_input", "target": "booking", "input": "complaint", "value": ""}],
}
ROW: dict[str, Any] = {
    "agent": "booker",
    "field": "complaint",
    "type": "text",
    "required": True,
    "source": "",
    "how": "none",
    "state": "unbound",
    "why": "nothing gives 'complaint'",
    "options": [OPTION],
    "mends": [MEND],
}
State = Literal["ok", "lossy", "broken"]
Source = Annotated[str, Query(description="The pathway that leads there; `*`: any, so that only the context counts.")]


class OptionOut(Schema):
    """A field that could feed the input."""

    model_config = example(**OPTION)

    name: str
    state: State = Field(description="Whether its values fit; `lossy`: they arrive as text.")
    why: str
    origin: str = Field(alias="from", description="Where it comes from: a pathway, the context, the person or the session.")
    ops: list[dict[str, Any]] = Field(description="Operations of `edit_journey_draft` that choose it.")


class MendOut(Schema):
    """A fix that is offered."""

    model_config = example(**MEND)

    label: str
    ops: list[dict[str, Any]] = Field(description="Operations of `edit_journey_draft`.")


class InputOut(Schema):
    """One input of the pathway that is entered, with what feeds it."""

    model_config = example(**ROW)

    agent: str
    field: str
    type: str
    required: bool
    source: str = Field(description="The field or the expression that feeds it; empty: nothing does, or its default.")
    how: Literal["binding", "expression", "name", "message", "given", "default", "none"]
    state: Literal["ok", "lossy", "broken", "unbound"]
    why: str = Field(description="What does not fit.")
    options: list[OptionOut] = Field(description="Everything that could feed it.")
    mends: list[MendOut] = Field(description="What would mend it; empty where nothing is wrong.")


class MappingOut(Schema):
    """How the inputs of one pathway are fed when another leads to it."""

    model_config = example(rows=[ROW])

    rows: list[InputOut] = Field(description="In the order of the agents that answer there.")


class FitOut(Schema):
    """How well one pathway can be entered."""

    model_config = example(state="broken", why="complaint: nothing gives 'complaint'")

    state: State
    why: str = Field(description="The input that does not get what it needs; empty where all do.")


class FitsOut(Schema):
    """Every pathway that another could lead to."""

    model_config = example(
        targets={
            "booking": {"state": "broken", "why": "complaint: nothing gives 'complaint'"},
            "end": {"state": "ok", "why": ""},
        }
    )

    targets: dict[str, FitOut] = Field(description="By the id of the pathway, `end` included.")


@router.get(
    "/{slug:slug}/draft/mapping",
    auth=KeyAuth(Permission.BUILD),
    response=answers({200: MappingOut}, 404, 422),
    by_alias=True,
    operation_id="get_journey_mapping",
    summary="How the fields of two pathways fit",
    description="Each input of `target` with what feeds it, whether that fits, and operations that would feed it otherwise "
    "or mend it: send them to `edit_journey_draft`. 422 names the pathways that there are.",
)
def mapping(request: ApiRequest, slug: str, source: Source, target: Target) -> Any:
    return describe_mapping(principal=request.auth, slug=slug, source=source, target=target)


@router.get(
    "/{slug:slug}/draft/fits",
    auth=KeyAuth(Permission.BUILD),
    response=answers({200: FitsOut}, 404, 422),
    operation_id="get_journey_fits",
    summary="Where a pathway could lead",
    description="For each pathway whether it gets all that it needs when `source` leads to it, and why not.",
)
def fits(request: ApiRequest, slug: str, source: Source) -> Any:
    return describe_fits(principal=request.auth, slug=slug, source=source)
