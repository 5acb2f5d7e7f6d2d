"""A journey's YAML: one canonical form, and nothing read that could surprise or hurt."""

from __future__ import annotations

import time
from typing import Any

import pytest

from agents.core.spec.runnable import canonical
from journeys.core.text.yaml import read_yaml, write_yaml
from journeys.gallery.catalog import GALLERY, get_gallery_journey

DRAFT: dict[str, Any] = {
    "kind": "journey",
    "pathways": [{"guidelines": [], "id": "intake", "title": "no", "description": "One\nTwo\n"}],
    "transitions": [{"to_pathway": "end", "trigger": {"intents": ["stop"], "kind": "intent"}, "priority": 0}],
    "name": "Desk",
    "entry": "intake",
    "greeting": "1e5",
    "max_depth": 10,
    "session_ttl_s": 60.0,
    "intent_model": {"b": 1, "a": {"z": None}},
}
TEXT = """kind: journey
schema_version: 1
name: Desk
greeting: "1e5"
entry: intake
pathways:
  - id: intake
    title: 'no'
    description: |
      One
      Two
transitions:
  - id: t1
    trigger:
      kind: intent
      intents:
        - stop
    to_pathway: end
intent_model:
  a:
    z: null
  b: 1
session_ttl_s: 60.0
"""


def test_a_draft_has_one_text_in_the_order_of_the_spec_without_defaults() -> None:
    assert write_yaml(DRAFT) == TEXT
    found = read_yaml(TEXT)
    assert found.draft is not None
    assert found.draft["pathways"][0]["description"] == "One\nTwo\n"
    assert write_yaml(found.draft) == TEXT


def test_the_layout_is_a_document_of_its_own() -> None:
    text = write_yaml(DRAFT, {"intake": {"x": 1, "y": 2.5}})
    assert text.startswith(TEXT + "---\nlayout:\n")
    found = read_yaml(text)
    assert found.layout == {"intake": {"x": 1, "y": 2.5}}
    assert "layout" not in (found.draft or {})


@pytest.mark.parametrize("slug", sorted(GALLERY))
def test_every_journey_of_the_gallery_survives(slug: str) -> None:
    draft = canonical(get_gallery_journey(slug).journey.spec)
    text = write_yaml(draft)
    found = read_yaml(text)
    assert found.problems == []
    assert found.draft is not None
    assert write_yaml(found.draft) == text


def test_a_draft_that_is_no_valid_journey_yet_survives_as_well() -> None:
    draft = {"kind": "journey", "name": "", "pathways": [{"id": 3}, "x"], "unknown": {"b": [1], "a": None}}
    found = read_yaml(write_yaml(draft))
    assert found.draft == {**draft, "schema_version": 1}


def test_only_jsons_own_values_are_values_and_everything_else_is_text() -> None:
    found = read_yaml("a: no\nb: 2026-01-01\nc: 0o17\nd: 12:30:00\ne: 017\nf: .5\ng: ~\nh: true\ni: 1_000\nj: -3\nk: <<\n")
    assert found.draft == {
        "a": "no", "b": "2026-01-01", "c": "0o17", "d": "12:30:00", "e": 17, "f": 0.5, "g": None, "h": True, "i": "1_000",
        "j": -3, "k": "<<",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "at", "says"),
    [
        ("a: 1\nb: [1,\n", (3, 1), "no YAML"),
        ("a: 1\na: 2\n", (2, 1), "stands twice"),
        ("a: &x 1\nb: *x\n", (1, 4), "anchors and aliases"),
        ("a: !!python/object/apply:os.system ['x']\n", (1, 4), "the tag"),
        ("a: !!binary eA==\n", (1, 4), "the tag"),
        ("? [1]\n: 2\n", (1, 3), "the key of a mapping must be a text"),
        ("- 1\n", (1, 1), "must be a mapping"),
        ("", (1, 1), "must be a mapping"),
        ("kind: agent\n", (1, 1), "a journey has kind: journey"),
        ("name: x\nlayout: {}\n", (2, 1), "a document of its own"),
        ("name: x\n---\nother: 1\n", (0, 0), "one document more"),
        ("a: " + "[" * 70 + "]" * 70 + "\n", (1, 64), "nests deeper"),
        ("a: " + "9" * 40 + "\n", (1, 4), "at most 30 digits"),
        ("a: \x01\n", (0, 0), "no YAML"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(text: str, at: tuple[int, int], says: str) -> None:
    (problem,) = read_yaml(text).problems
    assert says in problem.message
    assert (problem.line, problem.column) == at


def test_a_bomb_of_any_kind_is_refused_in_no_time() -> None:
    started = time.monotonic()
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60)]
    for text in ("\n".join(lines), "x" * 3_000_000, "a: " + "[" * 200_000, "{" * 200_000):
        assert read_yaml(text).problems
    assert time.monotonic() - started < 10


def test_a_problem_of_the_draft_is_found_again_in_the_text() -> None:
    found = read_yaml(TEXT)
    assert found.line_of("transitions[0].trigger.intents[0]") == (17, 11)
    assert found.line_of("pathways[0].signature.inputs") == (7, 5)
    assert found.line_of("agents.x") == (1, 1)
