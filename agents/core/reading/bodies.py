"""The body of a class in a source: its words, fields and inner classes, read statement by statement."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from agents.core.reading.problems import Refused, Skipped, SourceProblem
from agents.core.reading.values import BROKEN, Names, Values

MISSING: Any = object()
ReadClass = Callable[[ast.ClassDef, Names], tuple[type, int]]


@dataclass
class Body:
    """What a class body states. ``fields`` are annotated names with their type and value, ``MISSING`` without one."""

    doc: str | None = None
    words: dict[str, Any] = field(default_factory=dict)
    fields: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    plain: dict[str, Any] = field(default_factory=dict)
    places: dict[str, ast.AST] = field(default_factory=dict)
    broken: bool = False


class BodyReader:
    """Reads bodies; ``known`` are the words that the class may state, ``inner`` reads a class within it, where there may
    be one."""

    def __init__(self, values: Values, problems: list[SourceProblem], known: list[str], inner: ReadClass | None) -> None:
        self._values, self._problems, self._known, self._inner = values, problems, known, inner

    def read(self, node: ast.ClassDef, names: Names) -> Body:
        body, scope = Body(), Names(names)
        body.doc = ast.get_docstring(node, clean=False)
        for n, statement in enumerate(node.body):
            if n == 0 and body.doc is not None:
                self._values.spend(statement, len(body.doc))
                continue
            try:
                self._statement(statement, body, scope)
            except Refused as refusal:
                self._problems.append(refusal.problem)
                body.broken = True
            except Skipped:
                body.broken = True
        return body

    def _statement(self, node: ast.stmt, body: Body, scope: Names) -> None:
        match node:
            case ast.Pass() | ast.Expr(value=ast.Constant()):
                return
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                self._assign(node, name, self._values.read(value, scope), body, scope)
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=value) if not name.startswith("_"):
                type_ = self._values.type(annotation, scope)
                given = MISSING if value is None else self._values.read(value, scope)
                body.fields[name] = (type_, given)
                body.places[name] = node
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                self._assign(node, name, self._values.read(value, scope), body, scope)
            case ast.ClassDef() if self._inner is not None:
                scope.put(node.name, BROKEN)
                made, weight = self._inner(node, scope)
                scope.put(node.name, made, weight)
                body.plain[node.name] = made
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                raise Refused(node, f"the method {node.name} would have to be run; a class here holds words and fields only")
            case _:
                raise Refused(node, f"a class body holds {self._allowed()}; this is none of them")

    def _assign(self, node: ast.stmt, name: str, value: Any, body: Body, scope: Names) -> None:
        body.places[name] = node
        if name in self._known:
            body.words[name] = value
        elif name.startswith("_"):
            raise Refused(node, f"{name} means nothing here; the words are: {', '.join(self._known) or 'none'}")
        else:
            body.plain[name] = value
            scope.put(name, value)

    def _allowed(self) -> str:
        words = f"the words {', '.join(self._known)}" if self._known else "no words"
        return f"a docstring, {words}, and fields as name: type = value"
