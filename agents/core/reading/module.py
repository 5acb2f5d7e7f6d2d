"""A whole source: its imports, constants and classes in order. Says everything that is wrong with it at once."""

from __future__ import annotations

import ast
import io
import tokenize
from dataclasses import dataclass, field
from typing import Any

from agents.core.reading.classes import ClassReader, rename
from agents.core.reading.problems import Refused, Skipped, SourceProblem
from agents.core.reading.values import BROKEN, Names, Values
from agents.core.reading.words import Words

MAX_SOURCE = 1_000_000
MAX_DEPTH = 120
MAX_BRACKETS = 80
ALLOWED = "imports of Kaizen's words, constants, and classes"


@dataclass
class Module:
    """What a source declares: every class by name with where it stands, in order."""

    classes: dict[str, tuple[type, ast.ClassDef]] = field(default_factory=dict)
    problems: list[SourceProblem] = field(default_factory=list)


def read_module(source: str, words: Words, reader: type[ClassReader] = ClassReader) -> Module:
    """Everything that ``source`` declares, or everything that is wrong with it."""
    module = Module()
    tree = _parse(source, module.problems)
    if tree is None:
        return module
    values = Values(words)
    values.problems = module.problems
    work = _Reading(module, values, words, reader(values, module.problems))
    for statement in tree.body:
        work.statement(statement)
    module.problems.sort()
    return module


class _Reading:
    def __init__(self, module: Module, values: Values, words: Words, classes: ClassReader) -> None:
        self.module, self.values, self.words, self.classes = module, values, words, classes
        self.names = Names()

    def statement(self, node: ast.stmt) -> None:
        try:
            self._read(node)
        except Refused as refusal:
            self.module.problems.append(refusal.problem)
        except Skipped:
            return

    def _read(self, node: ast.stmt) -> None:
        match node:
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                return
            case ast.ImportFrom():
                self._import(node)
            case ast.Import():
                raise Refused(node, f"write from ... import ...; modules that can be imported: {self._modules()}")
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                self._constant(name, value)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                self._constant(name, value)
            case ast.Assign(targets=[ast.Attribute(value=ast.Name(id=name), attr="__name__")], value=value):
                self._rename(node, name, value)
            case ast.ClassDef():
                self.names.put(node.name, BROKEN)
                made, weight = self.classes.read(node, self.names)
                self.names.put(node.name, made, weight)
                self.module.classes[node.name] = (made, node)
            case _:
                told = ast.unparse(node).split("\n")[0][:60]
                raise Refused(node, f"{told!r} would have to be run and cannot be read; allowed here: {ALLOWED}")

    def _import(self, node: ast.ImportFrom) -> None:
        module = node.module or ""
        known = self.words.names(module)
        if node.level or known is None:
            told = "." * node.level + module
            raise Refused(node, f"{told!r} cannot be imported into a text; modules that can be: {self._modules()}")
        for alias in node.names:
            name = alias.asname or alias.name
            if alias.name not in known:
                self.names.put(name, BROKEN)
                told = f"{alias.name!r} cannot be imported from {module}; names that can be: {', '.join(known)}"
                self.module.problems.append(Refused(node, told).problem)
            elif module != "__future__":
                self.names.put(name, self.words.get(module, alias.name))

    def _constant(self, name: str, value: ast.expr) -> None:
        before = self.values.spent
        self.names.put(name, BROKEN)
        read = self.values.read(value, self.names)
        self.names.put(name, read, max(1, self.values.spent - before))

    def _rename(self, node: ast.stmt, name: str, value: ast.expr) -> None:
        known = self.module.classes.get(name)
        new = self.values.read(value, self.names)
        if known is None or not isinstance(new, str) or not new:
            raise Refused(node, "only a class of this text can be given another name, a text")
        self.values.trying(node, rename, known[0], new)

    def _modules(self) -> str:
        return ", ".join(self.words.modules())


def _parse(source: str, problems: list[SourceProblem]) -> ast.Module | None:
    """The syntax tree; ``None`` where there is none. Texts that nest too deep are refused before and after parsing."""
    if len(source) > MAX_SOURCE:
        problems.append(SourceProblem(0, 0, f"the text has {len(source)} characters, allowed: {MAX_SOURCE}"))
        return None
    try:
        deep = _first_too_deep(source)
        if deep is not None:
            problems.append(SourceProblem(*deep, f"brackets stand deeper in each other than {MAX_BRACKETS}"))
            return None
        tree = ast.parse(source)
    except (SyntaxError, tokenize.TokenError) as error:
        line, column = (error.lineno, error.offset) if isinstance(error, SyntaxError) else error.args[1]
        problems.append(SourceProblem(line or 0, column or 0, f"this is no Python: {error.args[0]}"))
        return None
    except (ValueError, RecursionError, MemoryError) as error:
        problems.append(SourceProblem(0, 0, f"this cannot be read as Python: {str(error) or 'it nests too deep'}"))
        return None
    if _depth(tree) > MAX_DEPTH:
        problems.append(SourceProblem(0, 0, f"the text nests deeper than {MAX_DEPTH} levels; shorten long sums of texts"))
        return None
    return tree


def _first_too_deep(source: str) -> tuple[int, int] | None:
    depth = 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.OP:
            depth += (token.string in "([{") - (token.string in ")]}")
            if depth > MAX_BRACKETS:
                return token.start[0], token.start[1] + 1
    return None


def _depth(tree: ast.AST) -> int:
    """Levels of the tree, counted without recursion."""
    level: list[Any] = [tree]
    depth = 0
    while level and depth <= MAX_DEPTH:
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        depth += 1
    return depth
