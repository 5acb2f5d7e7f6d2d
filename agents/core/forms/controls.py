"""What one template draws: a labelled control with its value, bounds, hint and error. Knows nothing of agents."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Control:
    """``kind``: text, area, lines, pairs, checks, number, switch, select, json, date, datetime, file.

    ``value`` is what stands in it. ``redraws``: another choice changes which controls there are.
    """

    name: str
    label: str
    kind: str = "text"
    value: str = ""
    hint: str = ""
    error: str = ""
    placeholder: str = ""
    options: tuple[tuple[str, str], ...] = ()
    suggestions: tuple[str, ...] = ()
    low: str = ""
    high: str = ""
    step: str = ""
    lines: int = 2
    unit: str = ""
    accept: str = ""
    redraws: bool = False
    required: bool = False
    many: bool = False

    @property
    def on(self) -> bool:
        return self.value == "on"

    @property
    def chosen(self) -> list[str]:
        """The values of ``checks`` that are on."""
        return self.value.split("\n")

    @property
    def kept_name(self) -> str:
        """Under which name a file's control sends the file that was chosen before."""
        return f"kept.{self.name.partition('.')[2]}"


@dataclass(slots=True)
class Drawing:
    """Makes controls and remembers their names, so that problems find their place; ``errors`` are told by name."""

    errors: Mapping[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)

    def control(self, name: str, label: str, value: Any = "", kind: str = "text", **more: Any) -> Control:
        self.names.add(name)
        return Control(name, label, kind, shown(value), error=self.errors.get(name, ""), **more)


def shown(value: Any) -> str:
    """JSON data as the text of a control."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "on" if value else ""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return number_text(value)
    return json.dumps(value, indent=2, ensure_ascii=False)


def number_text(value: float) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else str(value)


def shown_lines(value: Any) -> str:
    """A list of texts, one a line; what is no such list as it is."""
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return "\n".join(value)
    return shown(value)
