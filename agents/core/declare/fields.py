"""InputField and OutputField: what is said of a field beside its type. Owns no types and no compiling."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Literal


class _Missing(Enum):
    MISSING = "no default"


MISSING = _Missing.MISSING
Side = Literal["input", "output"]


@dataclass(frozen=True)
class DeclaredField:
    """One declared field. ``required`` is ``None`` when it follows from default and type."""

    side: Side
    description: str = ""
    default: Any = MISSING
    required: bool | None = None
    bounds: dict[str, Any] = field(default_factory=dict)


def InputField(  # noqa: N802 - read as a type beside an annotation
    desc: str = "",
    *,
    description: str = "",
    default: Any = MISSING,
    required: bool | None = None,
    ge: float | None = None,
    le: float | None = None,
    min_length: int | None = None,
    max_length: int | None = None,
    pattern: str | None = None,
) -> Any:
    """A value that the caller gives. ``None`` is a default like any other; without one the field is required, unless its
    type is optional. ``description`` wins over ``desc``."""
    bounds = {"ge": ge, "le": le, "min_length": min_length, "max_length": max_length, "pattern": pattern}
    return _declare("input", description or desc, default, required, bounds)


def OutputField(  # noqa: N802
    desc: str = "",
    *,
    description: str = "",
    default: Any = MISSING,
    required: bool | None = None,
    ge: float | None = None,
    le: float | None = None,
    min_length: int | None = None,
    max_length: int | None = None,
    pattern: str | None = None,
) -> Any:
    """A value that the model must give; with a default, or of an optional type, one that it may leave out."""
    bounds = {"ge": ge, "le": le, "min_length": min_length, "max_length": max_length, "pattern": pattern}
    return _declare("output", description or desc, default, required, bounds)


def _declare(side: Side, description: str, default: Any, required: bool | None, bounds: dict[str, Any]) -> Any:
    given = {name: value for name, value in bounds.items() if value is not None}
    return DeclaredField(side, description, default, required, given)
