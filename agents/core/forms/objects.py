"""Any object that a JSON schema describes as nested controls, and the posted form as the object again.

Total: data of any shape is drawn, what was typed stands in the result, and keys that the schema does not know stay.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agents.core.forms.controls import Control, Drawing, shown, shown_lines
from agents.core.forms.params import Schema, kind_of, plain_part
from agents.core.forms.tree import Tree, branch, is_on, leaf, lines
from agents.core.forms.values import read_json, read_number

Words = Mapping[str, "Word"]


@dataclass(frozen=True, slots=True)
class Word:
    """What people read at a property, by its path without places in lists. ``kind`` asks for another control; ``options``
    (value, label) make a choice of it, ``many`` a choice of several."""

    label: str = ""
    hint: str = ""
    kind: str = ""
    placeholder: str = ""
    unit: str = ""
    options: tuple[tuple[str, str], ...] = ()
    many: bool = False
    redraws: bool = False
    hidden: bool = False


NONE = Word()


@dataclass(frozen=True, slots=True)
class Part:
    """A control, or a group of parts; ``rows`` are the items of a list of objects, and ``list`` its name for new ones."""

    name: str
    label: str
    control: Control | None = None
    parts: tuple[Part, ...] = ()
    rows: tuple[Part, ...] = ()
    list: str = ""
    hint: str = ""
    is_set: bool = False


def draw_object(draw: Drawing, schema: Schema, data: Any, words: Words, *, name: str = "", path: str = "") -> tuple[Part, ...]:
    """The parts of an object. ``path`` is its place in ``words``, ``name`` that in the form."""
    given = data if isinstance(data, dict) else {}
    found = []
    for key, raw in schema.get("properties", {}).items():
        word = words.get(_join(path, key), NONE)
        if not word.hidden:
            where = _join(name, key)
            found.append(_draw(draw, _defined(raw, schema), given.get(key), words, where, _join(path, key), key))
    return tuple(found)


def read_object(schema: Schema, tree: Tree, base: Any, words: Words, *, path: str = "") -> dict[str, Any]:
    """The object of the form: what equals its default is left out unless it stood there before."""
    before = base if isinstance(base, dict) else {}
    read = dict(before)
    for key, raw in schema.get("properties", {}).items():
        if words.get(_join(path, key), NONE).hidden or not _posted(tree, key):
            continue
        value = _read(_defined(raw, schema), tree, key, before.get(key), words, _join(path, key))
        default = raw.get("default")
        if value is None and key in before and before[key] in (None, {}):
            continue
        if value is None or (key not in before and value in (default, "", [], {})):
            read.pop(key, None)
        else:
            read[key] = value
    return read


def _draw(draw: Drawing, part: Schema, value: Any, words: Words, name: str, path: str, key: str) -> Part:  # noqa: PLR0917
    word = words.get(path, NONE)
    label = word.label or key.replace("_", " ").capitalize()
    inner = _object_of(part)
    if "discriminator" in part:
        return _draw_union(draw, part, value, words, name, path, label)
    if inner is not None and not word.kind:
        parts = draw_object(draw, inner, value, words, name=name, path=path)
        return Part(name, label, parts=parts, hint=word.hint, is_set=bool(value))
    items = _items_of(part)
    if items is not None and not word.kind:
        given = value if isinstance(value, list | tuple) else []
        made = tuple(_row(draw, items, item, words, f"{name}[{n}]", path) for n, item in enumerate(given))
        return Part(name, label, rows=made, list=name, hint=word.hint, is_set=bool(given))
    return Part(name, label, control=_control(draw, part, value, word, name, label))


def _draw_union(draw: Drawing, part: Schema, value: Any, words: Words, name: str, path: str, label: str) -> Part:  # noqa: PLR0917
    """One of several kinds: the choice of the kind, then what belongs to it."""
    kinds = _kinds(part)
    kind = value.get("kind") if isinstance(value, dict) else ""
    word = words.get(f"{path}.kind", NONE)
    options = word.options or tuple((k, k.replace("_", " ").capitalize()) for k in kinds)
    if kind not in kinds:
        options = (*options, (shown(kind), "choose"))
    choice = draw.control(f"{name}.kind", word.label or "Kind", kind, "select", options=options, redraws=True)
    parts = draw_object(draw, _without(kinds[kind], "kind"), value, words, name=name, path=path) if kind in kinds else ()
    return Part(name, label, parts=(Part(choice.name, choice.label, control=choice), *parts), is_set=True)


def _row(draw: Drawing, items: Schema, item: Any, words: Words, name: str, path: str) -> Part:  # noqa: PLR0917
    return Part(name, path, parts=draw_object(draw, items, item, words, name=name, path=path))


def _control(draw: Drawing, part: Schema, value: Any, word: Word, name: str, label: str) -> Control:  # noqa: PLR0917
    kind = word.kind or ("checks" if word.many else "select" if word.options else kind_of(part))
    default = part.get("default")
    more: dict[str, Any] = {"hint": word.hint, "unit": word.unit, "placeholder": word.placeholder, "redraws": word.redraws}
    text: Any = value
    if kind in ("lines", "checks"):
        text = shown_lines(value)
        more["lines"] = 3
    elif kind == "pairs":
        text = "\n".join(f"{k} = {shown(v)}" for k, v in value.items()) if isinstance(value, dict) else value
        more["lines"] = 3
    elif kind == "json":
        text = None if value is None else json.dumps(value, indent=2, ensure_ascii=False)
        more["lines"] = 3
    elif kind == "area":
        more["lines"] = 2
    elif kind in ("switch", "select"):
        text = default if value is None else value
    if kind == "number":
        low, high = part.get("minimum", part.get("exclusiveMinimum")), part.get("maximum", part.get("exclusiveMaximum"))
        more |= {"low": shown(low), "high": shown(high)}
    if kind in ("text", "number", "area") and default not in (None, "") and not word.placeholder:
        more["placeholder"] = shown(default)
    if kind in ("select", "checks"):
        more["options"] = _options(part, word, text)
    return draw.control(name, label, text, kind, **more)


def _options(part: Schema, word: Word, value: Any) -> tuple[tuple[str, str], ...]:
    """The choices, and what is chosen now where it is none of them: it must not be lost by saving something else."""
    choices = () if word.many else part.get("enum") or [part.get("const")]
    known = word.options or tuple((shown(c), shown(c).replace("_", " ")) for c in choices)
    chosen = shown(value).split("\n") if word.many else [shown(value)]
    odd = [(text, f"{text} (unknown)" if text else "choose") for text in chosen if text not in dict(known)]
    return (*known, *(pair for pair in odd if pair[0] or not word.many))


def _read(part: Schema, tree: Tree, key: str, before: Any, words: Words, path: str) -> Any:  # noqa: PLR0911, PLR0917
    word, inner, items = words.get(path, NONE), _object_of(part), _items_of(part)
    if "discriminator" in part:
        return _read_union(part, branch(tree, key), before, words, path)
    if inner is not None and not word.kind:
        odd = before if before is not None and not isinstance(before, dict) else None
        return read_object(inner, branch(tree, key), before, words, path=path) or odd
    if items is not None and not word.kind:
        old = before if isinstance(before, list) else []
        bases = {str(n): item for n, item in enumerate(old)}
        given = branch(tree, key)
        return [read_object(items, row, bases.get(n), words, path=path) for n, row in given.items() if isinstance(row, dict)]
    kind = word.kind or ("checks" if word.many else "select" if word.options else kind_of(part))
    text = leaf(tree, key)
    if kind == "checks":
        chosen = [name for name, value in branch(tree, key).items() if value == "on"]
        old = [item for item in before if item in chosen] if isinstance(before, list) else []
        return [*old, *(name for name in chosen if name not in old)]
    if kind == "lines":
        return lines(text)
    if kind == "pairs":
        return _pairs(text)
    if kind == "switch":
        return is_on(tree, key)
    if kind == "number":
        return read_number(text)
    if kind == "json":
        return read_json(text)
    if kind == "select" and not word.options:
        return next((c for c in part.get("enum") or [part.get("const")] if shown(c) == text), text)
    return text


def _read_union(part: Schema, tree: Tree, before: Any, words: Words, path: str) -> Any:
    """Another kind begins with what both kinds have."""
    kinds, kind = _kinds(part), leaf(tree, "kind")
    if kind not in kinds:
        return before
    known = set(kinds[kind].get("properties", {}))
    old = before if isinstance(before, dict) else {}
    if old.get("kind") != kind:
        old = {name: value for name, value in old.items() if name in known and name != "kind"}
    return {**read_object(_without(kinds[kind], "kind"), tree, old, words, path=path), "kind": kind}


def _pairs(text: str) -> dict[str, str]:
    """``name = value``, one a line; a line without the sign is kept as a name without a value."""
    pairs = [line.partition("=") for line in lines(text)]
    return {name.strip(): value.strip() for name, _, value in pairs if name.strip()}


def _posted(tree: Tree, key: str) -> bool:
    return key in tree


def _defined(part: Schema, schema: Schema) -> Schema:
    """``part`` with the definitions that its references need."""
    return {**plain_part(part, schema.get("$defs", {})), "$defs": schema.get("$defs", {})}


def _object_of(part: Schema) -> Schema | None:
    return part if part.get("type") == "object" and part.get("properties") else None


def _items_of(part: Schema) -> Schema | None:
    items = part.get("items")
    if part.get("type") != "array" or not isinstance(items, dict) or not items.get("properties"):
        return None
    return {**items, "$defs": part.get("$defs", {})}


def _kinds(part: Schema) -> dict[str, Schema]:
    """The schema of each kind of a union by its name."""
    definitions = part.get("$defs", {})
    mapping = part["discriminator"].get("mapping", {})
    return {kind: {**definitions[ref.rpartition("/")[2]], "$defs": definitions} for kind, ref in mapping.items()}


def _without(schema: Schema, key: str) -> Schema:
    return {**schema, "properties": {k: v for k, v in schema.get("properties", {}).items() if k != key}}


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def controls_of(parts: tuple[Part, ...]) -> list[Control]:
    """All controls in ``parts``, however deep."""
    found: list[Control] = []
    for part in parts:
        found += [part.control] if part.control else []
        found += controls_of(part.parts) + controls_of(part.rows)
    return found


__all__ = ["NONE", "Part", "Word", "Words", "controls_of", "draw_object", "read_object"]
