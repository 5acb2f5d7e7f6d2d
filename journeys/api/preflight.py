"""``/journeys/preflight``: everything that is wrong with a draft, sent or saved, with places, remedies and fixes."""

from __future__ import annotations

from typing import Any, Literal

from ninja import Router, Schema
from pydantic import Field

from journeys.core.preflight.report import Report
from journeys.services.builder import tell_problems
from journeys.services.preflight import check_draft, check_saved
from trust.core.roles import Permission
from trust.services.guards import KeyAuth
from trust.services.operations import BODY, ApiRequest, Body, answers, example

router = Router(tags=["Journeys"])
FIX: dict[str, Any] = {
    "label": "Give it the default nothing",
    "ops": [{"op": "default_input", "target": "booking", "input": "age", "value": None}],
}
FINDING: dict[str, Any] = {
    "level": "error",
    "severity": "error",
    "code": "unbound_input",
    "where": "pathways.booking.bindings.age",
    "message": "Booking: the input 'age' needs 'age', and nothing brings that. Keep such an output of an earlier pathway, "
    "bind the input to something else, or give it a default.",
    "what": "Booking: the input 'age' needs 'age', and nothing brings that.",
    "how": "Keep such an output of an earlier pathway, bind the input to something else, or give it a default.",
    "focus": {"kind": "pathway", "id": "booking", "field": "bindings"},
    "fixes": [FIX],
}


class FocusOut(Schema):
    """The element that shows a finding."""

    model_config = example(**FINDING["focus"])

    kind: Literal["pathway", "transition", "agent", "journey"]
    id: str = Field(description="Empty: the journey itself.")
    field: str = Field(description="The top key of the element's form; empty: the element as a whole.")


class FixOut(Schema):
    """A fix that can be applied: operations of `edit_draft`."""

    model_config = example(**FIX)

    label: str
    ops: list[dict[str, Any]]


class FindingOut(Schema):
    """One thing that is wrong with the draft, or may go wrong."""

    model_config = example(**FINDING)

    level: Literal["error", "warning"] = Field(description="`error` keeps the draft from being published; `warning` does not.")
    severity: Literal["error", "warning"] = Field(description="The same as `level`.")
    code: str = Field(description="What kind of finding it is.")
    where: str = Field(description="A path by ids, such as `pathways.intake.bindings.age`.")
    message: str = Field(description="`what` and `how` in one.")
    what: str = Field(description="What is wrong, with which value.")
    how: str = Field(description="What to do about it.")
    focus: FocusOut
    fixes: list[FixOut]


class ReportOut(Schema):
    """All findings of a draft."""

    model_config = example(
        errors=1,
        warnings=0,
        findings=[FINDING],
        counts={"pathway:booking": {"errors": 1, "warnings": 0}},
        mappings={"intake": "ok", "booking": "broken"},
        edges={"next:intake": "broken", "t:t1:intake": "ok"},
    )

    errors: int = Field(description="How many findings keep the draft from being published.")
    warnings: int
    findings: list[FindingOut] = Field(description="Errors first.")
    counts: dict[str, dict[str, int]] = Field(description="`kind:id` of an element to its errors and warnings.")
    mappings: dict[str, Literal["ok", "lossy", "broken"]] = Field(description="Each pathway to how its inputs are fed.")
    edges: dict[str, Literal["ok", "lossy", "broken"]] = Field(
        description="Each edge to how the inputs of its target are fed when one comes by it. Edges are named "
        "`t:TRANSITION:SOURCE` (`*`: from anywhere), `next:PATHWAY`, `err:PATHWAY`, `ret:PATHWAY:TARGET` and `pat:PATTERN`."
    )


class PreflightIn(Body):
    """A draft in any state."""

    model_config = example(draft={"name": "Clinic", "entry": "intake", "pathways": [{"id": "intake", "next": "end"}]})

    draft: dict[str, Any] = Field(description="The JSON of a journey; it need not be valid.")


@router.post(
    "/preflight",
    auth=KeyAuth(Permission.BUILD),
    response=answers({200: ReportOut}, *BODY),
    operation_id="check_journey_draft",
    summary="Check a draft that is sent",
    description="Everything that is wrong, or may go wrong, at once. Nothing is stored.",
)
def check_sent(request: ApiRequest, body: PreflightIn) -> ReportOut:
    return tell_report(check_draft(principal=request.auth, draft=body.draft))


@router.get(
    "/{slug:slug}/preflight",
    auth=KeyAuth(Permission.READ),
    response=answers({200: ReportOut}, 404),
    operation_id="check_journey",
    summary="Check a journey's draft",
    description="Everything that is wrong with the saved draft, or may go wrong.",
)
def check_one(request: ApiRequest, slug: str) -> ReportOut:
    return tell_report(check_saved(principal=request.auth, slug=slug))


def tell_report(report: Report) -> ReportOut:
    return ReportOut.model_validate({**report.as_data(), "findings": tell_problems(report)})
