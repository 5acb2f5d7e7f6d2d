"""The types a signature's field may have: a closed, serialisable set.

Owns the shape only; making them from Python annotations is ``agents.core.declare``, validating values is
``agents.core.spec.values``.
"""

from __future__ import annotations

import keyword
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

ClassName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=100)]


MAX_INT = 2**53  # from here on JSON readers disagree about an integer


class Frozen(BaseModel):
    """Base of every spec: immutable, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ScalarType(Frozen):
    kind: Literal["str", "int", "float", "bool", "date", "datetime"]


class EnumType(Frozen):
    """One of ``values``: strings, integers or booleans. ``name`` is the Python enum's name, empty for a Literal."""

    kind: Literal["enum"] = "enum"
    values: tuple[str | int | bool, ...] = Field(min_length=1)
    name: ClassName | Literal[""] = ""

    @field_validator("values")
    @classmethod
    def _differ(cls, values: tuple[str | int | bool, ...]) -> tuple[str | int | bool, ...]:
        """By Python's equality, in which 1 is True: an Enum class could not hold both."""
        if len(set(values)) != len(values):
            raise ValueError(f"an enum lists a value twice: {', '.join(map(repr, values))}")
        return values


class OptionalType(Frozen):
    kind: Literal["optional"] = "optional"
    of: TypeSpec

    @model_validator(mode="after")
    def _holds_no_optional(self) -> Self:
        if isinstance(self.of, OptionalType):
            raise ValueError("an optional type cannot hold an optional type")
        return self


class ListType(Frozen):
    kind: Literal["list"] = "list"
    of: TypeSpec


class DictType(Frozen):
    """A JSON object with text keys and values of one type."""

    kind: Literal["dict"] = "dict"
    of: TypeSpec


class AnyType(Frozen):
    """Any JSON value: what a bare ``list`` or ``dict`` holds."""

    kind: Literal["any"] = "any"


class ModelType(Frozen):
    """A nested object with named fields."""

    kind: Literal["model"] = "model"
    name: ClassName
    fields: tuple[FieldSpec, ...]

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        names = [field.name for field in self.fields]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"model {self.name!r} names these fields twice: {', '.join(twice)}")
        return self


class FileType(Frozen):
    """A stored file, given as ``{"file", "name", "media_type", "size", "sha256"}``, of the kind ``accepts``. Inputs only."""

    kind: Literal["file"] = "file"
    accepts: Literal["any", "image", "audio"] = "any"


TypeSpec = Annotated[
    ScalarType | EnumType | OptionalType | ListType | DictType | AnyType | ModelType | FileType,
    Field(discriminator="kind"),
]


class Constraints(Frozen):
    """Bounds on a value, each named as in JSON Schema's snake case; ``None`` means no bound."""

    ge: float | None = Field(default=None, allow_inf_nan=False)
    le: float | None = Field(default=None, allow_inf_nan=False)
    min_length: int | None = Field(default=None, ge=0)
    max_length: int | None = Field(default=None, ge=0)
    pattern: str | None = None

    @model_validator(mode="after")
    def _leave_room(self) -> Self:
        for low, high, names in ((self.ge, self.le, "ge and le"), (self.min_length, self.max_length, "lengths")):
            if low is not None and high is not None and low > high:
                raise ValueError(f"no value can lie between the {names}: {low:g} and {high:g}")
        return self

    def named(self) -> list[str]:
        """The bounds that are set."""
        return [name for name in type(self).model_fields if getattr(self, name) is not None]


_LENGTHS = ("min_length", "max_length")
BOUNDS_OF: dict[str, tuple[str, ...]] = {
    "str": (*_LENGTHS, "pattern"),
    "int": ("ge", "le"),
    "float": ("ge", "le"),
    "list": _LENGTHS,
    "dict": _LENGTHS,
}


class FieldSpec(Frozen):
    """One input, output or nested field.

    ``default`` counts only when ``required`` is false; ``None`` is a real default.
    """

    name: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=64)
    type: TypeSpec
    description: str = ""
    required: bool = True
    default: Any = None
    constraints: Constraints = Constraints()

    @field_validator("name")
    @classmethod
    def _can_be_an_argument(cls, name: str) -> str:
        if keyword.iskeyword(name):
            raise ValueError(f"{name!r} is a word of Python itself and cannot name a field")
        return name

    @model_validator(mode="after")
    def _bounds_and_default_fit(self) -> Self:
        type_ = self.type.of if isinstance(self.type, OptionalType) else self.type
        allowed = BOUNDS_OF.get(type_.kind, ())
        wrong = [name for name in self.constraints.named() if name not in allowed]
        if wrong:
            raise ValueError(
                f"field {self.name!r} of type {type_.kind} cannot have {', '.join(wrong)}; "
                f"allowed: {', '.join(allowed) or 'no bounds'}"
            )
        if type_.kind == "int":
            _check_whole(self.name, self.constraints)
        if self.required and self.default is not None:
            raise ValueError(f"field {self.name!r} is required and has the default {self.default!r}: choose one")
        if self.constraints.pattern is not None or self.default is not None:
            self._try_default()
        return self

    def _try_default(self) -> None:
        from agents.core.spec.values import default_problems

        problems = default_problems(self)
        if problems:
            raise ValueError("; ".join(f"{p['where']}: {p['message']}" for p in problems))


def _check_whole(name: str, bounds: Constraints) -> None:
    for word in ("ge", "le"):
        value = getattr(bounds, word)
        if value is not None and (value != int(value) or abs(value) >= MAX_INT):
            raise ValueError(
                f"field {name!r} is a whole number and cannot have {word}={value:g}; allowed: whole bounds below 2**53"
            )


def holds_file(type_: TypeSpec) -> bool:
    """Whether a value of this type is or contains a file."""
    match type_:
        case FileType():
            return True
        case OptionalType() | ListType() | DictType():
            return holds_file(type_.of)
        case ModelType():
            return any(holds_file(field.type) for field in type_.fields)
        case _:
            return False


for _model in (OptionalType, ListType, DictType, ModelType, FieldSpec):
    _model.model_rebuild()
