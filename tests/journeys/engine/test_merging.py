"""The catalog of merge rules: every entry works, says what it does, and a stranger's rule is taken by its name."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from journeys.core.engine.context import merge
from journeys.core.errors import MergeFailed
from journeys.core.merging.catalog import (
    GROUP,
    MERGE_RULES,
    UnknownMergeRule,
    forget_rules,
    get_rule,
    rule_names,
    rule_summary,
)
from journeys.core.spec import PathwaySpec
from tests.journeys.specs import clinic, signature, text


@pytest.mark.parametrize("name", MERGE_RULES)
@pytest.mark.parametrize("new", [1, "a", [1, [2]], {"a": {"b": 1}}, True, 0, ""])
def test_every_rule_says_what_it_does_and_touches_neither_value(name: str, new: Any) -> None:
    assert rule_summary(name).endswith(".")
    for old in (None, copy.deepcopy(new)):
        before = copy.deepcopy((old, new))
        try:
            merged = merge("field", name, old, new)
        except MergeFailed as refusal:
            merged = str(refusal)
        assert merged is not None
        assert (old, new) == before


def test_unknown_rule_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownMergeRule, match="append, max, merge"):
        get_rule("blend")
    pathway = PathwaySpec(id="a", signature=signature(text("x")), accumulate=("x",), merge={"x": "blend"})
    with pytest.raises(ValueError, match="the rules are: replace, append"):
        clinic(entry="a", pathways=(pathway,), transitions=())


def newest_first(field: str, old: Any, new: Any) -> list[Any]:
    """The new value goes before the others."""
    return [new, *(old or [])]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Installs a package that declares the given lines as merge rules."""

    def write(*lines: str) -> None:
        info = tmp_path / "strangers-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: strangers\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text("\n".join((f"[{GROUP}]", *lines)))
        monkeypatch.syspath_prepend(str(tmp_path))
        forget_rules()

    yield write
    monkeypatch.undo()
    forget_rules()


def test_rule_of_a_third_party_is_one_like_any_other(install: Callable[[str], None]) -> None:
    install("newest_first = tests.journeys.engine.test_merging:newest_first")
    assert rule_names()[-1] == "newest_first"
    assert rule_summary("newest_first") == "The new value goes before the others."
    assert merge("log", "newest_first", ["a"], "b") == ["b", "a"]
    pathway = PathwaySpec(id="a", signature=signature(text("x")), accumulate=("x",), merge={"x": "newest_first"})
    assert clinic(entry="a", pathways=(pathway,), transitions=()).pathway("a").merge == {"x": "newest_first"}


def test_third_party_cannot_take_a_built_in_name(install: Callable[[str], None]) -> None:
    install("union = somewhere:else")
    with pytest.raises(ValueError, match="'union' is declared twice"):
        rule_names()
