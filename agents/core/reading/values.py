"""Expressions of a source as values, read and never run: literals, names from above, types, and calls of our own words.

Everything is bounded: what a name stands for counts again at each use, so that no short text can stand for a huge value.
"""

from __future__ import annotations

import ast
import copy
import operator
import types
import typing
from collections.abc import Callable, Iterable
from enum import Enum
from typing import Any

from pydantic import ValidationError
from pydantic_core import SchemaError

from agents.core.declare.agent import BaseAgent
from agents.core.declare.signature import Signature
from agents.core.reading.problems import Refused, Skipped, SourceProblem
from agents.core.reading.words import ARGUMENTS, BUILTINS, Words
from trust.core.errors import KaizenError

BROKEN: Any = object()  # stands for a name whose definition was refused
FAULTS = (TypeError, ValueError, AttributeError, NameError, LookupError, KaizenError, SchemaError, RecursionError)
MOST = 4_000_000  # characters and items of all values together
LITERALS = "texts, numbers, True, False, None, lists and dicts of these, names from above, and calls of Kaizen's words"
_CONSTANTS = (str, int, float, bool, type(None))


class Names:
    """Names by scope with what each stands for and how much that is."""

    def __init__(self, outer: Names | None = None) -> None:
        self._outer = outer
        self._known: dict[str, tuple[Any, int]] = {}

    def put(self, name: str, value: Any, weight: int = 1) -> None:
        self._known[name] = (value, weight)

    def find(self, name: str) -> tuple[Any, int] | None:
        found = self._known.get(name)
        return found if found is not None or self._outer is None else self._outer.find(name)

    def own(self) -> list[str]:
        usable = {name for name, (value, _weight) in self._known.items() if value is not BROKEN}
        return sorted({*usable, *(self._outer.own() if self._outer else ())})


class Values:
    """Reads expressions. ``problems`` gathers what is wrong inside lists, so that each fault is told at once."""

    def __init__(self, words: Words) -> None:
        self.problems: list[SourceProblem] = []
        self.spent = 0
        self._words = words
        self._callables: list[Any] | None = None
        self._made: list[type] = []

    def allow_calls_of(self, made: type) -> None:
        self._made.append(made)

    def spend(self, node: ast.AST, amount: int) -> None:
        self.spent += amount
        if self.spent > MOST:
            raise Refused(node, f"the text stands for more than {MOST} characters and items in all")

    def read(self, node: ast.expr, names: Names) -> Any:
        """The value of ``node``. Raises ``Refused``, or ``Skipped`` where a part was refused before."""
        self.spend(node, 1)
        reader = _READERS.get(type(node))
        if reader is None:
            raise Refused(node, f"{_what(node)} would have to be run and cannot be read; allowed: {LITERALS}")
        return reader(self, node, names)

    def constant(self, node: ast.Constant, _names: Names) -> Any:
        if not isinstance(node.value, _CONSTANTS):
            raise Refused(node, f"{type(node.value).__name__} is no JSON value; allowed: {LITERALS}")
        if isinstance(node.value, str):
            self.spend(node, len(node.value))
        return node.value

    def joined(self, node: ast.JoinedStr, names: Names) -> str:
        """An f-string whose parts are plain values."""
        parts = []
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                value = self.read(part.value, names)
                if part.format_spec is not None or part.conversion != -1 or not isinstance(value, str | int):
                    raise Refused(node, "an f-string may hold texts and whole numbers, without a format")
                parts.append(str(value))
            else:
                parts.append(str(self.read(part, names)))
        return "".join(parts)

    def name(self, node: ast.Name, names: Names) -> Any:
        found = names.find(node.id)
        if found is None and node.id in BUILTINS:
            return BUILTINS[node.id]
        if found is None:
            raise Refused(node, f"{node.id!r} is not defined above; known here: {', '.join(names.own()) or 'nothing'}")
        if found[0] is BROKEN:
            raise Skipped
        self.spend(node, found[1])
        return found[0]

    def items(self, node: ast.List | ast.Tuple, names: Names) -> Any:
        values: list[Any] = []
        skipped = False
        for item in node.elts:
            try:
                if isinstance(item, ast.Starred):
                    values += self._unpacked(item, names)
                else:
                    values.append(self.read(item, names))
            except Refused as refusal:
                self.problems.append(refusal.problem)
                skipped = True
            except Skipped:
                skipped = True
        if skipped:
            raise Skipped
        return tuple(values) if isinstance(node, ast.Tuple) else values

    def _unpacked(self, item: ast.Starred, names: Names) -> list[Any]:
        inner = self.read(item.value, names)
        if not isinstance(inner, list | tuple):
            raise Refused(item, "only a list can be unpacked into a list")
        return list(inner)

    def mapping(self, node: ast.Dict, names: Names) -> dict[Any, Any]:
        values: dict[Any, Any] = {}
        for key_node, value_node in zip(node.keys, node.values, strict=True):
            value = self.read(value_node, names)
            if key_node is None:
                if not isinstance(value, dict):
                    raise Refused(value_node, "only a dict can be unpacked into a dict")
                values |= value
                continue
            key = self.read(key_node, names)
            if not isinstance(key, str):
                raise Refused(key_node, f"the key {key!r} is no text; keys of a dict are texts")
            if key in values:
                raise Refused(key_node, f"the key {key!r} stands twice in this dict")
            values[key] = value
        return values

    def signed(self, node: ast.UnaryOp, names: Names) -> Any:
        value = self.read(node.operand, names)
        if not isinstance(node.op, ast.USub | ast.UAdd) or isinstance(value, bool) or not isinstance(value, int | float):
            raise Refused(node, "only a number can have a sign, and nothing can be negated")
        return -value if isinstance(node.op, ast.USub) else value

    def joined_by_operator(self, node: ast.BinOp, names: Names) -> Any:
        """Texts and lists are put together by ``+``, dicts and types by ``|``."""
        left, right = self.read(node.left, names), self.read(node.right, names)
        if isinstance(node.op, ast.Add) and isinstance(left, str | list | tuple) and type(left) is type(right):
            self.spend(node, len(left) + len(right))
            return operator.add(left, right)
        if isinstance(node.op, ast.BitOr):
            both_dicts = isinstance(left, dict) and isinstance(right, dict)
            if both_dicts or (_is_type(left) and _is_type(right)):
                return self.trying(node, operator.or_, left, right)
        raise Refused(node, "this would have to be computed; allowed: + between texts or lists, | between dicts or types")

    def attribute(self, node: ast.Attribute, names: Names) -> Any:
        """A member of an enum, a class inside a class of this text, or the spec of a signature or an agent."""
        owner = self.read(node.value, names)
        if node.attr == "spec" and (isinstance(owner, BaseAgent) or (isinstance(owner, type) and issubclass(owner, Signature))):
            return self.trying(node, getattr, owner, "spec")
        if isinstance(owner, type) and not node.attr.startswith("_"):
            if issubclass(owner, Enum) and node.attr in owner.__members__:
                return owner[node.attr]
            inner = next((vars(base)[node.attr] for base in owner.__mro__ if node.attr in vars(base)), None)
            if isinstance(inner, type):
                return inner
        raise Refused(node, f"{ast.unparse(node)} cannot be read; allowed after a dot: a member of an enum, a class in a class")

    def subscript(self, node: ast.Subscript, names: Names) -> Any:
        """A type with its parts: ``list[str]``, ``Literal["a"]``, ``Annotated[int, Field(ge=0)]``."""
        owner = self.read(node.value, names)
        if owner not in (list, dict, typing.Annotated, typing.Literal, typing.Optional, typing.Union, typing.List, typing.Dict):  # noqa: UP006
            raise Refused(node, "only types have parts in brackets: list[str], dict[str, int], Literal[...], Annotated[...]")
        inside = self._parts(node.slice, names, owner)
        return self.trying(node, operator.getitem, owner, inside)

    def _parts(self, node: ast.expr, names: Names, owner: Any) -> Any:
        """What stands in the brackets: values in ``Literal``, a type and values in ``Annotated``, else types."""
        if owner is typing.Literal:
            return self.read(node, names)
        if not isinstance(node, ast.Tuple):
            return self.type(node, names)
        annotated = owner is typing.Annotated
        return tuple(
            self.read(item, names) if annotated and n > 0 else self.type(item, names) for n, item in enumerate(node.elts)
        )

    def type(self, node: ast.expr, names: Names) -> Any:
        """An annotation; one in quotes is read as well."""
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            return self.read(node, names)
        try:
            inner = ast.parse(node.value, mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise Refused(node, f"{node.value!r} is no type") from None
        for part in ast.walk(inner):
            ast.copy_location(part, node)
        return self.read(inner, names)

    def call(self, node: ast.Call, names: Names) -> Any:
        target = self.read(node.func, names)
        if self._callables is None:
            self._callables = self._words.callables()
        if isinstance(target, type) and issubclass(target, BaseAgent) and not node.args and not node.keywords:
            return self.trying(node, target)
        if not any(target is known for known in (*self._callables, *self._made)):
            known = sorted({getattr(thing, "__name__", "") for thing in self._callables})
            raise Refused(node, f"{ast.unparse(node.func)}(...) would have to be run; what can be called: {', '.join(known)}")
        args = list(self.items(ast.copy_location(ast.Tuple(node.args, ast.Load()), node), names))
        kwargs: dict[str, Any] = {}
        allowed = ARGUMENTS.get(target)
        for keyword in node.keywords:
            if keyword.arg is None:
                kwargs |= self.mapping(ast.copy_location(ast.Dict([None], [keyword.value]), keyword.value), names)
            elif allowed is not None and keyword.arg not in allowed:
                raise Refused(keyword, f"{keyword.arg} is not read here; allowed: {', '.join(allowed)}")
            elif keyword.arg == "default_factory":
                kwargs[keyword.arg] = self._factory(keyword.value, names)
            else:
                kwargs[keyword.arg] = self.read(keyword.value, names)
        return self.trying(node, target, *args, **kwargs)

    def _factory(self, node: ast.expr, names: Names) -> Callable[[], Any]:
        if isinstance(node, ast.Name) and node.id in ("list", "dict"):
            return BUILTINS[node.id]  # type: ignore[no-any-return]
        if not isinstance(node, ast.Lambda) or ast.unparse(node.args):
            raise Refused(node, "a default_factory is list, dict or a lambda without arguments that is a plain value")
        value = self.read(node.body, names)
        return lambda: copy.deepcopy(value)

    def trying(self, node: ast.AST, make: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """What one of our own words makes of values; what it says against them is told at ``node``."""
        try:
            return make(*args, **kwargs)
        except FAULTS as fault:
            raise Refused(node, tell(fault)) from None


def tell(fault: BaseException) -> str:
    """A fault in words, without the class and the address that pydantic adds."""
    if isinstance(fault, ValidationError):
        return "; ".join(
            f"{'.'.join(map(str, item['loc'])) + ': ' if item['loc'] else ''}{item['msg'].removeprefix('Value error, ')}"
            for item in fault.errors(include_url=False)
        )
    problems: Iterable[Any] = getattr(fault, "problems", None) or ()
    told = "; ".join(f"{p['where']}: {p['message']}" if p["where"] else p["message"] for p in problems)
    return told or str(fault) or type(fault).__name__


def _is_type(value: Any) -> bool:
    plain = value is None or isinstance(value, type | types.GenericAlias | types.UnionType)
    return plain or typing.get_origin(value) is not None


def _what(node: ast.expr) -> str:
    text = ast.unparse(node)
    return text if len(text) <= 60 else text[:57] + "..."


_READERS: dict[type[ast.expr], Callable[[Values, Any, Names], Any]] = {
    ast.Constant: Values.constant,
    ast.JoinedStr: Values.joined,
    ast.Name: Values.name,
    ast.List: Values.items,
    ast.Tuple: Values.items,
    ast.Dict: Values.mapping,
    ast.UnaryOp: Values.signed,
    ast.BinOp: Values.joined_by_operator,
    ast.Attribute: Values.attribute,
    ast.Subscript: Values.subscript,
    ast.Call: Values.call,
}
