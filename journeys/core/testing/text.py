"""Test cases as YAML, there and back without loss. Only plain YAML is read: no tags, no objects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import yaml
from pydantic import ValidationError

from journeys.core.testing.case import TestCase

MOST_BYTES = 1_000_000
MOST_CASES = 500


class NotCases(ValueError):
    """The text holds no test cases; the message says where and why."""


def write_cases(cases: Sequence[TestCase]) -> str:
    """A YAML document with the list ``tests``; what is as usual is left out."""
    tests = [case.model_dump(mode="json", exclude_defaults=True) for case in cases]
    text: str = yaml.safe_dump({"tests": tests}, sort_keys=False, allow_unicode=True, width=100)
    return text


def read_cases(text: str) -> list[TestCase]:
    """The cases of a YAML (or JSON) text: ``tests: [...]``, or a bare list. Raises ``NotCases`` that lists every fault."""
    if len(text.encode()) > MOST_BYTES:
        raise NotCases(f"the text has more than {MOST_BYTES} bytes")
    if any(mark in text for mark in ("&", "*")) and _has_alias(text):
        raise NotCases("YAML anchors and aliases are not read; write the values out")
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise NotCases(f"this is no YAML: {error}") from None
    items = data.get("tests") if isinstance(data, dict) else data
    if not isinstance(items, list) or not items:
        raise NotCases("give a list of tests under the name `tests`")
    if len(items) > MOST_CASES:
        raise NotCases(f"at most {MOST_CASES} tests are read at once, these are {len(items)}")
    return _parse(items)


def _has_alias(text: str) -> bool:
    try:
        return any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader))
    except yaml.YAMLError:
        return False


def _parse(items: list[Any]) -> list[TestCase]:
    cases, faults = [], []
    for number, item in enumerate(items, 1):
        try:
            cases.append(TestCase.model_validate(item))
        except ValidationError as error:
            found = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
            faults.append(f"test {number}: {'; '.join(found)}")
    names = [case.name for case in cases]
    faults += [f"two tests are called {name!r}" for name in sorted({n for n in names if names.count(n) > 1})]
    if faults:
        raise NotCases("\n".join(faults))
    return cases
