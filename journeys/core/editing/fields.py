"""Edits of single fields: set one by its path, let its default count again, and say where an input comes from."""

from __future__ import annotations

import copy
from typing import Any, Literal

from journeys.core.editing.draft import Draft, find_pathway, refuse, table_at
from journeys.core.editing.op import Done, Edit, title_of
from journeys.core.editing.places import holder_of, parts_of


class SetField(Edit):
    """``value`` at ``path``, such as ``pathways.intake.title`` or ``greeting``; objects on the way are made."""

    op: Literal["set_field"] = "set_field"
    path: str
    value: Any

    def apply(self, draft: Draft) -> Done:
        _keep_ids(self.path)
        holder, key = holder_of(draft, self.path)
        holder[key] = copy.deepcopy(self.value)
        return Done(f"Changed {said(self.path)}", self.path)


class ClearField(Edit):
    """Takes what is at ``path`` out, so that its default counts; nothing there is nothing to do."""

    op: Literal["clear_field"] = "clear_field"
    path: str

    def apply(self, draft: Draft) -> Done:
        _keep_ids(self.path)
        holder, key = holder_of(draft, self.path)
        if isinstance(holder, list):
            del holder[int(key)]
        else:
            holder.pop(key, None)
        return Done(f"Cleared {said(self.path)}", self.path)


class SetMapping(Edit):
    """The input ``field`` of the pathway comes from ``source``: a name, or ``=`` and an expression; empty: by its name."""

    op: Literal["set_mapping"] = "set_mapping"
    pathway: str
    field: str
    source: str

    def apply(self, draft: Draft) -> Done:
        row = find_pathway(draft, self.pathway)
        bindings = table_at(row, "bindings", f"the pathway {self.pathway!r}")
        if self.source.strip():
            bindings[self.field] = self.source.strip()
        else:
            bindings.pop(self.field, None)
        label = f"{title_of(row)}: {self.field} comes from {self.source.strip() or 'what is called so'}"
        return Done(label, f"pathways.{self.pathway}.bindings.{self.field}")


def said(path: str) -> str:
    """A path as people read it: ``intake: title``."""
    parts = [str(part) for part in parts_of(path)]
    if parts[0] in ("pathways", "transitions", "agents") and len(parts) > 1:
        return f"{parts[1]}: {' '.join(parts[2:]).replace('_', ' ')}".rstrip(": ")
    return " ".join(parts).replace("_", " ")


def _keep_ids(path: str) -> None:
    parts = parts_of(path)
    if len(parts) == 3 and parts[0] in ("pathways", "transitions") and parts[2] == "id":
        refuse("an id is changed by `rename_pathway` or `set_transition`, which follow it everywhere", "path")
    if len(parts) == 1 and parts[0] in ("kind", "pathways", "transitions", "agents"):
        refuse(f"`{parts[0]}` as a whole is set by `replace_draft`", "path")
    if len(parts) == 2 and parts[0] in ("pathways", "transitions"):
        refuse(f"one of the {parts[0]} as a whole is set field by field, or removed by its own operation", "path")
