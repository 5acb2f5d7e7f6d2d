"""The history of a definition's draft: every revision that was saved, up to a sensible number, and edits that wait for a merge.

Owns reading and writing both; the draft itself is saved by ``agents.services.definitions``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from agents.models import Definition, DraftClash, DraftRevision
from agents.services.draft_layout import both
from trust.core.errors import NotFound
from trust.core.principal import Principal

__all__ = ["DraftClash", "DraftRevision", "History", "drop_clash", "get_clash", "keep_clash", "list_history", "recall_draft"]

KEPT = 200  # revisions of one draft
ONE_MOVE = timedelta(seconds=2)  # between two of many arrow keys
KEPT_CLASHES = 20  # of one person in one draft


@dataclass(frozen=True, slots=True)
class History:
    """The changes of a draft, newest first, and which of them its reader would undo and redo next."""

    rows: list[DraftRevision]
    undo: DraftRevision | None
    redo: DraftRevision | None


def remember_draft(
    definition: Definition, *, label: str = "", undoes: int | None = None, layout: dict[str, Any] | None = None
) -> None:
    """Keeps the draft as it stands under its revision; the same revision twice is kept once. ``layout`` takes back what the
    revision changed of it."""
    DraftRevision.objects.get_or_create(
        definition=definition,
        revision=definition.draft_revision,
        defaults={
            "body": definition.draft,
            "label": label[:200],
            "undoes": undoes,
            "layout": layout,
            "by": definition.draft_changed_by,
            "by_label": definition.draft_changed_by_label,
            "at": definition.draft_changed_at,
        },
    )
    DraftRevision.objects.filter(definition=definition, revision__lte=definition.draft_revision - KEPT).delete()


def join_move(definition: Definition, principal: Principal, *, label: str, back: dict[str, Any]) -> bool:
    """Whether a move belongs to the newest change, because it follows at once under the same label; it is then part of it."""
    row = DraftRevision.objects.filter(definition=definition, revision=definition.draft_revision).first()
    if row is None or row.layout is None or row.undoes is not None or row.label != label or row.by != principal.ref:
        return False
    if timezone.now() - row.at > ONE_MOVE:
        return False
    row.layout, row.at = both(back, row.layout), timezone.now()
    row.save(update_fields=["layout", "at"])
    return True


def recall_draft(definition: Definition, revision: int) -> dict[str, Any] | None:
    """The draft at ``revision``; ``None`` when it is not kept any more, or never was."""
    if revision == definition.draft_revision:
        return dict(definition.draft)
    row = DraftRevision.objects.filter(definition=definition, revision=revision).first()
    return dict(row.body) if row is not None and isinstance(row.body, dict) else None


def list_history(principal: Principal, definition: Definition, limit: int = 50) -> History:
    """The newest changes without their drafts. What is undone next is the reader's own newest change that stands."""
    rows = list(DraftRevision.objects.filter(definition=definition).defer("body").order_by("-revision")[:KEPT])
    done: list[DraftRevision] = []
    undone: list[DraftRevision] = []
    first = min((row.revision for row in rows), default=0)
    for row in reversed([row for row in rows if row.by == principal.ref and row.revision > first]):
        if row.undoes is None:
            done.append(row)
            undone.clear()
        elif any(old.revision == row.undoes for old in done):
            done = [old for old in done if old.revision != row.undoes]
            undone.append(row)
        else:
            undone = [old for old in undone if old.revision != row.undoes]
            done.append(row)
    return History(rows[:limit], done[-1] if done else None, undone[-1] if undone else None)


def keep_clash(
    principal: Principal, definition: Definition, *, base_revision: int, base: dict[str, Any], body: dict[str, Any], label: str
) -> DraftClash:
    """Keeps what could not be saved; the oldest of the same person's go when there are many."""
    clash = DraftClash.objects.create(
        definition=definition, base_revision=base_revision, base=base, body=body, label=label[:200], by=principal.ref
    )
    mine = DraftClash.objects.filter(definition=definition, by=principal.ref).order_by("-at")
    old = list(mine.values_list("pk", flat=True)[KEPT_CLASHES:])
    DraftClash.objects.filter(pk__in=old).delete()
    return clash


def get_clash(principal: Principal, definition: Definition, clash_id: UUID) -> DraftClash:
    """One's own clash of this draft; anybody else's is not there."""
    found = DraftClash.objects.filter(definition=definition, pk=clash_id, by=principal.ref).first()
    if found is None:
        raise NotFound(f"there is nothing to merge under {clash_id}; it may be merged already")
    return found


def drop_clash(clash: DraftClash) -> None:
    clash.delete()
