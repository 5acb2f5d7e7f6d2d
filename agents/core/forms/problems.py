"""Problems of a draft at the controls where they are mended, in words for people."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from trust.core.errors import Problem

_PART = re.compile(r"\[(\d+)\]|([^.\[\]]+)")
_KINDS = {"str", "int", "float", "bool", "date", "datetime", "enum", "optional", "list", "dict", "any", "model", "file"}
_LETTER = r"^String should match pattern '\^\[A-Za-z"
_WORDS = (
    (r"^Field required$", "is missing"),
    (_LETTER + r"\]\[A-Za-z0-9_\]\*\$'$", "must begin with a letter and hold only letters, digits and _"),
    (_LETTER + r"\]\[A-Za-z0-9_ -\]\*\$'$", "must begin with a letter and hold only letters, digits, spaces, _ and -"),
    (_LETTER + r"_\]\[A-Za-z0-9_\]\*\$'$", "must be a name as Python has them: letters, digits and _"),
    (r"^Input should be a valid integer.*", "must be a whole number"),
    (r"^Input should be a valid number.*", "must be a number"),
    (r"^(?:Tuple|List) should have at least 1 item.*", "needs at least one"),
    (r"^String should have at least 1 character$", "is missing"),
    (r"^Input should be ", "must be "),
)
_PLACES = {
    "signature": "Signature",
    "inputs": "Input",
    "outputs": "Output",
    "model": "Model",
    "permissions": "Permissions",
    "rules": "rule",
}


@dataclass(frozen=True, slots=True)
class Placed:
    """A problem with its control: ``name`` is empty where no control of the form shows it. ``label`` says where it is."""

    name: str
    label: str
    message: str


def place_problems(problems: Iterable[Problem], draft: Mapping[str, Any], names: Iterable[str]) -> list[Placed]:
    known = frozenset(names)
    placed = []
    for problem in problems:
        parts = _parts(problem["where"], draft)
        name = _find(_named_tool(parts, draft), known)
        found = Placed(name, _label(parts, draft), _say(problem["message"]))
        if found not in placed:
            placed.append(found)
    return placed


def errors_by_name(placed: Iterable[Placed]) -> dict[str, str]:
    """What stands at each control; several problems of one control are one text."""
    errors: dict[str, str] = {}
    for problem in placed:
        if problem.name:
            text = problem.message[:1].upper() + problem.message[1:]
            errors[problem.name] = f"{errors[problem.name]}; {problem.message}" if problem.name in errors else text
    return errors


def _parts(where: str, draft: Mapping[str, Any]) -> list[str | int]:
    """The path without what the form has no level for: the tags of types, and "optional" around one."""
    kept: list[str | int] = []
    awaits_kind = was_optional = False
    for n, word in _PART.findall(where):
        part: str | int = int(n) if n else word
        if awaits_kind and part in _KINDS:
            awaits_kind, was_optional = False, part == "optional"
            continue
        if was_optional and part == "of":
            awaits_kind, was_optional = True, False
            continue
        if kept and kept[-1] in ("inputs", "outputs"):
            found = _named(draft, kept[-1], part)
            part = part if found is None else found
        kept.append(part)
        awaits_kind, was_optional = part in ("type", "of"), False
    return kept


def _named(draft: Mapping[str, Any], side: str | int, name: str | int) -> int | None:
    """Which of the signature's fields is called so; some checks name a field and not its place."""
    fields = _at(_at(draft, "signature"), side)
    names = [field.get("name") if isinstance(field, dict) else None for field in fields] if isinstance(fields, list) else []
    return names.index(name) if name in names else None


def _find(parts: list[str | int], known: frozenset[str]) -> str:
    """The control at the path, else one just below it, else the nearest above it."""
    for end in range(len(parts), 0, -1):
        path = _path(parts[:end])
        for name in (path, f"{path}.name", f"{path}.kind", f"{path}.use", f"{path}.pattern", f"{path}.title", f"{path}.raw"):
            if name in known:
                return name
    return ""


def _named_tool(parts: list[str | int], draft: Mapping[str, Any]) -> list[str | int]:
    """Tools stand in the form under their names, whatever their order is."""
    if len(parts) < 2 or parts[0] != "tools" or not isinstance(parts[1], int):
        return parts
    tool = _at(_at(draft, "tools"), parts[1])
    return [f"tools[{tool.get('name')}]" if isinstance(tool, dict) else "tools", *parts[2:]]


def _path(parts: list[str | int]) -> str:
    text = ""
    for part in parts:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _label(parts: list[str | int], draft: Mapping[str, Any]) -> str:
    """Where it is, as people call it: ``Input question: type``."""
    here: Any = draft
    words: list[str] = []
    for part in parts:
        here = _at(here, part)
        if isinstance(part, int):
            name = here.get("name") or here.get("pattern") if isinstance(here, dict) else None
            noun = words.pop() if words else ""
            words.append(f"{noun} {name or part + 1}".strip())
        elif part != "signature" or len(parts) == 1:
            words.append(_PLACES.get(part, part.replace("_", " ").removesuffix(" microusd")))
    text = ": ".join(filter(None, [words[0], ", ".join(words[1:])])) if words else ""
    return text[:1].upper() + text[1:]


def _at(here: Any, part: str | int) -> Any:
    if isinstance(here, dict) and isinstance(part, str):
        return here.get(part)
    if isinstance(here, list) and isinstance(part, int) and part < len(here):
        return here[part]
    return None


def _say(message: str) -> str:
    for pattern, words in _WORDS:
        if re.match(pattern, message):
            return re.sub(pattern, words, message)
    return message
