"""Edits of a journey's draft by its builder: operations at a revision, undo and redo, merges, and what a builder shows.

Two people edit at once: operations that were made on an older draft are done on the newest one when they touch nothing that
was changed since; else nothing is saved and what was wanted is kept for a merge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from agents.services.definitions import get_definition, list_published, lock_definition, save_draft, save_move
from agents.services.draft_history import DraftRevision, drop_clash, get_clash, keep_clash, list_history, recall_draft
from journeys.core.editing.catalog import Edited, apply_edits, read_edits
from journeys.core.editing.changes import changed_places, meeting
from journeys.core.editing.fields import said
from journeys.core.editing.mappings import LinkedEdit
from journeys.core.editing.op import Done, Edit
from journeys.core.text.compact import compact
from journeys.core.text.merge import Conflict as Clash
from journeys.core.text.merge import Side, merge_journeys
from trust.core.errors import Conflict, Invalid
from trust.core.principal import Principal

KIND = "journey"
Draft = dict[str, Any]


class EditConflict(Conflict):
    """Somebody changed the same places meanwhile. ``merge`` names what was wanted, which waits to be merged by its author."""

    def __init__(self, message: str, *, who: str, at: datetime, places: Sequence[str], merge: UUID | None) -> None:
        super().__init__(message)
        self.who, self.at, self.places, self.merge = who, at, tuple(places), merge


@dataclass(frozen=True, slots=True)
class Outcome:
    """The journey after an edit (a row of ``Definition``), and what each operation did."""

    journey: Any
    done: tuple[Done, ...] = ()


@dataclass(frozen=True, slots=True)
class Merge:
    """What waits to be merged: both drafts, the places where they clash, and who made the other one."""

    id: UUID
    label: str
    journey: Any
    clashes: tuple[Clash, ...]
    revision: int
    who: str = ""
    mine: Draft = field(default_factory=dict)


def edit_draft(
    *,
    principal: Principal,
    slug: str,
    revision: int,
    ops: Any,
    layout: Draft | None = None,
    label: str = "",
) -> Outcome:
    """Does all operations of ``ops`` or none. ``layout`` is merged into the draft's; with no ``ops`` it is a change of its own.

    Raises ``Invalid`` for what cannot be done, ``EditConflict`` when it meets somebody else's change.
    """
    edits = read_edits(ops)
    try:
        with transaction.atomic():
            journey = lock_definition(principal, KIND, slug)
            if revision > journey.draft_revision or revision < 1:
                message = f"is {revision}; the draft's newest revision is {journey.draft_revision}"
                raise Invalid(problems=[{"where": "revision", "message": message}])
            edited = _edit(journey, revision, edits)
            told = (label or edited.label)[:200]
            if edited.draft != journey.draft:
                journey = save_draft(principal, KIND, slug, edited.draft, journey.draft_revision, label=told, layout=layout)
            elif layout:
                journey = save_move(principal, KIND, slug, layout, label=told or "Moved")
    except _Meeting as meets:
        raise _keep(principal, revision, edits, label, meets) from None
    return Outcome(journey, edited.done)


def undo_edit(*, principal: Principal, slug: str, redo: bool = False) -> Outcome:
    """Takes back the principal's own newest change that stands, and nothing of anybody else's; ``redo``: the reverse.

    Raises ``Invalid`` when there is nothing to take back, ``EditConflict`` when somebody changed the same places since.
    """
    with transaction.atomic():
        journey = lock_definition(principal, KIND, slug)
        history = list_history(principal, journey)
        row = history.redo if redo else history.undo
        if row is None:
            word = "redo" if redo else "undo"
            raise Invalid(problems=[{"where": "", "message": f"there is nothing to {word}: no change of yours stands"}])
        after, before = recall_draft(journey, row.revision), recall_draft(journey, row.revision - 1)
        if after is None or before is None:
            raise Invalid(problems=[{"where": "", "message": f"revision {row.revision} is not kept any more"}])
        draft: Draft = journey.draft
        clashes: list[Clash] = []
        if row.revision == journey.draft_revision:
            draft = before
        elif before != after:  # else something was only moved
            draft, clashes = merge_journeys(after, before, journey.draft)
        if clashes:
            raise _undo_conflict(journey, row, [clash.label for clash in clashes])
        label = f"{'Redid' if redo else 'Undid'}: {row.label.removeprefix('Undid: ').removeprefix('Redid: ')}"
        journey = save_draft(
            principal, KIND, slug, draft, journey.draft_revision, label=label, undoes=row.revision, layout=row.layout
        )
    return Outcome(journey, (Done(label),))


def get_merge(*, principal: Principal, slug: str, merge_id: UUID) -> Merge:
    """The principal's own clash against the draft as it is now; no clashes: both changes can be had."""
    journey = get_definition(principal, KIND, slug)
    row = get_clash(principal, journey, merge_id)
    _, clashes = merge_journeys(row.base, row.body, journey.draft)
    who = journey.draft_changed_by_label or "Somebody"
    return Merge(row.pk, row.label, journey, tuple(clashes), journey.draft_revision, who, row.body)


def decide_merge(
    *, principal: Principal, slug: str, merge_id: UUID, revision: int, choices: dict[str, Side], keep: str = "both"
) -> Outcome:
    """Saves the merge and ends it. ``keep``: ``both`` (``choices`` decide where they clash), ``mine`` or ``theirs``.

    Raises ``Conflict`` when the draft is no longer at ``revision``: the clashes shown were others.
    """
    with transaction.atomic():
        journey = lock_definition(principal, KIND, slug)
        row = get_clash(principal, journey, merge_id)
        label = f"Merged: {row.label}"
        if keep == "mine":
            journey = save_draft(principal, KIND, slug, row.body, revision, label=label)
        elif keep == "both":
            draft, _ = merge_journeys(row.base, row.body, journey.draft, choices)
            journey = save_draft(principal, KIND, slug, draft, revision, label=label)
        drop_clash(row)
    return Outcome(journey, (Done(label),))


class _Meeting(Exception):
    """Inside one edit: what was wanted meets what somebody else did."""

    def __init__(self, journey: Any, base: Draft | None, places: Sequence[str]) -> None:
        self.journey, self.base, self.places = journey, base, places


def _edit(journey: Any, revision: int, edits: Sequence[Edit]) -> Edited:
    """The edits on the newest draft."""
    published = _published(journey, edits)
    if revision == journey.draft_revision:
        return apply_edits(journey.draft, edits, published)
    base = recall_draft(journey, revision)
    if base is None:
        raise _Meeting(journey, None, ["the whole draft: it was changed very often since"])
    apply_edits(base, edits, published)  # what could not be done even then is no conflict
    try:
        edited = apply_edits(journey.draft, edits, published)
    except Invalid as refusal:
        raise _Meeting(journey, base, [refusal.message]) from None
    theirs = changed_places(compact(base), compact(journey.draft))
    meets = meeting(changed_places(compact(journey.draft), compact(edited.draft)), theirs)
    if meets:
        raise _Meeting(journey, base, list(dict.fromkeys(said(".".join(part for part in m if part != "#")) for m in meets)))
    return edited


def _published(journey: Any, edits: Sequence[Edit]) -> Draft:
    """The published agents, when an edit has to know them."""
    return list_published(journey.organization_id, "agent") if any(isinstance(e, LinkedEdit) for e in edits) else {}


def _keep(principal: Principal, revision: int, edits: Sequence[Edit], label: str, meets: _Meeting) -> EditConflict:
    """Keeps what was wanted, made on the draft that its author saw, and tells who was faster and where."""
    journey, base = meets.journey, meets.base
    kept = None
    if base is not None:
        edited = apply_edits(base, edits, _published(journey, edits))
        kept = keep_clash(
            principal, journey, base_revision=revision, base=base, body=edited.draft, label=label or edited.label
        ).pk
    who = journey.draft_changed_by_label or "Somebody"
    where = ", ".join(meets.places[:5])
    message = f"{who} changed this meanwhile: {where}" + (f"; what you wanted waits as the merge {kept}" if kept else "")
    return EditConflict(message, who=who, at=journey.draft_changed_at, places=meets.places, merge=kept)


def _undo_conflict(journey: Any, row: DraftRevision, places: list[str]) -> EditConflict:
    who = journey.draft_changed_by_label or "Somebody"
    message = f"“{row.label}” cannot be taken back: {who} changed the same since: {', '.join(places[:5])}"
    return EditConflict(message, who=who, at=journey.draft_changed_at, places=places, merge=None)
