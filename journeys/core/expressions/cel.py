"""The one file that knows the library: compiles an expression over declared types and evaluates it. The library is imported
on first use."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cel_expr_python import cel

BOOL, DYN = "bool", "dyn"
_FAULT = re.compile(r"ERROR: <input>:(-?\d+):(-?\d+): (.*)")
Declared = tuple[tuple[str, str], ...]  # names with their types as the language writes them: string, list(int), ...


@dataclass(frozen=True, slots=True)
class Fault:
    """A mistake in the text, in the library's words; line and column count from 1, 0: nowhere in particular."""

    line: int
    column: int
    message: str


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled expression (``None`` with faults) and the type of its result in small letters."""

    expression: cel.Expression | None
    returns: str
    faults: tuple[Fault, ...] = ()


@lru_cache(maxsize=2048)
def compile_text(text: str, declared: Declared) -> Program:
    """Compiles and checks; never raises."""
    try:
        expression = _environment(declared).compile(text)
    except RuntimeError as error:
        return Program(None, "", _faults(str(error)))
    return Program(expression, expression.return_type().name().lower())


def run(program: Program, values: Mapping[str, Any]) -> tuple[Any, str]:
    """The result as JSON data and ``""``, or ``None`` and the library's words on why there is none."""
    if program.expression is None:
        return None, "; ".join(fault.message for fault in program.faults)
    try:
        result = program.expression.eval(data=dict(values))
    except RuntimeError as error:
        return None, _plain(str(error))
    if result.type().name() == "ERROR":
        return None, _plain(str(result.value()))
    try:
        return _as_json(result.plain_value()), ""
    except (TypeError, ValueError) as error:
        return None, str(error)


@lru_cache(maxsize=512)
def _environment(declared: Declared) -> cel.Env:
    from cel_expr_python import cel

    return cel.NewEnv(variables={name: _type(cel, text) for name, text in declared})


def _type(cel: Any, text: str) -> cel.Type:
    if text.startswith("list("):
        return cel.Type.List(_type(cel, text[5:-1]))
    if text.startswith("map("):
        return cel.Type.Map(cel.Type.STRING, _type(cel, text[4:-1]))
    return getattr(cel.Type, {"string": "STRING", "int": "INT", "double": "DOUBLE", BOOL: "BOOL"}.get(text, "DYN"))


def _faults(text: str) -> tuple[Fault, ...]:
    found = tuple(Fault(max(0, int(line)), max(0, int(column)), _plain(words)) for line, column, words in _FAULT.findall(text))
    return found or (Fault(0, 0, _plain(text)),)


def _plain(text: str) -> str:
    return re.sub(r"^[A-Z_]+: |\s*\[[A-Z_]+\]$", "", text.strip())


def _as_json(value: Any) -> Any:
    """Durations as seconds, times in ISO form; refuses bytes and types, which no JSON has."""
    if isinstance(value, dict):
        return {str(key): _as_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_as_json(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(f"the result {value!r} is no JSON value")
