"""Permissions: the documented table cell by cell, the order of decision, many voices, grants, and hostile patterns."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from agents.adapters.llm.providers import Providers
from agents.adapters.llm.scripted import ScriptedModel
from agents.core.autonomy.permissions import Grant, Layer, ToolFacts, decide
from agents.core.runtime.effects import Effect
from agents.core.runtime.events import EventType
from agents.core.runtime.memory import CatalogTools, MemoryJournal, memory_ports, run_in_memory
from agents.core.runtime.ports import Tool, ToolContext
from agents.core.spec.agent import ToolUse
from agents.core.spec.permissions import PermissionMode, PermissionPolicy, PermissionRule
from agents.core.strategies import run_agent_spec
from agents.core.tools.catalog import get_tool
from tests.agents.signatures import GOOD, INPUTS, agent

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "permissions.md"
MODES = ("default", "accept_edits", "plan", "bypass")
FUNCTION, MCP = "count_words", "mcp__desk__open_ticket"
ARGUMENTS: dict[str, dict[str, Any]] = {
    "read_file": {"path": "a.txt"},
    "write_file": {"path": "a.txt", "content": "x"},
    "delete_file": {"path": "a.txt"},
    "list_directory": {"path": "."},
    "file_exists": {"path": "a.txt"},
    "extract_links": {"html": "<a href='http://example.org/'>x</a>"},
    "bash_command": {"command": "true"},
    **{name: {"url": "http://192.0.2.1/"} for name in ("http_get", "http_delete", "fetch_url")},
    **{name: {"url": "http://192.0.2.1/", "data": {}} for name in ("http_post", "http_put")},
    FUNCTION: {},
    MCP: {},
}


def documented() -> list[tuple[str, str, str, str, str]]:
    """The table's cells: tool, danger, effect, mode, decision."""
    rows = re.findall(
        r"^\| (`\w+`|a Python function.*?|an MCP tool.*?) \| (\w+) \| (\w+) \| (.*) \|$", DOCUMENT.read_text(), re.MULTILINE
    )
    names = {"a Python": FUNCTION, "an MCP t": MCP}
    cells = []
    for name, danger, effect, rest in rows:
        tool = names.get(name[:8]) or name.strip("`")
        cells += [(tool, danger, effect, mode, decision) for mode, decision in zip(MODES, rest.split(" | "), strict=True)]
    return cells


async def _done(arguments: dict[str, Any], context: ToolContext) -> Any:
    return {"done": True}


NOTHING = {"type": "object", "properties": {}, "additionalProperties": False}
EXTRA = {
    FUNCTION: Tool(FUNCTION, "Counts words", NOTHING, Effect.UNKEYED, _done, danger="low"),
    MCP: Tool(MCP, "Opens a ticket", NOTHING, Effect.UNKEYED, _done, danger="unknown"),
}


def find(name: str) -> Tool:
    return EXTRA.get(name) or get_tool(name)


def facts(name: str, danger: str = "medium", effect: Effect = Effect.KEYED, edits: bool = False) -> ToolFacts:
    return ToolFacts(name, effect, danger, edits)


def policy(mode: str = "default", **more: Any) -> PermissionPolicy:
    return PermissionPolicy(mode=PermissionMode(mode), **more)


def rule(pattern: str, kind: str, priority: int = 0, reason: str = "") -> PermissionRule:
    return PermissionRule.model_validate({"pattern": pattern, "permission_type": kind, "priority": priority, "reason": reason})


def answer(tool: ToolFacts, *layers: PermissionPolicy, **more: Any) -> str:
    return decide(tool, [Layer(f"agent {n}", layer) for n, layer in enumerate(layers)], **more).type.value


def test_the_table_has_every_tool_in_every_mode() -> None:
    assert len(documented()) == 14 * 4
    assert {cell[0] for cell in documented()} == set(ARGUMENTS)


@pytest.mark.parametrize(("name", "danger", "effect", "mode", "decision"), documented())
async def test_the_documented_cell_is_what_a_run_comes_to(
    name: str, danger: str, effect: str, mode: str, decision: str
) -> None:
    tool = find(name)
    assert (tool.danger, tool.effect.value) == (danger, effect)
    assert answer(ToolFacts(name, tool.effect, tool.danger, tool.edits), policy(mode)) == decision

    call = {"tool_calls": [{"id": "c1", "name": name, "arguments": ARGUMENTS[name]}]}
    models = Providers({}, instances={"demo": ScriptedModel([call, {"json": GOOD}])})
    ports = memory_ports(models=models, tools=CatalogTools(EXTRA))
    spec = agent(tools=[{"name": name}], permissions={"mode": mode})
    outcome = await run_in_memory(run_agent_spec, spec, INPUTS, ports)
    assert isinstance(ports.journal, MemoryJournal)
    seen = [e for e in ports.journal.events if e.path == "agent/0/tool/0"]
    if decision == "ask" and not tool.unavailable:
        assert outcome.waiting_on["on"] == "approval"
        assert seen[-1].payload["policy"]["decision"] == "ask"
    elif decision == "deny" and not tool.unavailable:
        assert (seen[-1].type, seen[-1].payload["error"]["code"]) == (EventType.STEP_FAILED, "denied")
        assert outcome.output == GOOD
    else:
        assert seen[0].type is EventType.STEP_STARTED
        assert outcome.output == GOOD


@pytest.mark.parametrize(
    ("told", "rules", "expected"),
    [
        ("a denial of low priority beats an allowance of high", [rule("w.*", "allow", 100), rule("write", "deny", -5)], "deny"),
        ("the higher priority wins between allow and ask", [rule("w.*", "ask", 1), rule("write", "allow", 2)], "allow"),
        ("ask wins at equal priority", [rule("w.*", "allow", 1), rule("write", "ask", 1)], "ask"),
        ("a pattern must match the whole name", [rule("writ", "allow", 9)], "ask"),
        ("no rule leaves it to the danger", [], "ask"),
    ],
)
def test_rules(told: str, rules: list[PermissionRule], expected: str) -> None:
    assert answer(facts("write"), policy(rules=tuple(rules))) == expected, told


def test_a_denied_tool_is_denied_in_every_mode_and_whatever_allows_it() -> None:
    for mode in MODES:
        permissive = policy(mode, denied_tools=("write",), allowed_tools=("write",), rules=(rule(".*", "allow", 999),))
        assert answer(facts("write"), permissive) == "deny"


def test_an_agents_use_that_asks_is_not_silenced_by_an_allowed_list() -> None:
    layer = Layer("agent", policy(allowed_tools=("write",)), asks=frozenset({"write"}))
    assert decide(facts("write"), [layer]).type.value == "ask"
    assert decide(facts("write"), [Layer("agent", policy("bypass"), asks=frozenset({"write"}))]).type.value == "allow"


def test_a_child_never_has_more_than_its_parent() -> None:
    for outer in MODES:
        for inner in MODES:
            both = answer(facts("write", edits=True), policy(outer), policy(inner))
            alone = {mode: answer(facts("write", edits=True), policy(mode)) for mode in (outer, inner)}
            strictness = ["allow", "ask", "deny"]
            assert both == max(alone.values(), key=strictness.index)


def test_the_organization_speaks_only_through_its_rules() -> None:
    silent = Layer("the organization", policy(), is_agent=False)
    assert decide(facts("write"), [silent, Layer("agent", policy("bypass"))]).type.value == "allow"
    strict = Layer("the organization", policy(rules=(rule("write", "deny", reason="never"),)), is_agent=False)
    decision = decide(facts("write"), [strict, Layer("agent", policy("bypass"))])
    assert decision.reason == "the organization: rule 'write', priority 0: never"
    assert [entry["decision"] for entry in decision.trail] == ["deny", "allow"]


def test_a_grant_turns_ask_into_allow_and_nothing_else() -> None:
    grant = Grant("write", id="g1", by="Alice")
    decision = decide(facts("write"), [Layer("agent", policy())], [grant])
    assert (decision.type.value, decision.trail[-1]["grant"]) == ("allow", "g1")
    assert answer(facts("write"), policy(denied_tools=("write",)), grants=[grant]) == "deny"
    assert answer(facts("rewrite"), policy(), grants=[grant]) == "ask"


def test_an_unknown_tool_asks_and_the_trail_says_why() -> None:
    decision = decide(ToolFacts("nobody_knows"), [Layer("agent", policy())])
    assert (decision.type.value, decision.reason) == ("ask", "nobody has said how dangerous it is")


@pytest.mark.parametrize("pattern", ["(((", "[", "(?=x)", r"(a)\1", "a{1,100000}", "x" * 501, ""])
def test_a_pattern_that_re2_cannot_read_is_refused_when_it_is_made(pattern: str) -> None:
    with pytest.raises(ValidationError):
        rule(pattern, "deny")


def test_no_pattern_can_hang() -> None:
    evil = rule("(a+)+b|(.*)*x|([a-z]+)*y", "deny")
    started = time.monotonic()
    answer(facts("a" * 20_000), policy(rules=(evil,)))
    assert time.monotonic() - started < 1


async def test_an_approved_call_is_not_decided_again_when_the_rules_have_changed() -> None:
    from agents.core.runtime.events import NewEvent

    call = {"tool_calls": [{"id": "c1", "name": MCP, "arguments": {}}]}
    models = Providers({}, instances={"demo": ScriptedModel([call, {"json": GOOD}])})
    ports = memory_ports(models=models, tools=CatalogTools(EXTRA))
    spec = agent(tools=[ToolUse(name=MCP).model_dump()])
    assert (await run_in_memory(run_agent_spec, spec, INPUTS, ports)).status == "waiting"
    await ports.journal.append(NewEvent(EventType.APPROVAL_DECIDED, "agent/0/tool/0", {"decision": "approve"}))
    outcome = await run_in_memory(run_agent_spec, spec, INPUTS, ports)
    assert outcome.output == GOOD
