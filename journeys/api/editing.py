"""``/journeys/{slug}/draft/...``: edits of a journey's draft by operations, undo, and merges of two people's changes."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from ninja import Router, Schema
from pydantic import Field

from agents.services.definitions import get_definition
from journeys.api.preflight import FINDING, FindingOut
from journeys.core.editing.catalog import EDITS
from journeys.services.builder import list_problems
from journeys.services.editing import Outcome, decide_merge, edit_draft, get_merge, undo_edit
from trust.core.roles import Permission
from trust.services.guards import KeyAuth
from trust.services.operations import BODY, ApiRequest, Body, answers, example

router = Router(tags=["Journeys"])
DONE: dict[str, Any] = {"label": "Added pathway Booking", "id": "pathways.booking", "removed": []}
OUT: dict[str, Any] = {
    "slug": "referral",
    "revision": 8,
    "draft": {"kind": "journey", "name": "Referral", "entry": "intake", "pathways": [{"id": "intake"}, {"id": "booking"}]},
    "layout": {"nodes": {"intake": {"x": 40, "y": 80}}},
    "problems": [FINDING],
    "done": [DONE],
}


class EditIn(Body):
    """Operations at a revision."""

    model_config = example(revision=7, ops=[{"op": "add_pathway", "title": "Booking", "after": "intake", "follow": True}])

    revision: int = Field(ge=1, description="The revision of the draft that the operations were made on.")
    ops: list[dict[str, Any]] = Field(
        max_length=200,
        description="Done all or none, in this order; each is an object with `op`: "
        + ", ".join(f"`{name}`" for name in EDITS)
        + ".",
        json_schema_extra={"items": {"oneOf": [edit.model_json_schema() for edit in EDITS.values()]}},
    )
    layout: dict[str, Any] | None = Field(default=None, description="A JSON merge patch (RFC 7386) of the canvas's layout.")
    label: str = Field(
        default="", max_length=200, description="What the list of changes calls this edit; empty: by its operations."
    )


class UndoIn(Body):
    """Which way in the list of changes."""

    model_config = example(redo=False)

    redo: bool = Field(default=False, description="Do again what was undone.")


class DoneOut(Schema):
    """What one operation did."""

    model_config = example(**DONE)

    label: str
    id: str = Field(description="The path of what was made or changed.")
    removed: list[str] = Field(description="Everything else that had to go or change with it, in sentences.")


class EditOut(Schema):
    """The draft after the edit."""

    model_config = example(**OUT)

    slug: str
    revision: int
    draft: dict[str, Any] = Field(description="The JSON of a spec, perhaps incomplete; every transition has an id.")
    layout: dict[str, Any] = Field(description="Where a canvas draws its parts; in no version and in no digest.")
    problems: list[FindingOut]
    done: list[DoneOut]


class ClashOut(Schema):
    """A place that both changed, each in another way; a side that has nothing there is null."""

    model_config = example(path="name", label="Name", base="Referral", mine="Clinic", theirs="Hospital")

    path: str
    label: str
    base: Any
    mine: Any
    theirs: Any


class MergeOut(Schema):
    """What waits to be merged."""

    model_config = example(
        id="3f0d8d4e-5b64-4d2e-9f25-2f6b8f4f9f11",
        label="Changed name",
        revision=8,
        who="Bob",
        clashes=[{"path": "name", "label": "Name", "base": "Referral", "mine": "Clinic", "theirs": "Hospital"}],
    )

    id: UUID
    label: str
    revision: int = Field(description="Send it back with the decision.")
    who: str = Field(description="Who changed the draft meanwhile.")
    clashes: list[ClashOut] = Field(description="Empty: both changes can be had.")


class MergeIn(Body):
    """The decision on a merge."""

    model_config = example(revision=8, keep="both", choices={"name": "theirs"})

    revision: int = Field(ge=1)
    keep: Literal["both", "mine", "theirs"] = "both"
    choices: dict[str, Literal["mine", "theirs"]] = Field(default={}, description="By path; mine where nothing is said.")


@router.post(
    "/{slug:slug}/draft/edit",
    auth=KeyAuth(Permission.BUILD),
    response=answers({200: EditOut}, *BODY, 404, 409),
    operation_id="edit_journey_draft",
    summary="Edit a draft by operations",
    description="On an older revision the operations are done on the newest draft when they touch nothing that was changed "
    "since; else 409 with the places, and the id of the merge that waits. `PUT` on the draft replaces it as a whole.",
)
def edit(request: ApiRequest, slug: str, data: EditIn) -> EditOut:
    outcome = edit_draft(
        principal=request.auth, slug=slug, revision=data.revision, ops=data.ops, layout=data.layout, label=data.label
    )
    return _tell(request, outcome)


@router.post(
    "/{slug:slug}/draft/undo",
    auth=KeyAuth(Permission.BUILD),
    response=answers({200: EditOut}, *BODY, 404, 409),
    operation_id="undo_journey_edit",
    summary="Undo or redo",
    description="Takes back the key's own newest change that stands, and nothing of anybody else's. 422 when there is none.",
)
def undo(request: ApiRequest, slug: str, data: UndoIn) -> EditOut:
    return _tell(request, undo_edit(principal=request.auth, slug=slug, redo=data.redo))


@router.get(
    "/{slug:slug}/draft/merges/{uuid:merge_id}",
    auth=KeyAuth(Permission.BUILD),
    response=answers({200: MergeOut}, 404),
    operation_id="get_journey_merge",
    summary="Get a merge that waits",
    description="What could not be saved beside somebody else's change, against the draft as it is now; for its author only.",
)
def get(request: ApiRequest, slug: str, merge_id: UUID) -> MergeOut:
    found = get_merge(principal=request.auth, slug=slug, merge_id=merge_id)
    clashes = [ClashOut(path=c.path, label=c.label, base=c.base, mine=c.mine, theirs=c.theirs) for c in found.clashes]
    return MergeOut(id=found.id, label=found.label, revision=found.revision, who=found.who, clashes=clashes)


@router.post(
    "/{slug:slug}/draft/merges/{uuid:merge_id}",
    auth=KeyAuth(Permission.BUILD),
    response=answers({200: EditOut}, *BODY, 404, 409),
    operation_id="decide_journey_merge",
    summary="Decide a merge",
    description="Saves the draft as decided and ends the merge. 409 when the draft moved on: get the merge again.",
)
def decide(request: ApiRequest, slug: str, merge_id: UUID, data: MergeIn) -> EditOut:
    outcome = decide_merge(
        principal=request.auth, slug=slug, merge_id=merge_id, revision=data.revision, choices=data.choices, keep=data.keep
    )
    return _tell(request, outcome)


def _tell(request: ApiRequest, outcome: Outcome) -> EditOut:
    row = get_definition(request.auth, "journey", outcome.journey.slug)
    return EditOut(
        slug=row.slug,
        revision=row.draft_revision,
        draft=row.draft,
        layout=row.layout,
        problems=[FindingOut(**problem) for problem in list_problems(request.auth, row.draft)],
        done=[DoneOut(label=done.label, id=done.id, removed=list(done.removed)) for done in outcome.done],
    )
