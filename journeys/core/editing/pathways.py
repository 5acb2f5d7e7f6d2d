"""Edits of pathways: add, remove, rename, duplicate, move; what follows one, where it goes back to, which comes first."""

from __future__ import annotations

import copy
from typing import Any, Literal

from pydantic import Field

from journeys.core.editing.draft import (
    Draft,
    agents_of,
    check_new_id,
    check_target,
    find_pathway,
    free_id,
    list_at,
    pathway_ids,
    table_at,
    texts_of,
    users_of,
)
from journeys.core.editing.op import Done, Edit, title_of
from journeys.core.editing.references import drop_references, rename_references
from journeys.core.names import END


class AddPathway(Edit):
    """A new pathway behind ``after`` (empty: the last); the first one of a journey is its entry. ``follow``: it also follows
    ``after`` in the conversation. ``values`` are more of its fields."""

    op: Literal["add_pathway"] = "add_pathway"
    id: str = ""
    title: str = ""
    after: str = ""
    follow: bool = False
    values: dict[str, Any] = {}

    def apply(self, draft: Draft) -> Done:
        rows, known = list_at(draft, "pathways"), pathway_ids(draft)
        name = check_new_id(self.id, known, "pathway") if self.id else free_id(self.title or "pathway", known, "pathway")
        row = {**copy.deepcopy(self.values), "id": name, "title": self.title or str(self.values.get("title", ""))}
        place = rows.index(find_pathway(draft, self.after, "after")) + 1 if self.after else len(rows)
        rows.insert(place, row)
        if self.after and self.follow:
            before = find_pathway(draft, self.after, "after")
            row["next"], before["next"] = before.get("next") or row.get("next", ""), name
        if draft.get("entry") not in pathway_ids(draft):
            draft["entry"] = name
        return Done(f"Added pathway {title_of(row)}", f"pathways.{name}")


class RemovePathway(Edit):
    """The pathway, what names it, and the journey's own agents that answer nowhere else."""

    op: Literal["remove_pathway"] = "remove_pathway"
    pathway: str

    def apply(self, draft: Draft) -> Done:
        row = find_pathway(draft, self.pathway)
        draft["pathways"].remove(row)
        told = drop_references(draft, self.pathway)
        for agent in texts_of(row, "agents"):
            if agent in agents_of(draft) and not users_of(draft, agent):
                del draft["agents"][agent]
                told.append(f"the agent {agent} is gone: it answered nowhere else")
        return Done(f"Removed pathway {title_of(row)}", f"pathways.{self.pathway}", tuple(told))


class RenamePathway(Edit):
    """Another id, everywhere."""

    op: Literal["rename_pathway"] = "rename_pathway"
    pathway: str
    to: str

    def apply(self, draft: Draft) -> Done:
        row = find_pathway(draft, self.pathway)
        if self.to != self.pathway:
            row["id"] = check_new_id(self.to, pathway_ids(draft), "pathway")
            rename_references(draft, self.pathway, self.to)
        return Done(f"Renamed pathway {self.pathway} to {self.to}", f"pathways.{self.to}")


class DuplicatePathway(Edit):
    """A copy behind the original, with copies of the journey's own agents; nothing leads to it yet."""

    op: Literal["duplicate_pathway"] = "duplicate_pathway"
    pathway: str
    to: str = ""

    def apply(self, draft: Draft) -> Done:
        row, known = find_pathway(draft, self.pathway), pathway_ids(draft)
        name = check_new_id(self.to, known, "pathway") if self.to else free_id(self.pathway, known, "pathway")
        twin = {**copy.deepcopy(row), "id": name, "title": f"{title_of(row)} (copy)"}
        if isinstance(twin.get("agents"), list):
            twin["agents"] = [copy_agent(draft, agent) if isinstance(agent, str) else agent for agent in twin["agents"]]
        rows = draft["pathways"]
        rows.insert(rows.index(row) + 1, twin)
        return Done(f"Duplicated pathway {title_of(row)}", f"pathways.{name}")


class MovePathway(Edit):
    """The place in the list, counted from 0; the conversation does not change by that."""

    op: Literal["move_pathway"] = "move_pathway"
    pathway: str
    index: int = Field(ge=0)

    def apply(self, draft: Draft) -> Done:
        row, rows = find_pathway(draft, self.pathway), draft["pathways"]
        rows.remove(row)
        rows.insert(self.index, row)
        return Done(f"Moved pathway {title_of(row)}", f"pathways.{self.pathway}")


class SetNext(Edit):
    """What follows the pathway when it is complete: a pathway, ``end``, or empty for nothing."""

    op: Literal["set_next"] = "set_next"
    pathway: str
    to: str

    def apply(self, draft: Draft) -> Done:
        row = find_pathway(draft, self.pathway)
        check_target(draft, self.to, "to", END, "")
        row["next"] = self.to
        return Done(f"{title_of(row)} leads to {self.to or 'nothing'}", f"pathways.{self.pathway}")


class SetReturn(Edit):
    """Where the finished pathway goes back to; ``kind`` empty: nowhere. ``target`` counts for ``specific`` only."""

    op: Literal["set_return"] = "set_return"
    pathway: str
    kind: Literal["", "previous", "specific", "entry"]
    target: str = ""
    preserve_context: bool | None = None
    max_depth: int | None = Field(default=None, ge=1, le=100)

    def apply(self, draft: Draft) -> Done:
        row = find_pathway(draft, self.pathway)
        if not self.kind:
            row["return_behavior"] = None
            return Done(f"{title_of(row)} does not go back", f"pathways.{self.pathway}")
        if self.kind == "specific":
            check_target(draft, self.target, "target")
        back = table_at(row, "return_behavior", f"the pathway {self.pathway!r}")
        more = {"preserve_context": self.preserve_context, "max_depth": self.max_depth}
        target = self.target if self.kind == "specific" else ""
        back.update({"kind": self.kind, "target": target, **{k: v for k, v in more.items() if v is not None}})
        return Done(f"{title_of(row)} goes back to {target or self.kind}", f"pathways.{self.pathway}")


class SetEntry(Edit):
    """The pathway with which a conversation begins."""

    op: Literal["set_entry"] = "set_entry"
    pathway: str

    def apply(self, draft: Draft) -> Done:
        row = find_pathway(draft, self.pathway)
        draft["entry"] = self.pathway
        return Done(f"The journey begins with {title_of(row)}", f"pathways.{self.pathway}")


def copy_agent(draft: Draft, agent: str) -> str:
    """The name of a copy of the journey's own ``agent``; a published one is simply named again."""
    own = agents_of(draft)
    if agent not in own:
        return agent
    name = free_id(agent, own, "agent")
    draft["agents"][name] = copy.deepcopy(own[agent])
    return name
