"""Variable: what a journey knows of a person beforehand, and the types of context fields that no signature declares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from agents.core.declare.annotations import Unsupported, compile_type, is_optional, json_default
from agents.core.declare.fields import MISSING
from agents.core.spec.types import Constraints, FieldSpec

_BOUNDS = ("ge", "le", "min_length", "max_length", "pattern")


@dataclass(frozen=True)
class DeclaredVariable:
    """One declared variable; made by ``Variable``."""

    type: Any
    description: str = ""
    default: Any = MISSING
    required: bool | None = None
    bounds: Mapping[str, Any] = field(default_factory=dict)

    def compile(self, name: str) -> FieldSpec:
        type_ = compile_type(self.type, {})
        given = self.default is not MISSING
        return FieldSpec(
            name=name,
            type=type_,
            description=self.description,
            required=self.required if self.required is not None else not given and not is_optional(type_),
            default=json_default(self.default) if given else None,
            constraints=Constraints(**self.bounds),
        )


def Variable(  # noqa: N802 - read as a type
    type: Any = str,  # noqa: A002
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
) -> DeclaredVariable:
    """A named value of ``type``, which is any type that a field of a signature can have."""
    given = dict(zip(_BOUNDS, (ge, le, min_length, max_length, pattern), strict=True))
    bounds = {name: value for name, value in given.items() if value is not None}
    return DeclaredVariable(type, description or desc, default, required, bounds)


def compile_variables(given: Any, where: str) -> tuple[FieldSpec, ...]:
    """The fields of a dict from name to ``Variable(...)`` or to a type alone."""
    if not isinstance(given, Mapping):
        raise TypeError(f"{where} must be a dict from name to Variable(...), got {given!r}")
    fields = []
    for name, value in given.items():
        declared = value if isinstance(value, DeclaredVariable) else DeclaredVariable(value)
        try:
            fields.append(declared.compile(name))
        except Unsupported as error:
            raise TypeError(f"{where}[{name!r}]: {error}") from None
        except ValidationError as error:
            told = "; ".join(item["msg"].removeprefix("Value error, ") for item in error.errors(include_url=False))
            raise TypeError(f"{where}[{name!r}]: {told}") from None
    return tuple(fields)
