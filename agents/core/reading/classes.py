"""Classes of a source as real classes of ours: signatures, agents, enums, models. Only data goes in, never code.

The classes are made by the same code that a program would run, so that what is read means exactly what it would there.
"""

from __future__ import annotations

import ast
import dataclasses
import types
from collections.abc import Sequence
from enum import Enum
from typing import Any

import pydantic

from agents.core.declare.agent import BaseAgent, agent_spec
from agents.core.declare.fields import DeclaredField
from agents.core.declare.signature import Signature
from agents.core.declare.words import known_words
from agents.core.reading.bodies import MISSING, Body, BodyReader
from agents.core.reading.problems import Refused, Skipped, SourceProblem
from agents.core.reading.values import Names, Values

MODULE = "text"  # what classes that were read have as their module


class ClassReader:
    """Makes the classes that a source declares. Upper apps derive from it and add their families."""

    def __init__(self, values: Values, problems: list[SourceProblem]) -> None:
        self.values, self.problems = values, problems

    def families(self) -> dict[type, Any]:
        """Base classes and what makes their subclasses."""
        return {
            Signature: self.signature,
            BaseAgent: self.agent,
            Enum: self.enum,
            pydantic.BaseModel: self.model,
        }

    def read(self, node: ast.ClassDef, names: Names) -> tuple[type, int]:
        """The class and how much it stands for. Raises ``Refused`` or ``Skipped``."""
        before = self.values.spent
        if node.keywords:
            raise Refused(node.keywords[0], "a class here takes base classes only, no metaclass and no keywords")
        bases = [self.values.read(base, names) for base in node.bases]
        options = self._decorators(node, names)
        made = self._make(node, bases, options, names)
        return made, max(1, self.values.spent - before)

    def _make(self, node: ast.ClassDef, bases: list[Any], options: dict[str, Any] | None, names: Names) -> type:
        if options is not None:
            return self.plain(node, bases, options, names)
        for base, make in self.families().items():
            if any(isinstance(given, type) and issubclass(given, base) for given in bases):
                if node.decorator_list:
                    raise Refused(node.decorator_list[0], f"a class derived from {base.__name__} takes no decorator")
                result: type = make(node, bases, names)
                return result
        known = ", ".join(base.__name__ for base in self.families())
        raise Refused(node, f"the class {node.name} derives from none of these: {known}, and is no dataclass")

    def body(self, node: ast.ClassDef, names: Names, base: type | None, *, inner: bool = False) -> Body:
        """The body of a class. Raises ``Skipped`` once all that is wrong in it has been told."""
        known = known_words(base) if base is not None else []
        body = BodyReader(self.values, self.problems, known, self.read if inner else None).read(node, names)
        if body.broken:
            raise Skipped
        return body

    def declared(self, node: ast.ClassDef, bases: Sequence[Any], body: Body, space: dict[str, Any]) -> type:
        """A class of ours with ``space`` as its body."""
        own = {"__module__": MODULE, "__qualname__": node.name, **body.words, **space}
        if body.doc is not None:
            own["__doc__"] = body.doc
        return self.values.trying(node, _new_class, node.name, tuple(bases), own)  # type: ignore[no-any-return]

    def signature(self, node: ast.ClassDef, bases: list[Any], names: Names) -> type:
        body = self.body(node, names, Signature, inner=True)
        for name, value in body.plain.items():
            if not isinstance(value, type):
                raise Refused(body.places[name], f"{name} has no type: write {name}: str = InputField() or OutputField()")
        for name, (_type, value) in body.fields.items():
            if not isinstance(value, DeclaredField):
                raise Refused(body.places[name], f"{name} is neither an InputField() nor an OutputField()")
        space = {name: value for name, (_type, value) in body.fields.items()}
        space["__annotations__"] = {name: type_ for name, (type_, _value) in body.fields.items()}
        return self.declared(node, bases, body, space)

    def agent(self, node: ast.ClassDef, bases: list[Any], names: Names) -> type:
        body = self.body(node, names, BaseAgent)
        self.only_words(body, BaseAgent)
        made = self.declared(node, bases, body, {})
        if getattr(made, "__signature__", None) is not None:  # without one, a base for others
            self.values.trying(node, agent_spec, made)
        return made

    def only_words(self, body: Body, base: type) -> None:
        stray = next(iter({**body.fields, **body.plain}), None)
        if stray is not None:
            known = ", ".join(known_words(base))
            raise Refused(body.places[stray], f"{stray} means nothing in a class of {base.__name__}; the words are: {known}")

    def enum(self, node: ast.ClassDef, bases: list[Any], names: Names) -> type:
        body = self.body(node, names, None)
        members = list(body.plain.items())
        wrong = next((name for name, value in members if not isinstance(value, str | int)), None)
        if wrong is not None or body.fields:
            where = body.places[wrong or next(iter(body.fields))]
            raise Refused(where, "a member of an enum is NAME = value, a text, a whole number or a boolean")
        kind = next(base for base in bases if issubclass(base, Enum))
        mixed = next((base for base in bases if not issubclass(base, Enum)), None)
        extra = {} if mixed is None else {"type": mixed}
        return self.values.trying(node, kind, node.name, members, module=MODULE, **extra)  # type: ignore[no-any-return]

    def model(self, node: ast.ClassDef, bases: list[Any], names: Names) -> type:
        body = self.body(node, names, None)
        self._only_fields(body)
        for name in body.fields:
            if hasattr(pydantic.BaseModel, name) or name.startswith("model_"):
                raise Refused(body.places[name], f"{name} is a name of pydantic's own; make the class a dataclass instead")
        fields = {n: (type_, ... if value is MISSING else value) for n, (type_, value) in body.fields.items()}
        base: Any = tuple(bases)
        return self.values.trying(  # type: ignore[no-any-return]
            node, pydantic.create_model, node.name, __base__=base, __module__=MODULE, __doc__=body.doc, **fields
        )

    def plain(self, node: ast.ClassDef, bases: list[Any], options: dict[str, Any], names: Names) -> type:
        """A dataclass."""
        if not all(isinstance(base, type) and dataclasses.is_dataclass(base) for base in bases):
            raise Refused(node, "a dataclass derives from dataclasses of this text only")
        body = self.body(node, names, None)
        self._only_fields(body)
        fields = [(n, t) if value is MISSING else (n, t, value) for n, (t, value) in body.fields.items()]
        made: type = self.values.trying(
            node, dataclasses.make_dataclass, node.name, fields, bases=tuple(bases), namespace={"__module__": MODULE}, **options
        )
        self.values.allow_calls_of(made)
        return made

    def _only_fields(self, body: Body) -> None:
        stray = next(iter(body.plain), None)
        if stray is not None:
            raise Refused(body.places[stray], f"{stray} has no type: write {stray}: str = ...")

    def _decorators(self, node: ast.ClassDef, names: Names) -> dict[str, Any] | None:
        """The options of ``@dataclass``; ``None`` for a class without it."""
        options: dict[str, Any] | None = None
        for decorator in node.decorator_list:
            call = decorator if isinstance(decorator, ast.Call) else None
            if self.values.read(call.func if call else decorator, names) is not dataclasses.dataclass:
                raise Refused(decorator, "the only decorator that is read is @dataclass")
            options = {}
            for keyword in call.keywords if call else ():
                if keyword.arg not in ("kw_only", "frozen") or not isinstance(keyword.value, ast.Constant):
                    raise Refused(keyword, "a dataclass here takes kw_only and frozen, each True or False")
                options[keyword.arg] = bool(keyword.value.value)
        return options


def rename(made: type, name: str) -> None:
    """``Colour.__name__ = "Color"``: how a class is called in a spec when Python cannot call it so."""
    made.__name__ = name


def _new_class(name: str, bases: tuple[type, ...], space: dict[str, Any]) -> type:
    return types.new_class(name, bases, {}, lambda body: body.update(space))
