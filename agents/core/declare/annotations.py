"""Python annotations as types of a signature. Owns which annotations there are; refuses every other with their list."""

from __future__ import annotations

import dataclasses
import math
import types
from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any, ForwardRef, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined, to_jsonable_python

from agents.core.declare.media import File
from agents.core.spec.types import (
    AnyType,
    Constraints,
    DictType,
    EnumType,
    FieldSpec,
    FileType,
    ListType,
    ModelType,
    OptionalType,
    ScalarType,
    TypeSpec,
)

ALLOWED = (
    "str, int, float, bool, date, datetime, Literal[...], an Enum of texts or numbers, X | None, list, list[X], "
    "dict, dict[str, X], Any, Image, Audio, File, and pydantic models, dataclasses or TypedDicts of these"
)
Names = Mapping[str, Any]
_SCALARS: dict[Any, Any] = {kind: kind.__name__ for kind in (str, int, float, bool, date, datetime)}
_UNIONS = (Union, types.UnionType)
_NONE = type(None)


class Unsupported(TypeError):
    """An annotation that no field can have."""


def resolve(annotation: Any, names: Names) -> Any:
    """An annotation written as text, evaluated in ``names``."""
    if isinstance(annotation, ForwardRef):
        annotation = annotation.__forward_arg__
    if not isinstance(annotation, str):
        return annotation
    try:
        return eval(annotation, dict(names))  # noqa: S307 - the source of the class itself, as Python would read it
    except NameError as error:
        raise Unsupported(f"the annotation {annotation!r} cannot be read: {error}") from None


def compile_type(annotation: Any, names: Names, within: tuple[Any, ...] = ()) -> TypeSpec:  # noqa: PLR0911 - one a type
    """The type that ``annotation`` means. ``within`` are the models around it: a type cannot hold itself."""
    annotation = resolve(annotation, names)
    if isinstance(annotation, type) and annotation in _SCALARS:
        return ScalarType(kind=_SCALARS[annotation])
    if annotation is Any:
        return AnyType()
    if isinstance(annotation, type) and issubclass(annotation, File):
        return FileType(accepts=annotation.accepts)
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return compile_type(args[0], names, within)
    if origin is Literal:
        return _literal(annotation, args)
    if origin in _UNIONS:
        return _union(annotation, args, names, within)
    if annotation is list or origin is list:
        return ListType(of=compile_type(args[0], names, within) if args else AnyType())
    if annotation is dict or origin is dict:
        return _dict(annotation, args, names, within)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return _enum(annotation)
    return _model(annotation, names, within)


def is_optional(type_: TypeSpec) -> bool:
    return isinstance(type_, OptionalType)


def json_default(value: Any) -> Any:
    """A default as JSON data: dates as ISO text, enums as their values, models as objects."""
    return to_jsonable_python(value)


def _literal(annotation: Any, args: tuple[Any, ...]) -> TypeSpec:
    values = tuple(arg for arg in args if arg is not None)
    if not values or any(type(value) not in (str, int, bool) for value in values):
        raise Unsupported(f"{annotation} lists something else than texts, whole numbers, True, False and None")
    type_ = _distinct(values, "", annotation)
    return OptionalType(of=type_) if len(values) < len(args) else type_


def _enum(annotation: type[Enum]) -> TypeSpec:
    values = tuple(to_jsonable_python(member.value) for member in annotation)
    if not values or any(type(value) not in (str, int, bool) for value in values):
        raise Unsupported(f"enum {annotation.__name__} holds something else than texts, whole numbers, True and False")
    return _distinct(values, annotation.__name__, annotation)


def _distinct(values: tuple[Any, ...], name: str, annotation: Any) -> TypeSpec:
    try:
        return EnumType(values=values, name=name)
    except ValidationError as error:
        raise Unsupported(f"{annotation}: {error.errors()[0]['msg']}") from None


def _union(annotation: Any, args: tuple[Any, ...], names: Names, within: tuple[Any, ...]) -> TypeSpec:
    others = [arg for arg in args if arg is not _NONE]
    if len(others) != 1 or len(others) == len(args):
        raise Unsupported(f"{_show(annotation)} is a choice of several types; allowed is one type, or one and None")
    inner = compile_type(others[0], names, within)
    return inner if isinstance(inner, OptionalType) else OptionalType(of=inner)


def _dict(annotation: Any, args: tuple[Any, ...], names: Names, within: tuple[Any, ...]) -> TypeSpec:
    if not args:
        return DictType(of=AnyType())
    if resolve(args[0], names) is not str:
        raise Unsupported(f"{_show(annotation)} has keys that are not texts; allowed: dict[str, X]")
    return DictType(of=compile_type(args[1], names, within))


def _model(annotation: Any, names: Names, within: tuple[Any, ...]) -> TypeSpec:
    if annotation in within:
        raise Unsupported(f"{annotation.__name__} holds itself; a type must end somewhere")
    inside = (*within, annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        fields = _pydantic_fields(annotation, names, inside)
    elif isinstance(annotation, type) and dataclasses.is_dataclass(annotation):
        fields = _dataclass_fields(annotation, names, inside)
    elif is_typeddict(annotation):
        fields = _typed_dict_fields(annotation, names, inside)
    else:
        raise Unsupported(f"{_show(annotation)} is not a type a field can have; allowed: {ALLOWED}")
    return ModelType(name=annotation.__name__, fields=tuple(fields))


def _pydantic_fields(model: type[BaseModel], names: Names, within: tuple[Any, ...]) -> list[FieldSpec]:
    if not model.__pydantic_complete__:
        model.model_rebuild(_types_namespace=dict(names))
    fields = []
    for name, info in model.model_fields.items():
        default = PydanticUndefined if info.is_required() else info.get_default(call_default_factory=True, validated_data={})
        fields.append(
            _field(
                model,
                name,
                info.annotation,
                metadata=info.metadata,
                description=info.description,
                default=default,
                names=names,
                within=within,
            )
        )
    return fields


def _dataclass_fields(cls: Any, names: Names, within: tuple[Any, ...]) -> list[FieldSpec]:
    hints = _hints(cls, names)
    fields = []
    for item in dataclasses.fields(cls):
        default: Any = PydanticUndefined
        if item.default is not dataclasses.MISSING:
            default = item.default
        elif item.default_factory is not dataclasses.MISSING:
            default = item.default_factory()
        fields.append(_annotated_field(cls, item.name, hints[item.name], default=default, names=names, within=within))
    return fields


def _typed_dict_fields(cls: Any, names: Names, within: tuple[Any, ...]) -> list[FieldSpec]:
    fields = []
    for name, hint in _hints(cls, names).items():
        qualifier = getattr(get_origin(hint), "_name", None)
        # Where annotations are texts, Python itself does not see the qualifier and counts the key as required.
        required = qualifier == "Required" or (qualifier != "NotRequired" and name in cls.__required_keys__)
        bare = get_args(hint)[0] if qualifier in ("Required", "NotRequired") else hint
        default = PydanticUndefined if required else None
        fields.append(_annotated_field(cls, name, bare, default=default, names=names, within=within))
    return fields


def _hints(cls: Any, names: Names) -> dict[str, Any]:
    try:
        inside = {name: value for name, value in vars(cls).items() if isinstance(value, type)}
        hints = get_type_hints(cls, localns={**names, **inside}, include_extras=True)  # beside the names of its own module
    except NameError as error:
        raise Unsupported(f"the annotations of {cls.__name__} cannot be read: {error}") from None
    return hints


def _annotated_field(cls: Any, name: str, hint: Any, *, default: Any, names: Names, within: tuple[Any, ...]) -> FieldSpec:
    metadata: list[Any] = []
    description = None
    if get_origin(hint) is Annotated:
        hint, *extras = get_args(hint)
        for extra in extras:
            if isinstance(extra, FieldInfo):
                metadata += extra.metadata
                description = extra.description or description
            elif isinstance(extra, str):
                description = extra
            else:
                metadata.append(extra)
    return _field(cls, name, hint, metadata=metadata, description=description, default=default, names=names, within=within)


def _field(
    owner: Any,
    name: str,
    annotation: Any,
    *,
    metadata: list[Any],
    description: str | None,
    default: Any,
    names: Names,
    within: tuple[Any, ...],
) -> FieldSpec:
    try:
        type_ = compile_type(annotation, names, within)
        required = default is PydanticUndefined
        return FieldSpec(
            name=name,
            type=type_,
            description=description or "",
            required=required,
            default=None if required else json_default(default),
            constraints=_constraints(type_, metadata),
        )
    except Unsupported as error:
        raise Unsupported(f"{owner.__name__}.{name}: {error}") from None
    except ValidationError as error:
        told = "; ".join(item["msg"].removeprefix("Value error, ") for item in error.errors())
        raise Unsupported(f"{owner.__name__}.{name}: {told}") from None


def _constraints(type_: TypeSpec, metadata: list[Any]) -> Constraints:
    """The bounds in pydantic's metadata; ``gt`` and ``lt`` are whole-number bounds in other words."""
    bounds: dict[str, Any] = {}
    whole = isinstance(type_, ScalarType) and type_.kind == "int"
    for item in metadata:
        for name in ("ge", "le", "min_length", "max_length", "pattern"):
            if getattr(item, name, None) is not None:
                bounds[name] = getattr(item, name)
        for name, bound, step in (("gt", "ge", 1), ("lt", "le", -1)):
            limit = getattr(item, name, None)
            if limit is None:
                continue
            if not whole:
                raise Unsupported(f"{name}={limit!r} is for whole numbers only; allowed: ge, le")
            bounds[bound] = (math.floor(limit) if step > 0 else math.ceil(limit)) + step
    return Constraints(**bounds)


def _show(annotation: Any) -> str:
    return annotation.__name__ if isinstance(annotation, type) and not get_args(annotation) else str(annotation)
