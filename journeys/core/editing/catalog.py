"""The catalog of edits: every operation by its name. A new one is a class and one line here."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from agents.core.spec.runnable import spec_problems
from journeys.core.editing.agents import AddAgent, DuplicateAgent, MoveAgent, OwnAgent, RemoveAgent, RenameAgent, SetAgent
from journeys.core.editing.draft import Draft, with_ids
from journeys.core.editing.fields import ClearField, SetField, SetMapping
from journeys.core.editing.mappings import (
    AccumulateField,
    AutoMap,
    ConvertInput,
    DefaultInput,
    ExtractOutput,
    LinkedEdit,
    MapInput,
    RenameField,
    UnmapInput,
)
from journeys.core.editing.op import Done, Edit
from journeys.core.editing.pathways import (
    AddPathway,
    DuplicatePathway,
    MovePathway,
    RemovePathway,
    RenamePathway,
    SetEntry,
    SetNext,
    SetReturn,
)
from journeys.core.editing.transitions import (
    AddTransition,
    DuplicateTransition,
    MoveTransition,
    RemoveTransition,
    SetTransition,
)
from journeys.core.editing.whole import Paste, ReplaceDraft
from trust.core.errors import Invalid

_ALL: tuple[type[Edit], ...] = (
    AddPathway, RemovePathway, RenamePathway, DuplicatePathway, MovePathway, SetNext, SetReturn, SetEntry,
    AddTransition, RemoveTransition, SetTransition, DuplicateTransition, MoveTransition,
    AddAgent, RemoveAgent, MoveAgent, DuplicateAgent, SetAgent, RenameAgent, OwnAgent,
    SetField, ClearField, SetMapping, Paste, ReplaceDraft,
    MapInput, UnmapInput, AutoMap, ConvertInput, DefaultInput, ExtractOutput, AccumulateField, RenameField,
)  # fmt: skip
EDITS: dict[str, type[Edit]] = {str(edit.model_fields["op"].default): edit for edit in _ALL}
MOST = 200


class Edited(BaseModel):
    """A draft after its edits, and what each of them did."""

    model_config = ConfigDict(frozen=True)

    draft: dict[str, Any]
    done: tuple[Done, ...]

    @property
    def label(self) -> str:
        """One line for the list of changes."""
        first = self.done[0].label if self.done else "Nothing changed"
        return first if len(self.done) < 2 else f"{first} and {len(self.done) - 1} more"


def read_edits(ops: Any) -> list[Edit]:
    """Operations from JSON: ``[{"op": "set_next", "pathway": ...}]``. Raises ``Invalid`` with the place and what is allowed."""
    if not isinstance(ops, list) or len(ops) > MOST:
        raise _invalid("ops", f"must be a list of up to {MOST} operations")
    return [_read(op, n) for n, op in enumerate(ops)]


def apply_edits(draft: Draft, edits: Sequence[Edit], published: Mapping[str, Any] | None = None) -> Edited:
    """``draft`` after all of ``edits``, or none of them: the first that cannot be done is an ``Invalid`` with its place.

    ``published``: agents (slug to spec) that the draft may name. ``draft`` itself is not changed, and what the operations do
    not know stays as it is.
    """
    edited, done = copy.deepcopy(with_ids(draft)), []
    for n, edit in enumerate(edits):
        try:
            done.append(edit.apply_among(edited, published or {}) if isinstance(edit, LinkedEdit) else edit.apply(edited))
        except Invalid as refusal:
            inside = [{**problem, "where": f"ops[{n}].{problem['where']}".rstrip(".")} for problem in refusal.problems]
            raise Invalid(problems=inside) from None  # type: ignore[arg-type]
        edited = with_ids(edited)
    return Edited(draft=edited, done=tuple(done))


def _read(op: Any, n: int) -> Edit:
    name = op.get("op") if isinstance(op, dict) else None
    if not isinstance(name, str) or name not in EDITS:
        raise _invalid(f"ops[{n}].op", f"is {name!r}; the operations are: {', '.join(sorted(EDITS))}")
    try:
        return EDITS[name].model_validate(op)
    except ValidationError as error:
        found = [{**problem, "where": f"ops[{n}].{problem['where']}"} for problem in spec_problems(error)]
        raise Invalid(problems=found) from None  # type: ignore[arg-type]


def _invalid(where: str, message: str) -> Invalid:
    return Invalid(problems=[{"where": where, "message": message}])
