"""Merge rules, each with what it refuses, and the size limit."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys.core.engine.context import accumulate, is_present, merge, merge_rule
from journeys.core.errors import ContextTooLarge, MergeFailed
from tests.journeys.specs import clinic

CASES: list[tuple[Any, Any, Any, Any]] = [
    ("replace", 1, 2, 2),
    ("replace", [1], [], []),
    ("append", None, "a", ["a"]),
    ("append", ["a"], ["a", "b"], ["a", "a", "b"]),
    ("append", "a", "b", ["a", "b"]),
    ("union", None, ["a", "a"], ["a"]),
    ("union", ["a", 1], [1, True, "b"], ["a", 1, True, "b"]),
    ("union", [{"x": 1}], [{"x": 1}, {"x": 2}], [{"x": 1}, {"x": 2}]),
    ("sum", None, 2, 2),
    ("sum", 0.5, 2, 2.5),
    ("merge", None, {"a": 1}, {"a": 1}),
    ("merge", {"a": 1, "b": {"c": 1}}, {"a": None, "b": {"d": 2}}, {"a": 1, "b": {"c": 1, "d": 2}}),
    ("max", 3, 2, 3),
    ("max", "2026-01-02", "2026-11-22", "2026-11-22"),
    ("min", None, 2, 2),
    ("min", 3, 2, 2),
]


@pytest.mark.parametrize(("rule", "old", "new", "expected"), CASES)
def test_rule_merges(rule: Any, old: Any, new: Any, expected: Any) -> None:
    assert merge("field", rule, old, new) == expected


@pytest.mark.parametrize(
    ("rule", "old", "new"),
    [("sum", 1, "2"), ("sum", 1, True), ("merge", {}, [1]), ("merge", "x", {}), ("max", 1, "2"), ("min", None, [1])],
)
def test_rule_refuses_what_it_cannot_merge_and_names_field_and_values(rule: Any, old: Any, new: Any) -> None:
    with pytest.raises(MergeFailed) as refusal:
        merge("score", rule, old, new)
    assert "'score'" in str(refusal.value)
    assert repr(new) in str(refusal.value)


def test_none_says_nothing_new() -> None:
    spec = clinic()
    context, changed = accumulate(spec, spec.pathway("intake"), {"symptoms": ["fever"]}, {"symptoms": None})
    assert context == {"symptoms": ["fever"]}
    assert changed == ()


def test_only_declared_fields_enter_the_context() -> None:
    spec = clinic()
    context, changed = accumulate(spec, spec.pathway("intake"), {}, {"symptoms": ["fever"], "response": "hm"})
    assert context == {"symptoms": ["fever"]}
    assert changed == ("symptoms",)


def test_context_that_is_too_large_is_refused_and_the_old_one_untouched() -> None:
    spec = clinic(max_context_bytes=30)
    before = {"symptoms": ["fever"]}
    with pytest.raises(ContextTooLarge, match="largest fields are: symptoms"):
        accumulate(spec, spec.pathway("intake"), before, {"symptoms": ["a long list", "of many words"]})
    assert before == {"symptoms": ["fever"]}


def test_zero_and_false_are_present_and_emptiness_is_not() -> None:
    assert is_present(0)
    assert is_present(False)
    assert [is_present(None), is_present(""), is_present([]), is_present({})] == [False] * 4


def test_merge_rule_of_a_field_is_known_to_the_inspector() -> None:
    assert merge_rule(clinic(), "symptoms") == "union"
    assert merge_rule(clinic(), "slot") == "replace"
    assert merge_rule(clinic(), "nothing") is None


@given(st.lists(st.lists(st.integers() | st.text(max_size=3), max_size=5), max_size=5))
def test_union_keeps_each_value_once_in_the_order_it_came(batches: list[list[Any]]) -> None:
    result: list[Any] = []
    for batch in batches:
        result = merge("field", "union", result, batch)
    expected = list(dict.fromkeys((type(v).__name__, v) for batch in batches for v in batch))
    assert [(type(v).__name__, v) for v in result] == expected
