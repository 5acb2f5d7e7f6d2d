"""The permission manifest: what each tool may do by the rules that hold at run time, and what a version adds."""

from __future__ import annotations

from typing import Any

from agents.core.autonomy.permissions import ToolFacts
from agents.core.runtime.effects import Effect
from agents.core.spec.agent import AgentSpec
from journeys.core.preflight.facts import Facts, ToolOffer
from journeys.core.preflight.manifest import diff_manifests, make_manifest
from tests.journeys.preflight.drafts import signature

FACTS = Facts(
    tools={
        "read_file": ToolOffer(ToolFacts("read_file", Effect.READ, "safe")),
        "delete_file": ToolOffer(ToolFacts("delete_file", Effect.UNKEYED, "high")),
        "http_post": ToolOffer(ToolFacts("http_post", Effect.UNKEYED, "medium"), network=True),
    },
    egress=(("api.example.org",), ()),
)


def manifest(*tools: Any, budget: int | None = 500_000, **more: Any) -> Any:
    data = {"name": "Clerk", "signature": signature(), "tools": [{"name": t} for t in tools], **more}
    return make_manifest({"clerk": AgentSpec.model_validate(data)}, budget, FACTS)


def test_a_manifest_says_what_is_read_asked_and_spent() -> None:
    assert [line.sentence for line in manifest("read_file", "delete_file", "http_post")] == [
        "clerk can read by read_file",
        "clerk asks a person before delete_file",
        "clerk asks a person before http_post",
        "its tools can connect to api.example.org",
        "a conversation can spend up to 0.50 USD",
    ]


def test_a_policy_that_allows_or_denies_is_told() -> None:
    lines = manifest("http_post", "delete_file", permissions={"allowed_tools": ["http_post"], "denied_tools": ["delete_file"]})
    assert [(line.verb, line.subject) for line in lines[:2]] == [("calls", "http_post"), ("never", "delete_file")]


def test_an_added_tool_is_an_added_power_and_a_removed_one_is_not() -> None:
    before, after = manifest("read_file"), manifest("read_file", "delete_file")
    assert [(c.sign, c.sentence) for c in diff_manifests(before, after)] == [("+", "clerk asks a person before delete_file")]
    assert [c.sign for c in diff_manifests(after, before)] == ["-"]
    assert diff_manifests(after, after) == ()


def test_a_tool_that_no_longer_asks_and_a_larger_budget_are_more_power() -> None:
    asks, free = manifest("http_post"), manifest("http_post", budget=None, permissions={"mode": "bypass"})
    assert {c.sign for c in diff_manifests(asks, free)} == {"+"}
    assert {c.sign for c in diff_manifests(free, asks)} == {"-"}
