"""``/journeys/{slug}/utterances`` and ``/intent-runs``: the intent laboratory."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router, Schema, Status
from pydantic import Field

from journeys.core.engine.intents import HISTORY_SEEN
from journeys.core.lab.spec import Said
from journeys.services.sessions import get_session
from journeys.services.testing.comparing import compare_labs
from journeys.services.testing.lab import (
    Label,
    LabView,
    add_utterances,
    delete_utterance,
    get_lab,
    label_turn,
    list_labs,
    list_utterances,
    start_lab,
)
from trust.core.errors import NotFound
from trust.core.roles import Permission
from trust.services.guards import KeyAuth
from trust.services.operations import BODY, ApiRequest, Body, Cursor, Limit, Page, answers, example, page_of

router = Router(tags=["Tests"])
UTTERANCE: dict[str, Any] = {
    "id": "5f9b2a52-3a5d-4d52-8b8c-1a77e3f5d2b4",
    "text": "I want my money back",
    "intent": "refund",
    "before": [],
    "source": "hand",
    "created_by_label": "Alice",
    "created_at": "2026-11-22T09:00:00Z",
}
LAB: dict[str, Any] = {
    "id": "6f9b2a52-3a5d-4d52-8b8c-1a77e3f5d2b4",
    "what": "draft",
    "state": "done",
    "model": "Demo model",
    "utterances": 12,
    "note": "",
    "run": None,
    "created_by_label": "Alice",
    "created_at": "2026-11-22T09:00:00Z",
    "agreement": 92,
    "report": {"heard": 12, "right": 11, "errors": 0},
}


class UtteranceOut(Schema):
    """A labelled utterance."""

    model_config = example(**UTTERANCE)

    id: UUID
    text: str
    intent: str = Field(description="An intent of the journey, or `none`.")
    before: list[dict[str, Any]] = Field(description="What was said before it: `role` and `text`, oldest first.")
    source: str = Field(description="`hand`, `csv`, `session` or `feedback`.")
    created_by_label: str
    created_at: datetime


class LabelIn(Body):
    """What a person said and the intent it has."""

    model_config = example(text="I want my money back", intent="refund", before=[])

    text: str = Field(min_length=1, max_length=2000)
    intent: str = Field(min_length=1, max_length=100)
    before: list[Said] = Field(default=[], max_length=HISTORY_SEEN, description="What was said before it, oldest first.")


class TurnLabelIn(Body):
    """The intent that the message of a turn has."""

    model_config = example(session_id="c2f6a1de-52a4-4a43-a1b0-6a2fd4f5b601", turn=3, intent="refund", alone=False)

    session_id: UUID
    turn: int = Field(ge=1)
    intent: str = Field(min_length=1, max_length=100)
    alone: bool = Field(default=False, description="Without what was said before it.")


class LabelsIn(Body):
    """Labelled utterances."""

    model_config = example(utterances=[{"text": "I want my money back", "intent": "refund"}])

    utterances: list[LabelIn] = Field(min_length=1, max_length=5000)


class AddedOut(Schema):
    """How many were new; the others got their new label."""

    model_config = example(added=1)

    added: int


class LabIn(Body):
    """Which model hears the utterances, by which content, and where."""

    model_config = example(version=None, provider="", model="", pathways=[])

    version: int | None = Field(default=None, ge=1, description="A version number; null: the draft.")
    provider: str = Field(default="", max_length=100, description="Empty: what routes the journey's turns.")
    model: str = Field(default="", max_length=200)
    pathways: list[str] = Field(default=[], max_length=200, description="Empty: all that listen to intents.")


class LabOut(Schema):
    """One run of the laboratory."""

    model_config = example(**LAB)

    id: UUID
    what: str
    state: str = Field(description="`running`, `done` or `stopped`.")
    model: str
    utterances: int
    note: str
    run: UUID | None
    created_by_label: str
    created_at: datetime
    agreement: int | None = Field(description="Percent on which the model and people agree; null until it is done.")
    report: dict[str, Any] | None = Field(
        description="Matrices by pathway, colliding `pairs`, `leaked`, `missed`, and `sweeps` of thresholds; null until done."
    )


HEARD: dict[str, Any] = {
    "pathway": "intake",
    "text": "I want my money back",
    "intent": "refund",
    "before": [],
    "taken": ["refund", "bill"],
}
Runs = Annotated[list[UUID] | None, Query(description="Ids of measurements; left out: the newest of each model.")]


class HeardOut(Schema):
    """One utterance in one pathway."""

    model_config = example(**HEARD)

    pathway: str
    text: str
    intent: str
    before: list[dict[str, Any]]
    taken: list[str | None] = Field(description="By measurement; null: not heard, or no answer.")


class ComparisonOut(Schema):
    """Measurements side by side."""

    model_config = example(runs=[LAB, LAB], rows=[HEARD])

    runs: list[LabOut]
    rows: list[HeardOut]


@router.get(
    "/{slug:slug}/utterances",
    auth=KeyAuth(Permission.READ),
    response=answers({200: Page[UtteranceOut]}, 404, 422),
    operation_id="list_utterances",
    summary="List labelled utterances",
    description="By intent, then as they came.",
)
def list_all(request: ApiRequest, slug: str, cursor: Cursor = "", limit: Limit = 100) -> dict[str, Any]:
    names = list(UtteranceOut.model_fields)
    rows = [UtteranceOut(**{n: getattr(u, n) for n in names}) for u in list_utterances(request.auth, slug)]
    return page_of(rows, key=lambda row: str(row.id), cursor=cursor, limit=limit)


@router.post(
    "/{slug:slug}/utterances",
    auth=KeyAuth(Permission.BUILD),
    response=answers({200: AddedOut}, *BODY, 404),
    operation_id="add_utterances",
    summary="Add labelled utterances",
    description="All or nothing. A text that is there already gets the new label.",
)
def add(request: ApiRequest, slug: str, data: LabelsIn) -> AddedOut:
    labelled = [Label(u.text, u.intent, tuple(u.before)) for u in data.utterances]
    return AddedOut(added=add_utterances(principal=request.auth, slug=slug, labelled=labelled))


@router.post(
    "/{slug:slug}/utterances/from-turn",
    auth=KeyAuth(Permission.BUILD),
    response=answers({200: AddedOut}, *BODY, 404),
    operation_id="label_turn",
    summary="Label the message of a turn",
    description="Of a session that you may read, with what was said before it.",
)
def label(request: ApiRequest, slug: str, data: TurnLabelIn) -> AddedOut:
    if get_session(request.auth, data.session_id).slug != slug:
        raise NotFound(f"The session {data.session_id} is of another journey.")
    return AddedOut(added=label_turn(principal=request.auth, **data.model_dump()))


@router.delete(
    "/{slug:slug}/utterances/{uuid:utterance_id}",
    auth=KeyAuth(Permission.BUILD),
    response=answers({204: None}, 404),
    operation_id="delete_utterance",
    summary="Delete a labelled utterance",
    description="Runs that heard it keep what they found.",
)
def delete(request: ApiRequest, slug: str, utterance_id: UUID) -> Status[None]:
    delete_utterance(principal=request.auth, slug=slug, utterance_id=utterance_id)
    return Status(204, None)


@router.post(
    "/{slug:slug}/intent-runs",
    auth=KeyAuth(Permission.RUN),
    response=answers({202: LabOut}, *BODY, 404),
    operation_id="start_intent_run",
    summary="Measure the intents",
    description="Has a model hear every labelled utterance, in the background; follow it here, or its run.",
)
def start(request: ApiRequest, response: HttpResponse, slug: str, data: LabIn) -> Status[LabOut]:
    lab = start_lab(
        principal=request.auth,
        slug=slug,
        version=data.version,
        provider=data.provider,
        model=data.model,
        pathways=data.pathways,
    )
    response["Location"] = f"{request.path}/{lab.id}"
    return Status(202, tell_lab(get_lab(request.auth, slug, lab.id)))


@router.get(
    "/{slug:slug}/intent-runs",
    auth=KeyAuth(Permission.READ),
    response=answers({200: Page[LabOut]}, 404, 422),
    operation_id="list_intent_runs",
    summary="List measurements of the intents",
    description="The newest first.",
)
def list_runs(request: ApiRequest, slug: str, cursor: Cursor = "", limit: Limit = 20) -> dict[str, Any]:
    rows = [tell_lab(view) for view in list_labs(request.auth, slug)]
    return page_of(rows, key=lambda row: str(row.id), cursor=cursor, limit=limit)


@router.get(
    "/{slug:slug}/intent-runs/{uuid:lab_id}",
    auth=KeyAuth(Permission.READ),
    response=answers({200: LabOut}, 404),
    operation_id="get_intent_run",
    summary="Read a measurement of the intents",
    description="Confusion matrices, colliding pairs with the very utterances, leaks, and better thresholds.",
)
def get(request: ApiRequest, slug: str, lab_id: UUID) -> LabOut:
    return tell_lab(get_lab(request.auth, slug, lab_id))


@router.get(
    "/{slug:slug}/intent-runs/comparison",
    auth=KeyAuth(Permission.READ),
    response=answers({200: ComparisonOut}, 404, 422),
    operation_id="compare_intent_runs",
    summary="Compare measurements of the intents",
    description="What each model took every utterance for; where they differ comes first.",
)
def compare(request: ApiRequest, slug: str, run: Runs = None) -> ComparisonOut:
    seen = compare_labs(request.auth, slug, run or [])
    rows = [
        HeardOut(
            pathway=row.pathway,
            text=row.text,
            intent=row.intent,
            before=[said.model_dump() for said in row.before],
            taken=[None if f is None or f.error else f.taken for f in row.found],
        )
        for row in seen.rows
    ]
    return ComparisonOut(runs=[tell_lab(view) for view in seen.views], rows=rows)


def tell_lab(view: LabView) -> LabOut:
    lab = view.lab
    return LabOut(
        id=lab.id,
        what=lab.what,
        state=view.state,
        model=lab.model_label,
        utterances=lab.utterances,
        note=view.note,
        run=lab.run_id,
        created_by_label=lab.created_by_label,
        created_at=lab.created_at,
        agreement=view.report.agreement if view.report else None,
        report=view.report.model_dump(mode="json") if view.report else None,
    )
