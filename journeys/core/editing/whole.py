"""Edits of the whole: another draft in place of this one (undo, redo, code), and parts of a journey pasted in."""

from __future__ import annotations

import copy
from typing import Any, Literal

from journeys.core.editing.draft import (
    Draft,
    agents_of,
    free_id,
    list_at,
    pathway_ids,
    refuse,
    rows_of,
    table_at,
    texts_of,
    transitions_of,
)
from journeys.core.editing.op import Done, Edit
from journeys.core.editing.references import rename_references
from journeys.core.names import ANYWHERE, END


class ReplaceDraft(Edit):
    """The whole draft; ``label`` says why, for the list of changes."""

    op: Literal["replace_draft"] = "replace_draft"
    draft: dict[str, Any]
    label: str = "Replaced the draft"

    def apply(self, draft: Draft) -> Done:
        draft.clear()
        draft.update(copy.deepcopy(self.draft))
        return Done(self.label[:200])


class Paste(Edit):
    """Pathways with the transitions between them and their agents, as they were copied; ids that are taken get new ones.

    Transitions whose ends are neither pasted nor there already are left out and told.
    """

    op: Literal["paste"] = "paste"
    pathways: list[dict[str, Any]] = []
    transitions: list[dict[str, Any]] = []
    agents: dict[str, dict[str, Any]] = {}

    def apply(self, draft: Draft) -> Done:
        part: Draft = copy.deepcopy(
            {"pathways": self.pathways, "transitions": self.transitions, "entry": "", "agents": self.agents}
        )
        if not all(isinstance(row.get("id"), str) for row in part["pathways"]):
            refuse("every pasted pathway needs an `id`", "pathways")
        renamed = _rename_pathways(draft, part)
        _rename_agents(draft, part)
        list_at(draft, "pathways").extend(part["pathways"])
        left_out = _add_transitions(draft, part)
        if draft.get("entry") not in pathway_ids(draft) and part["pathways"]:
            draft["entry"] = part["pathways"][0]["id"]
        first = part["pathways"][0]["id"] if part["pathways"] else ""
        told = tuple(f"the pathway {old} is pasted as {new}" for old, new in renamed.items() if old != new) + tuple(left_out)
        count = len(part["pathways"]) + len(part["transitions"])
        return Done(f"Pasted {count} element{'s' if count != 1 else ''}", f"pathways.{first}" if first else "", told)


def _rename_pathways(draft: Draft, part: Draft) -> dict[str, str]:
    """Gives each pasted pathway a free id. By way of names that nobody can have: two may swap theirs."""
    taken = pathway_ids(draft)
    new: dict[str, str] = {}
    for n, row in enumerate(part["pathways"]):
        old = row["id"]
        new[old] = free_id(old, [*taken, *new.values()], "pathway")
        row["id"] = new[old]
        rename_references(part, old, f"\x00{n}")
    for n, name in enumerate(new.values()):
        rename_references(part, f"\x00{n}", name)
    return new


def _rename_agents(draft: Draft, part: Draft) -> None:
    own = table_at(draft, "agents") if part["agents"] else agents_of(draft)
    names: dict[str, str] = {}
    for old, spec in part["agents"].items():
        same = own.get(old) == spec
        names[old] = old if same or old not in own else free_id(old, [*own, *names.values()], "agent")
        own[names[old]] = spec
    for row in part["pathways"]:
        if texts_of(row, "agents"):
            row["agents"] = [names.get(name, name) for name in row["agents"]]


def _add_transitions(draft: Draft, part: Draft) -> list[str]:
    """Pasted transitions between what is there now; those whose ends are nowhere are told."""
    known, left_out, kept = {*pathway_ids(draft)}, [], []
    rows = list_at(draft, "transitions")
    for row in rows_of(part, "transitions"):
        sources = texts_of(row, "from_pathways") or [ANYWHERE]
        if row.get("to_pathway") not in {*known, END} or not set(sources) <= {*known, ANYWHERE}:
            left_out.append(f"a transition to {row.get('to_pathway')} is left out: one of its ends is not here")
            continue
        row["id"] = free_id(f"t{len(rows) + 1}", [t["id"] for t in transitions_of(draft)], "t")
        rows.append(row)
        kept.append(row)
    part["transitions"] = kept
    return left_out
