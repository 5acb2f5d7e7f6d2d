"""``/journeys/{slug}/utterances`` and ``/intent-runs``: the intent laboratory."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Router, Schema, Status
from pydantic import Field

from journeys.services.testing.lab import (
    LabView,
    add_utterances,
    delete_utterance,
    get_lab,
    list_labs,
    list_utterances,
    start_lab,
)
from trust.core.roles import Permission
from trust.services.guards import KeyAuth
from trust.services.operations import BODY, ApiRequest, Body, Cursor, Limit, Page, answers, example, page_of

router = Router(tags=["Tests"])
UTTERANCE: dict[str, Any] = {
    "id": "5f9b2a52-3a5d-4d52-8b8c-1a77e3f5d2b4",
    "text": "I want my money back",
    "intent": "refund",
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
    source: str = Field(description="`hand`, `csv`, `session` or `feedback`.")
    created_by_label: str
    created_at: datetime


class LabelIn(Body):
    """What a person said and the intent it has."""

    model_config = example(text="I want my money back", intent="refund")

    text: str = Field(min_length=1, max_length=2000)
    intent: str = Field(min_length=1, max_length=100)


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
    labelled = [(u.text, u.intent) for u in data.utterances]
    return AddedOut(added=add_utterances(principal=request.auth, slug=slug, labelled=labelled))


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
