"""A journey's draft as YAML and back: one canonical form, long texts as blocks, the layout as a document of its own.

Reading is safe by construction: no tags, no anchors, no duplicate keys, bounded size and depth, and JSON's types only
(``no`` and ``2026-01-01`` are texts). Drafts need not be valid journeys; what is wrong with one is told by line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from agents.core.reading.problems import SourceProblem
from journeys.core.text.compact import Draft, compact

MAX_TEXT = 2_000_000
MAX_DEPTH = 60
HEAD = {"kind": "journey", "schema_version": 1}
_INT = re.compile(r"[-+]?[0-9]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_ODD_BREAK = re.compile("[\x85\u2028\u2029]")  # line breaks of YAML that quotes alone would not keep
_CONSTANTS: dict[str, Any] = {"null": None, "~": None, "": None, "true": True, "false": False}
_LEAST_FLOW = 60  # an object of plain values that is not longer stands on one line


@dataclass
class ReadYaml:
    """What a text holds: ``draft`` and, as a second document, ``layout``. ``lines`` maps paths of the draft to lines."""

    draft: Draft | None = None
    layout: Draft | None = None
    problems: list[SourceProblem] = field(default_factory=list)
    lines: dict[str, tuple[int, int]] = field(default_factory=dict)

    def line_of(self, where: str) -> tuple[int, int]:
        """Line and column of the nearest place above ``where`` (``pathways[2].agents[0]``) that the text holds."""
        while where and where not in self.lines:
            where = re.sub(r"(\.?[^.\[\]]+|\[\d+\])$", "", where)
        return self.lines.get(where, (0, 0))


def write_yaml(draft: Draft, layout: Draft | None = None) -> str:
    """The canonical text of ``draft``, defaults left out; with ``layout`` as a second document after it."""
    short = compact(draft)
    body = {**HEAD, **short} if isinstance(short, dict) else short
    documents = [body] if not layout else [body, {"layout": layout}]
    text: str = yaml.dump_all(
        documents, Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=False, width=1_000_000
    )
    return text


def read_yaml(text: str) -> ReadYaml:
    """The draft and the layout of a text, or what is wrong with its form. The draft is not checked as a journey here."""
    found = ReadYaml()
    if len(text) > MAX_TEXT:
        found.problems.append(SourceProblem(0, 0, f"the text has {len(text)} characters, allowed: {MAX_TEXT}"))
        return found
    try:
        documents = list(_Documents(text, found).read())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        found.problems.append(SourceProblem(*place, f"this is no YAML: {error.problem or error.context}"))
        return found
    except yaml.YAMLError as error:
        found.problems.append(SourceProblem(0, 0, f"this is no YAML: {str(error).splitlines()[0]}"))
        return found
    except _Wrong as wrong:
        found.problems.append(wrong.problem)
        return found
    _assign(documents, found)
    return found


def _assign(documents: list[Any], found: ReadYaml) -> None:
    if not documents or not isinstance(documents[0], dict):
        found.problems.append(SourceProblem(1, 1, "the text must be a mapping of a journey's fields, such as name: My journey"))
        return
    if "layout" in documents[0]:
        line, column = found.lines["layout"]
        found.problems.append(SourceProblem(line, column, "the layout is a document of its own, after a line ---"))
    elif documents[0].get("kind", "journey") != "journey":
        line, column = found.lines["kind"]
        found.problems.append(SourceProblem(line, column, f"the kind is {documents[0]['kind']!r}; a journey has kind: journey"))
    elif len(documents) > 2 or (len(documents) == 2 and not _is_layout(documents[1])):
        told = "after the journey there may be one document more: a mapping with the one key layout"
        found.problems.append(SourceProblem(0, 0, told))
    else:
        found.draft = documents[0]
        found.layout = documents[1]["layout"] if len(documents) == 2 else None


def _is_layout(document: Any) -> bool:
    return isinstance(document, dict) and set(document) == {"layout"} and isinstance(document["layout"], dict)


class _Wrong(Exception):
    def __init__(self, mark: Any, message: str) -> None:
        super().__init__(message)
        self.problem = SourceProblem(mark.line + 1, mark.column + 1, message)


class _Documents:
    """Values made from the parser's events: nothing is ever built by a tag, and an alias is refused, not followed."""

    def __init__(self, text: str, found: ReadYaml) -> None:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        self._events: Iterator[Any] = yaml.parse(text, Loader=loader)
        self._lines = found.lines
        self._first = True

    def read(self) -> Iterator[Any]:
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                yield self._value(next(self._events), "", 0)
                self._first = False

    def _value(self, event: Any, path: str, depth: int) -> Any:
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            raise _Wrong(event.start_mark, "anchors and aliases (& and *) are not read; write the value out where it is used")
        if event.tag is not None:
            raise _Wrong(event.start_mark, f"the tag {event.tag!r} is not read; texts, numbers, lists and mappings need none")
        if depth > MAX_DEPTH:
            raise _Wrong(event.start_mark, f"the text nests deeper than {MAX_DEPTH} levels")
        if self._first:
            self._lines.setdefault(path, _place(event))
        if isinstance(event, yaml.ScalarEvent):
            return _scalar(event)
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Any] = []
            while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
                items.append(self._value(event, f"{path}[{len(items)}]", depth + 1))
            return items
        return self._mapping(path, depth)

    def _mapping(self, path: str, depth: int) -> dict[str, Any]:
        values: dict[str, Any] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise _Wrong(event.start_mark, "the key of a mapping must be a text")
            key = event.value
            if key in values:
                raise _Wrong(event.start_mark, f"the key {key!r} stands twice in this mapping")
            inner = f"{path}.{key}" if path else key
            if self._first:
                self._lines[inner] = _place(event)
            values[key] = self._value(next(self._events), inner, depth + 1)
        return values


def _place(event: Any) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1


def _scalar(event: Any) -> Any:
    text: str = event.value
    if not event.implicit[0]:  # quoted or a block
        return text
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _INT.match(text):
        if len(text) > 30:
            raise _Wrong(event.start_mark, "a whole number has at most 30 digits")
        return int(text)
    return float(text) if _FLOAT.match(text) and len(text) < 60 else text


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as blocks, short objects of plain values on one line, no anchors."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:
        return super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, data: str) -> Any:
    numeric = bool(_INT.match(data) or _FLOAT.match(data))
    style = '"' if numeric or _ODD_BREAK.search(data) else "|" if "\n" in data else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", data, style=style)


def _object(dumper: yaml.SafeDumper, data: dict[str, Any]) -> Any:
    return dumper.represent_mapping("tag:yaml.org,2002:map", data.items(), flow_style=_is_short(data.values(), data))


def _list(dumper: yaml.SafeDumper, data: list[Any]) -> Any:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=not data or None)


def _is_short(values: Any, data: dict[str, Any]) -> bool:
    """Whether an object is one of a kind (a type, an update, a return) that reads well on one line."""
    plain = all(isinstance(value, str | int | float | bool | None) and "\n" not in str(value) for value in values)
    return not data or (plain and ("kind" in data or "op" in data) and len(str(data)) <= _LEAST_FLOW and len(data) <= 4)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(dict, _object)
_Dumper.add_representer(list, _list)
