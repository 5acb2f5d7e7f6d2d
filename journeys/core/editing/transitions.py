"""Edits of transitions: add, remove, set, duplicate, and their order."""

from __future__ import annotations

import copy
from typing import Any, Literal

from pydantic import Field

from journeys.core.editing.draft import Draft, check_new_id, check_target, find_transition, free_id, list_at, transitions_of
from journeys.core.editing.op import Done, Edit
from journeys.core.names import ANYWHERE, END


class AddTransition(Edit):
    """A move to ``to_pathway`` from ``from_pathways`` (``*``: from anywhere). Without a ``trigger`` it waits for an intent
    that is called like its target. ``values`` are more of its fields."""

    op: Literal["add_transition"] = "add_transition"
    to_pathway: str
    from_pathways: list[str] = Field(default=[ANYWHERE], min_length=1)
    id: str = ""
    trigger: dict[str, Any] | None = None
    values: dict[str, Any] = {}

    def apply(self, draft: Draft) -> Done:
        rows, known = list_at(draft, "transitions"), [t["id"] for t in transitions_of(draft)]
        _check_ends(draft, self.to_pathway, self.from_pathways)
        name = check_new_id(self.id, known, "transition") if self.id else free_id(f"t{len(rows) + 1}", known, "t")
        trigger = self.trigger or {"kind": "intent", "intents": [self.to_pathway]}
        ends = {"id": name, "to_pathway": self.to_pathway, "from_pathways": list(self.from_pathways)}
        rows.append({**copy.deepcopy(self.values), **ends, "trigger": copy.deepcopy(trigger)})
        return Done(f"Added a transition to {self.to_pathway}", f"transitions.{name}")


class RemoveTransition(Edit):
    op: Literal["remove_transition"] = "remove_transition"
    transition: str

    def apply(self, draft: Draft) -> Done:
        row = find_transition(draft, self.transition)
        draft["transitions"].remove(row)
        return Done(f"Removed the transition to {row.get('to_pathway', '')}", f"transitions.{self.transition}")


class SetTransition(Edit):
    """Fields of the transition as ``values`` say; ``null`` takes one out, so that its default counts."""

    op: Literal["set_transition"] = "set_transition"
    transition: str
    values: dict[str, Any]

    def apply(self, draft: Draft) -> Done:
        row = find_transition(draft, self.transition)
        sources = self.values.get("from_pathways")
        target = self.values.get("to_pathway")
        _check_ends(draft, target if isinstance(target, str) else END, sources if isinstance(sources, list) else [])
        name = self.values.get("id", self.transition)
        if name != self.transition:
            check_new_id(str(name), [t["id"] for t in transitions_of(draft)], "transition")
        for key, value in self.values.items():
            row.pop(key, None) if value is None else row.update({key: copy.deepcopy(value)})
        return Done(f"Changed the transition to {row.get('to_pathway', '')}", f"transitions.{name}")


class DuplicateTransition(Edit):
    op: Literal["duplicate_transition"] = "duplicate_transition"
    transition: str

    def apply(self, draft: Draft) -> Done:
        row, rows = find_transition(draft, self.transition), draft["transitions"]
        name = free_id(f"t{len(rows) + 1}", [t["id"] for t in transitions_of(draft)], "t")
        rows.insert(rows.index(row) + 1, {**copy.deepcopy(row), "id": name})
        return Done(f"Duplicated the transition to {row.get('to_pathway', '')}", f"transitions.{name}")


class MoveTransition(Edit):
    """The place in the list, counted from 0: of equal priorities the earlier one is asked first."""

    op: Literal["move_transition"] = "move_transition"
    transition: str
    index: int = Field(ge=0)

    def apply(self, draft: Draft) -> Done:
        row, rows = find_transition(draft, self.transition), draft["transitions"]
        rows.remove(row)
        rows.insert(self.index, row)
        return Done(f"Moved the transition to {row.get('to_pathway', '')}", f"transitions.{self.transition}")


def _check_ends(draft: Draft, target: str, sources: list[Any]) -> None:
    check_target(draft, target, "to_pathway", END)
    for source in sources:
        check_target(draft, str(source), "from_pathways", ANYWHERE)
