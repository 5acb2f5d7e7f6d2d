"""Specs: parsing with upgrades, the canonical form and its digest, differences."""

from __future__ import annotations

import copy
from typing import Any, Literal

import pytest

from agents.core.spec import canonical, digest_spec, parse_spec
from agents.core.spec.catalog import KINDS as ALL_KINDS
from agents.core.spec.catalog import Kind
from agents.core.spec.diff import diff_specs
from agents.core.spec.errors import InvalidSpec
from agents.core.spec.signature import SignatureSpec
from agents.core.spec.types import Frozen

TEXT = {"kind": "str"}
SIGNATURE: dict[str, Any] = {
    "kind": "signature",
    "name": "Triage",
    "inputs": [{"name": "message", "type": TEXT}],
    "outputs": [{"name": "urgent", "type": {"kind": "bool"}}],
}
AGENT: dict[str, Any] = {"kind": "agent", "name": "Helper", "signature": SIGNATURE}
JOURNEY: dict[str, Any] = {
    "kind": "journey",
    "name": "Referral",
    "entry": "intake",
    "pathways": [{"id": "intake", "agents": ["helper"]}],
    "agents": {"helper": AGENT},
}


class NoteSpec(Frozen):
    """A kind of the future: version 3, with a signature inside."""

    kind: Literal["note"] = "note"
    schema_version: Literal[3] = 3
    name: str
    text: str
    loud: bool
    signature: SignatureSpec | None = None


class MemoSpec(Frozen):
    kind: Literal["memo"] = "memo"
    schema_version: Literal[1] = 1
    name: str
    notes: tuple[NoteSpec, ...]


KINDS = {
    "note": Kind(
        f"{__name__}:NoteSpec",
        upgrades={
            1: lambda old: {("text" if key == "body" else key): value for key, value in old.items()},
            2: lambda old: {**old, "loud": old["text"].isupper()},
        },
    ),
    "memo": Kind(f"{__name__}:MemoSpec", nested=("notes.*",)),
}


@pytest.mark.parametrize("data", [SIGNATURE, AGENT, JOURNEY], ids=lambda data: str(data["kind"]))
def test_a_spec_survives_its_canonical_form(data: dict[str, Any]) -> None:
    spec = parse_spec(data)
    assert parse_spec(canonical(spec)) == spec
    assert digest_spec(parse_spec(canonical(spec))) == digest_spec(spec)


def test_the_digest_of_a_spec_never_changes() -> None:
    """A change here means that every stored digest would no longer name its spec: add a schema version instead."""
    assert digest_spec(parse_spec(SIGNATURE)) == "sha256:364a78af31f35ab2d24d771540cb2911726e6c5986971b399ea7658fb683d603"


def test_the_digest_covers_every_word_and_no_order_of_keys() -> None:
    turned = dict(reversed(list(SIGNATURE.items())))
    assert digest_spec(parse_spec(turned)) == digest_spec(parse_spec(SIGNATURE))
    assert digest_spec(parse_spec({**SIGNATURE, "intent": "x"})) != digest_spec(parse_spec(SIGNATURE))


def test_an_older_version_is_upgraded_step_by_step() -> None:
    old = {"kind": "note", "schema_version": 1, "name": "n", "body": "HELLO"}
    before = copy.deepcopy(old)
    spec = parse_spec(old, kinds=KINDS)
    assert spec == NoteSpec(name="n", text="HELLO", loud=True)
    assert old == before


def test_nested_specs_are_upgraded_by_their_own_version() -> None:
    old = {"kind": "note", "schema_version": 2, "name": "n", "text": "hello"}
    new = {"kind": "note", "schema_version": 3, "name": "m", "text": "A", "loud": False}
    memo = parse_spec({"kind": "memo", "name": "all", "notes": [old, new]}, kinds=KINDS)
    assert isinstance(memo, MemoSpec)
    assert [note.loud for note in memo.notes] == [False, False]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ([], "must be a JSON object, got list"),
        ({}, f"kind: is None; the kinds are: {', '.join(sorted(ALL_KINDS))}"),
        ({"kind": "robot"}, f"the kinds are: {', '.join(sorted(ALL_KINDS))}"),
        ({**SIGNATURE, "schema_version": 2}, "this Kaizen reads 1 to 1 of kind 'signature'"),
        ({**SIGNATURE, "schema_version": True}, "schema_version"),
        ({**SIGNATURE, "colour": "red"}, "colour"),
        ({**SIGNATURE, "outputs": []}, "outputs"),
        ({**SIGNATURE, "outputs": SIGNATURE["inputs"]}, "names these fields twice: message"),
        ({**AGENT, "signature": {**SIGNATURE, "name": "1"}}, "signature.name"),
        ({**JOURNEY, "entry": "booking"}, "unknown pathway 'booking'; the pathways are: intake"),
    ],
)
def test_what_is_no_spec_is_refused_with_the_place_and_the_reason(data: Any, told: str) -> None:
    with pytest.raises(InvalidSpec) as caught:
        parse_spec(data)
    assert told in caught.value.message


def test_one_kind_can_be_demanded() -> None:
    with pytest.raises(InvalidSpec, match="is 'agent', but this must be 'signature'"):
        parse_spec(AGENT, kind="signature")
    without = {key: value for key, value in SIGNATURE.items() if key != "kind"}
    assert parse_spec(without, kind="signature") == parse_spec(SIGNATURE)


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ({"type": {"kind": "bool"}, "constraints": {"ge": 1}}, "type bool cannot have ge; allowed: no bounds"),
        ({"type": TEXT, "constraints": {"ge": 1}}, "allowed: min_length, max_length, pattern"),
        ({"type": {"kind": "int"}, "constraints": {"ge": 0.5}}, "cannot have ge=0.5; allowed: whole bounds below 2**53"),
        ({"type": TEXT, "constraints": {"pattern": "(?=x)"}}, "look-around"),
        ({"type": TEXT, "constraints": {"min_length": 3, "max_length": 2}}, "no value can lie between"),
        ({"type": TEXT, "required": False, "default": 3}, "got 3, allowed: text"),
        ({"type": TEXT, "default": "x"}, "is required and has the default"),
        ({"type": {"kind": "enum", "values": [1, True]}}, "lists a value twice"),
        ({"type": {"kind": "optional", "of": {"kind": "optional", "of": TEXT}}}, "cannot hold an optional"),
        ({"type": {"kind": "date"}, "required": False, "default": "tomorrow"}, "allowed: a date like 2026-11-22"),
    ],
)
def test_a_field_that_no_value_could_fit_is_refused(field: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidSpec) as caught:
        parse_spec({**SIGNATURE, "inputs": [{"name": "x", **field}]})
    assert told in caught.value.message


def test_differences_are_matched_by_name_and_not_by_position() -> None:
    before = {"fields": [{"name": "a", "n": 1}, {"name": "b", "n": 1}], "tags": ["x"]}
    after = {"fields": [{"name": "b", "n": 2}, {"name": "a", "n": 1}], "tags": ["x", "y"]}
    assert diff_specs(before, after) == [
        {"path": "fields[b].n", "kind": "changed", "before": 1, "after": 2},
        {"path": "fields.order", "kind": "changed", "before": ["a", "b"], "after": ["b", "a"]},
        {"path": "tags", "kind": "changed", "before": ["x"], "after": ["x", "y"]},
    ]
    assert diff_specs(before, copy.deepcopy(before)) == []
    assert diff_specs({"a": 1, "gone": 2}, {"a": True, "new": None}) == [
        {"path": "a", "kind": "changed", "before": 1, "after": True},
        {"path": "gone", "kind": "removed", "before": 2, "after": None},
        {"path": "new", "kind": "added", "before": None, "after": None},
    ]
