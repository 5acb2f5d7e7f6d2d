"""Checks an expression before it ever runs, and says what is wrong in plain words with the column."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Literal

from agents.core.spec.types import EnumType, ModelType, OptionalType, TypeSpec
from journeys.core.expressions.cel import BOOL, DYN, Fault
from journeys.core.expressions.compiling import compile_expression, mixes_numbers
from journeys.core.expressions.reading import CONTEXT, MAX_LENGTH, code_of, loop_names, original_column, paths_in

_PYTHON = {"and": "&&", "or": "||", "not": "!", "True": "true", "False": "false", "is": "==", "None": "has(...)"}
_WORDS = {
    "string": "a text",
    "int": "a whole number",
    "double": "a decimal number",
    "bool": "true or false",
    "null_type": "null",
    "dyn": "any value",
}
_MESSAGES = {
    "recursion": "it is nested too deeply; 32 levels are allowed",
    "mismatched input '<EOF>'": "it ends too early",
}
_COMPARING = ("<", ">", "<=", ">=", "==", "!=")
_OVERLOAD = re.compile(r"found no matching overload for '([^']+)' applied to '(.*)'")
_UNDECLARED = re.compile(r"undeclared reference to '([^']+)'")
_EQUALS = re.compile(r"(?<![=!<>])=(?!=)")
_ENUM = re.compile(r"""(?<![\w.])([A-Za-z_]\w*)\s*(?:==|!=)\s*(?:"([^"\\]*)"|'([^'\\]*)')""")


def check_expression(text: str, types: Mapping[str, TypeSpec], want: Literal["bool", "any"] = "bool") -> str:
    """What is wrong with ``text`` over fields of ``types``, as one sentence or several; ``""`` when nothing is.

    ``want`` is ``bool`` for conditions and guards, ``any`` for bindings.
    """
    if not text.strip():
        return "the expression is empty"
    problem = _too_long(text) or _habit(text)
    if problem:
        return problem
    program, _ = compile_expression(text, types, strict=True)
    if program.faults:
        wrong = [fault for fault in program.faults if not mixes_numbers(fault)]
        return "; ".join(dict.fromkeys(_say(text, fault, types) for fault in wrong or program.faults))
    problems = [*_unknown_fields(text, types), *_unknown_choices(text, types)]
    if problems:
        return "; ".join(problems)
    if want == "bool" and program.returns not in (BOOL, DYN):
        return f"it gives {_word(program.returns)}, and a condition must give true or false"
    return ""


def _too_long(text: str) -> str:
    return f"the expression has {len(text)} characters, and {MAX_LENGTH} are allowed" if len(text) > MAX_LENGTH else ""


def _habit(text: str) -> str:
    """Words and signs of other languages, which would only lead to a riddle of a message."""
    code = code_of(text)
    bare = code.replace("has(", "    ")
    if re.search(r"\bnull\b", bare):
        return "there is no null here: has(name) asks whether a field is known"
    single = _EQUALS.search(code)
    if single:
        return f"column {single.start() + 1}: a single = means nothing here; == compares"
    for word, instead in _PYTHON.items():
        found = re.search(rf"(?<![\w.]){word}(?![\w(])", code)
        if found:
            return f"column {found.start() + 1}: {word!r} is written {instead} here"
    return ""


def _say(text: str, fault: Fault, types: Mapping[str, TypeSpec]) -> str:
    lines = text.split("\n")
    line = lines[fault.line - 1] if 0 < fault.line <= len(lines) else ""
    column = original_column(line, fault.column) if fault.column else 0
    if column and fault.line:
        column += sum(len(part) + 1 for part in lines[: fault.line - 1])
    where = f"column {column}: " if column else ""
    return where + _words(text, fault.message, types)


def _words(text: str, message: str, types: Mapping[str, TypeSpec]) -> str:
    undeclared = _UNDECLARED.search(message)
    if undeclared:
        return _no_name(text, undeclared[1], types)
    overload = _OVERLOAD.search(message)
    if overload:
        return _no_overload(overload[1], overload[2])
    if "operand of a select" in message:
        return f"{_word(message.split(chr(39))[1])} has no fields"
    for part, plain in _MESSAGES.items():
        if part in message:
            return plain
    return message.replace("Syntax error", "this cannot be read").split(" expecting ")[0]


def _no_name(text: str, name: str, types: Mapping[str, TypeSpec]) -> str:
    if re.search(rf"\b{re.escape(name)}\s*\(", code_of(text)):
        return f"there is no function {name!r}"
    return f"there is no field {name!r}; {_allowed(name, types)}"


def _allowed(name: str, known: Iterable[str]) -> str:
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return f"{hint}known are: {', '.join(names) or 'none'}"


def _no_overload(function: str, given: str) -> str:
    sign = function.strip("_") if function.startswith("_") else function
    parts = _split(given.strip("()"))
    told = " and ".join(_word(part) for part in parts)
    if set(parts) == {"int", "double"}:
        return f"{sign!r} cannot join {told}; write a decimal number such as 1.0"
    if function == "_?_:_":
        return f"a choice (… ? … : …) asks something that is true or false, and this is {_word(parts[0])}"
    if function.startswith(("_", "@")):
        return f"{sign.strip('@')!r} cannot {'compare' if sign in _COMPARING else 'join'} {told}"
    return f"{function} cannot take {told}"


def _split(text: str) -> list[str]:
    """``string, map(string, dyn)`` at the commas outside of brackets."""
    parts, depth, start = [], 0, 0
    for n, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            parts.append(text[start:n].strip())
            start = n + 1
    return [*parts, text[start:].strip()]


def _word(type_: str) -> str:
    type_ = type_.lower()
    return "a list" if type_.startswith("list") else "an object" if type_.startswith("map") else _WORDS.get(type_, type_)


def _unknown_fields(text: str, types: Mapping[str, TypeSpec]) -> list[str]:
    """Fields that an object of known fields (a model, ``user``, ``context``) does not have."""
    problems = []
    for path in paths_in(text):
        parts = path.parts[:-1] if path.called else path.parts
        inside: Mapping[str, TypeSpec] = types
        for n, part in enumerate(parts):
            if n == 0 and part == CONTEXT:
                continue
            if part not in inside:
                problems.append(
                    f"column {path.column}: there is no field {'.'.join(parts[: n + 1])!r}; {_allowed(part, inside)}"
                )
                break
            type_ = inside[part]
            type_ = type_.of if isinstance(type_, OptionalType) else type_
            if not isinstance(type_, ModelType):
                break
            inside = {field.name: field.type for field in type_.fields}
    return problems + _unknown_asked(text, types)


def _unknown_asked(text: str, types: Mapping[str, TypeSpec]) -> list[str]:
    """``has(name)`` of a name that nothing has."""
    asked = re.findall(r"\bhas\(\s*([A-Za-z_]\w*)\s*\)", code_of(text))
    missing = [name for name in asked if name not in types and name not in loop_names(text)]
    listed = {path.parts[0] for path in paths_in(text)}
    return [f"there is no field {name!r}; {_allowed(name, types)}" for name in missing if name not in listed]


def _unknown_choices(text: str, types: Mapping[str, TypeSpec]) -> list[str]:
    """A field of fixed choices compared with a text that is none of them."""
    problems = []
    for name, double, single in _ENUM.findall(text):
        type_ = types.get(name)
        type_ = type_.of if isinstance(type_, OptionalType) else type_
        value = double or single
        if isinstance(type_, EnumType) and value not in type_.values:
            problems.append(f"{name} is never {value!r}; {_allowed(value, map(str, type_.values))}")
    return problems
