"""Edits of what feeds the inputs of a pathway, and of a field's name everywhere: mappings and renamings as operations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from journeys.core.editing.draft import Draft
from journeys.core.editing.mapping import (
    accumulate_field,
    auto_map,
    convert_input,
    default_input,
    extract_output,
    set_mapping,
    unset_mapping,
)
from journeys.core.editing.op import Done, Edit
from journeys.core.editing.renaming import rename_field, uses_of

Published = Mapping[str, Any]


class LinkedEdit(Edit):
    """An edit that has to know the published agents (slug to spec) which the draft only names."""

    def apply(self, draft: Draft) -> Done:
        return self.apply_among(draft, {})

    def apply_among(self, draft: Draft, published: Published) -> Done:
        changed, done = self.change(draft, published)
        draft.clear()
        draft.update(changed)
        return done

    def change(self, draft: Draft, published: Published) -> tuple[Draft, Done]:
        raise NotImplementedError


class InputEdit(LinkedEdit):
    """An edit of what feeds ``input`` of the pathway ``target``."""

    target: str
    input: str

    def told(self, what: str) -> Done:
        return Done(f"{self.target}: {self.input} {what}", f"pathways.{self.target}.bindings.{self.input}")


class MapInput(InputEdit):
    """``input`` of the pathway ``target`` takes ``output`` of ``source``, which gathers it from then on."""

    op: Literal["map_input"] = "map_input"
    source: str
    output: str

    def change(self, draft: Draft, published: Published) -> tuple[Draft, Done]:
        changed = set_mapping(draft, self.source, self.target, self.input, self.output, agents=published)
        return changed, self.told(f"takes {self.output} of {self.source}")


class UnmapInput(InputEdit):
    """``input`` of the pathway ``target`` comes from what is called so again."""

    op: Literal["unmap_input"] = "unmap_input"
    source: str

    def change(self, draft: Draft, published: Published) -> tuple[Draft, Done]:
        changed = unset_mapping(draft, self.source, self.target, self.input)
        return changed, self.told("is not mapped")


class AutoMap(LinkedEdit):
    """Every input of ``target`` that nothing feeds takes the fitting output of ``source``."""

    op: Literal["auto_map"] = "auto_map"
    source: str
    target: str

    def change(self, draft: Draft, published: Published) -> tuple[Draft, Done]:
        changed = auto_map(draft, self.source, self.target, published)
        return changed, Done(f"Mapped {self.source} to {self.target}", f"pathways.{self.target}")


class ConvertInput(InputEdit):
    """``input`` of the pathway ``target`` is what ``expression`` gives."""

    op: Literal["convert_input"] = "convert_input"
    expression: str

    def change(self, draft: Draft, published: Published) -> tuple[Draft, Done]:
        changed = convert_input(draft, self.target, self.input, self.expression)
        return changed, self.told(f"is {self.expression}")


class DefaultInput(InputEdit):
    """``input`` of the pathway ``target`` has the default ``value`` and need not be fed."""

    op: Literal["default_input"] = "default_input"
    value: Any

    def change(self, draft: Draft, published: Published) -> tuple[Draft, Done]:
        changed = default_input(draft, self.target, self.input, self.value)
        return changed, self.told("has a default")


class ExtractOutput(InputEdit):
    """The model of ``source`` is asked for ``input`` of ``target`` as an output of its own."""

    op: Literal["extract_output"] = "extract_output"
    source: str

    def change(self, draft: Draft, published: Published) -> tuple[Draft, Done]:
        changed = extract_output(draft, self.source, self.target, self.input, agents=published)
        return changed, Done(f"{self.source} is asked for {self.input}", f"pathways.{self.source}")


class AccumulateField(LinkedEdit):
    """The pathway puts its output ``field`` into the context."""

    op: Literal["accumulate_field"] = "accumulate_field"
    pathway: str
    field: str

    def change(self, draft: Draft, published: Published) -> tuple[Draft, Done]:
        changed = accumulate_field(draft, self.pathway, self.field)
        return changed, Done(f"{self.pathway} gathers {self.field}", f"pathways.{self.pathway}.accumulate")


class RenameField(LinkedEdit):
    """Another name for ``field`` wherever the journey names it."""

    op: Literal["rename_field"] = "rename_field"
    field: str
    to: str

    def change(self, draft: Draft, published: Published) -> tuple[Draft, Done]:
        places = len(uses_of(draft, self.field))
        changed = rename_field(draft, self.field, self.to, published)
        return changed, Done(f"Renamed the field {self.field} to {self.to} in {places} place{'s' if places != 1 else ''}")
