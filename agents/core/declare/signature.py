"""Signature: a class whose fields are the typed inputs and outputs of one task. Compiles to a SignatureSpec at once, so
that a mistake is told where the class is written."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast

from pydantic import ValidationError

from agents.core.declare.annotations import Unsupported, compile_type, is_optional, json_default
from agents.core.declare.fields import MISSING, DeclaredField
from agents.core.declare.words import check_words
from agents.core.spec.signature import SignatureSpec
from agents.core.spec.types import Constraints, FieldSpec

T = TypeVar("T")


class _Both(Generic[T]):
    """A property of the class and of its instances; a field of the same name does not hide it."""

    def __init__(self, get: Callable[[type[Signature]], T]):
        self._get = get
        self.__doc__ = get.__doc__

    def __get__(self, instance: object, owner: type[Signature]) -> T:
        return self._get(owner)


def _compiled_spec(cls: type[Signature]) -> SignatureSpec:
    """The compiled form."""
    if cls._spec is None:
        raise TypeError(f"{cls.__name__} has no OutputField; a signature needs at least one")
    return cls._spec


class Signature:
    """Base of all signatures.

    The docstring is the instructions (``__instructions__`` instead, where the exact text matters); ``__intent__`` says
    what the task is for and ``__guidelines__`` lists how to go about it. Fields and all of these are inherited; what a
    subclass states itself replaces what it inherits, in whole. ``__title__`` names the signature otherwise than its class.
    """

    __title__: str = ""
    __instructions__: str | None = None
    __intent__: str = ""
    __guidelines__: list[str] | tuple[str, ...] = ()
    _fields: dict[str, tuple[DeclaredField, FieldSpec]] = {}
    _spec: SignatureSpec | None = None

    spec: _Both[SignatureSpec] = _Both(_compiled_spec)
    intent: _Both[str] = _Both(lambda cls: cls.spec.intent)
    guidelines: _Both[list[str]] = _Both(lambda cls: list(cls.spec.guidelines))
    instructions: _Both[str] = _Both(lambda cls: cls.spec.instructions)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        check_words(cls, Signature)
        cls._fields = {**_inherited(cls), **_declared(cls, _names_of(cls))}
        cls._spec = _compile(cls)

    @classmethod
    def from_spec(cls, spec: SignatureSpec) -> type[Signature]:
        """A class that compiles to exactly ``spec``."""
        made = cast("type[Signature]", type(spec.name, (cls,), {}))
        made._spec = spec
        sides = [("input", f) for f in spec.inputs] + [("output", f) for f in spec.outputs]
        made._fields = {f.name: (DeclaredField(cast("Any", side)), f) for side, f in sides}
        made.__intent__, made.__guidelines__ = spec.intent, spec.guidelines
        return made

    with_instructions = cast("Callable[..., Any]", None)
    with_guidelines = cast("Callable[..., Any]", None)


class _Derive:
    """A method of class and instance that returns the same kind of thing with a changed spec."""

    def __init__(self, change: Callable[[SignatureSpec, Any], dict[str, Any]], doc: str):
        self._change = change
        self.__doc__ = doc

    def __get__(self, instance: Signature | None, owner: type[Signature]) -> Callable[[Any], Any]:
        def derive(value: Any) -> Any:
            spec = owner.spec
            changed = SignatureSpec.model_validate({**spec.__dict__, **self._change(spec, value)})
            made = Signature.from_spec(changed)
            return made if instance is None else made()

        derive.__doc__ = self.__doc__
        return derive


def _as_guidelines(value: Any, where: str) -> tuple[str, ...]:
    if isinstance(value, str) or not all(isinstance(item, str) for item in value):
        raise TypeError(f"{where} must be a list of texts, got {value!r}")
    return tuple(value)


def _more_guidelines(spec: SignatureSpec, more: Any) -> dict[str, Any]:
    return {"guidelines": (*spec.guidelines, *_as_guidelines(more, f"the guidelines of {spec.name}"))}


Signature.with_instructions = cast(
    "Any", _Derive(lambda _spec, text: {"instructions": text}, "A new one with other instructions.")
)
Signature.with_guidelines = cast("Any", _Derive(_more_guidelines, "A new one with these guidelines added."))


def _inherited(cls: type[Signature]) -> dict[str, tuple[DeclaredField, FieldSpec]]:
    """The bases' fields, the first base's version where several have one."""
    fields: dict[str, tuple[DeclaredField, FieldSpec]] = {}
    for base in reversed(cls.__mro__[1:]):
        fields.update(base.__dict__.get("_fields", {}))
    return fields


def _declared(cls: type[Signature], names: dict[str, Any]) -> dict[str, tuple[DeclaredField, FieldSpec]]:
    """The fields of the class body itself, taken out of the class so that they hide no attribute of Signature."""
    annotations = inspect.get_annotations(cls)
    fields = {}
    for name, value in list(cls.__dict__.items()):
        if isinstance(value, DeclaredField):
            if name not in annotations:
                raise TypeError(f"{cls.__name__}.{name} has no type: write {name}: str = ...")
            fields[name] = (value, _field(cls, name, annotations[name], value, names))
            delattr(cls, name)
    for name, annotation in annotations.items():
        if name not in fields and not name.startswith("_") and "ClassVar" not in str(annotation):
            raise TypeError(f"{cls.__name__}.{name} is neither an InputField nor an OutputField")
    return {name: fields[name] for name in annotations if name in fields}


def _field(cls: type[Signature], name: str, annotation: Any, declared: DeclaredField, names: dict[str, Any]) -> FieldSpec:
    try:
        type_ = compile_type(annotation, names)
        given = declared.default is not MISSING
        required = declared.required if declared.required is not None else not given and not is_optional(type_)
        return FieldSpec(
            name=name,
            type=type_,
            description=declared.description,
            required=required,
            default=json_default(declared.default) if given else None,
            constraints=Constraints(**declared.bounds),
        )
    except Unsupported as error:
        raise TypeError(f"{cls.__name__}.{name}: {error}") from None
    except ValidationError as error:
        raise TypeError(f"{cls.__name__}.{name}: {_told(error)}") from None


def _compile(cls: type[Signature]) -> SignatureSpec | None:
    fields = cls._fields.values()
    outputs = tuple(spec for declared, spec in fields if declared.side == "output")
    if not outputs:
        return None  # a base for others; asking it for its spec says so
    try:
        return SignatureSpec(
            name=cls.__dict__.get("__title__") or cls.__name__,
            instructions=_instructions(cls),
            intent=cls.__intent__,
            guidelines=_as_guidelines(cls.__guidelines__, f"{cls.__name__}.__guidelines__"),
            inputs=tuple(spec for declared, spec in fields if declared.side == "input"),
            outputs=outputs,
        )
    except ValidationError as error:
        raise TypeError(f"{cls.__name__}: {_told(error)}") from None


def _instructions(cls: type[Signature]) -> str:
    for base in cls.__mro__[: cls.__mro__.index(Signature)]:
        if base.__dict__.get("__instructions__") is not None:
            return str(base.__dict__["__instructions__"])
        if base.__dict__.get("__doc__"):
            return inspect.cleandoc(base.__dict__["__doc__"])
    return ""


def _names_of(cls: type) -> dict[str, Any]:
    """What the annotations of a class may name: its own body, the functions around it, its module.

    Read from the frames, since a class inside a function is nowhere else to be found.
    """
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__") != cls.__module__:
        frame = frame.f_back
    module, scopes = frame.f_globals, []
    while frame is not None and frame.f_globals is module:
        scopes.append(frame.f_locals)
        frame = cast("Any", frame.f_back)
    names = dict(module)
    for scope in reversed(scopes):
        names.update(scope)
    own = {name: value for name, value in cls.__dict__.items() if not isinstance(value, DeclaredField)}
    return {**names, **{name: value for name, value in own.items() if not name.startswith("__")}}


def _told(error: ValidationError) -> str:
    return "; ".join(item["msg"].removeprefix("Value error, ") for item in error.errors(include_url=False))


def as_spec(signature: Any) -> SignatureSpec:
    """The spec of a signature class, instance or spec."""
    if isinstance(signature, SignatureSpec):
        return signature
    found = getattr(signature, "spec", None)
    if not isinstance(found, SignatureSpec):
        raise TypeError(f"a signature must be a Signature class, its instance or a SignatureSpec, got {signature!r}")
    return found


__all__ = ["Signature", "as_spec"]
