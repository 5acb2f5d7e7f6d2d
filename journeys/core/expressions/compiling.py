"""An expression over our types as a program: only the names it uses are declared; numbers compare across kinds."""

from __future__ import annotations

from collections.abc import Mapping

from agents.core.spec.types import TypeSpec
from journeys.core.expressions.cel import DYN, Declared, Fault, Program, compile_text
from journeys.core.expressions.reading import CONTEXT, paths_in, prepare
from journeys.core.expressions.types import type_word

_COMPARED = ("_<_", "_>_", "_<=_", "_>=_", "_==_", "_!=_")
_NUMBERS = ("'(int, double)'", "'(double, int)'")


def compile_expression(text: str, types: Mapping[str, TypeSpec], *, strict: bool) -> tuple[Program, Declared]:
    """The program and the types it was made for. ``strict``: a name that ``types`` lacks is a fault; else it may hold anything.

    Where whole and decimal numbers are compared (``score > 1``), and nothing else is wrong, numbers are checked at run time.
    """
    declared = _declare(text, types, strict)
    program = compile_text(prepare(text), declared)
    if program.faults and all(map(mixes_numbers, program.faults)):
        loose = tuple((name, DYN if word in ("int", "double") else _loosen(word)) for name, word in declared)
        return compile_text(prepare(text), loose), loose
    return program, declared


def _declare(text: str, types: Mapping[str, TypeSpec], strict: bool) -> Declared:
    used = dict.fromkeys((*(path.parts[0] for path in paths_in(text)), CONTEXT))
    known = {name: type_word(types[name]) for name in used if name in types and name != CONTEXT}
    rest = {} if strict else {name: DYN for name in used if name not in known}
    return tuple(sorted({**rest, **known, CONTEXT: "map(dyn)"}.items()))


def _loosen(word: str) -> str:
    return word.replace("double", DYN).replace("int", DYN) if "(" in word else word


def mixes_numbers(fault: Fault) -> bool:
    """Whether the fault is only that a whole number is compared with a decimal one."""
    return any(f"'{sign}'" in fault.message for sign in _COMPARED) and any(pair in fault.message for pair in _NUMBERS)
