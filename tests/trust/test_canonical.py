"""Canonical JSON against the published vectors of RFC 8785 and against cases of our own."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path

import pytest

from trust.core.canonical import canonical_json, digest

OWN_CASES = [
    ("keys are sorted by UTF-16 code units", {"\U0001f600": 1, "\ufb33": 2}, '{"\U0001f600":1,"\ufb33":2}'),
    ("keys are sorted at every depth", {"b": {"d": 1, "c": 2}, "a": 3}, '{"a":3,"b":{"c":2,"d":1}}'),
    ("arrays keep their order", [3, 1, 2], "[3,1,2]"),
    ("no white space is left", {"a": [1, {"b": None}]}, '{"a":[1,{"b":null}]}'),
    ("a whole float is written as an integer", 1.0, "1"),
    ("minus zero is zero", -0.0, "0"),
    ("large numbers are written as in ECMAScript", 1e21, "1e+21"),
    ("small numbers are written as in ECMAScript", 1e-7, "1e-7"),
    ("numbers below the exponent's border are written out", 1e20, "100000000000000000000"),
    ("the shortest digits that round-trip are used", 333333333.33333329, "333333333.3333333"),
    ("the smallest double has one digit", 5e-324, "5e-324"),
    ("control characters are escaped shortly", "\b\t\n\f\r\x0f", '"\\b\\t\\n\\f\\r\\u000f"'),
    ("slashes and non-ASCII stay as they are", "€/\u2028", '"€/\u2028"'),
    ("quotes and backslashes are escaped", '"\\', '"\\"\\\\"'),
    ("booleans stay booleans", [True, False], "[true,false]"),
]


@pytest.mark.parametrize(("value", "text"), [pytest.param(v, t, id=name) for name, v, t in OWN_CASES])
def test_canonical_json_follows_rfc_8785(value: object, text: str) -> None:
    assert canonical_json(value).decode() == text


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 2**53, -(2**53), {1: "a"}, {"a": object()}, "\ud800"])
def test_canonical_json_refuses_what_json_cannot_say(value: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # the promise is the type
        canonical_json(value)


def test_digest_does_not_depend_on_the_order_of_keys() -> None:
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    assert digest({}) == "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


def test_digest_changes_with_one_character() -> None:
    assert digest({"role": "owner"}) != digest({"role": "Owner"})


def _vector_folder() -> Path | None:
    """The published vectors: KAIZEN_TEST_VECTORS, or ``shared/vectors`` beside the checkout."""
    named = os.environ.get("KAIZEN_TEST_VECTORS")
    folder = Path(named) if named else Path(__file__).parents[3] / "shared" / "vectors"
    return folder / "jcs" if (folder / "jcs" / "input").is_dir() else None


@pytest.mark.parametrize("name", ["arrays", "french", "structures", "unicode", "values", "weird"])
def test_canonical_json_equals_the_published_vector(name: str) -> None:
    folder = _vector_folder()
    if folder is None:
        pytest.skip("PUBLISHED RFC 8785 VECTORS NOT FOUND: set KAIZEN_TEST_VECTORS to the folder that has jcs/input.")
    given = json.loads((folder / "input" / f"{name}.json").read_text(encoding="utf-8"))
    assert canonical_json(given) == (folder / "output" / f"{name}.json").read_bytes().rstrip(b"\n")
