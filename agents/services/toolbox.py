"""The tools of the form: each with how dangerous it is, and its controls when the agent has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from agents.core.forms.drawing import AgentForm, ToolPolicy
from agents.core.runtime.effects import Effect
from agents.core.runtime.ports import Tool
from agents.services.verdicts import Verdict

EFFECTS = {
    Effect.READ: "only reads",
    Effect.KEYED: "applied once, by its key",
    Effect.UNKEYED: "at most once",
    Effect.LOCAL: "exactly once, in the database",
}
TONES = {"allow": "ok", "ask": "wait", "deny": "bad"}
WORDS = {"allow": "runs", "ask": "asks", "deny": "is denied"}
DANGER_TONES = {"safe": "ok", "low": "ok", "medium": "warn", "high": "bad", "critical": "bad"}


@dataclass(frozen=True, slots=True)
class ShownVerdict:
    """What would happen to a call of the tool, in a word with its colour."""

    tool: str
    tone: str
    words: str
    reason: str


@dataclass(frozen=True, slots=True)
class ToolRow:
    """One tool of the form; ``policy`` has its controls when the agent has it."""

    name: str
    description: str
    danger: str
    effect: str
    unavailable: str
    policy: ToolPolicy | None
    error: str

    @property
    def tone(self) -> str:
        return DANGER_TONES.get(self.danger, "warn")

    @property
    def used(self) -> bool:
        return self.policy is not None


def draw_tools(tools: Mapping[str, Tool], form: AgentForm, errors: Mapping[str, str]) -> list[ToolRow]:
    """Those of the agent first, in its order; a tool that nobody knows stays to be removed."""
    rows = [_row(tools.get(name), name, policy, errors) for name, policy in form.tools.items()]
    return rows + [_row(tool, name, None, errors) for name, tool in tools.items() if name not in form.tools]


def show_verdicts(verdicts: list[Verdict]) -> list[ShownVerdict]:
    return [ShownVerdict(v.tool, TONES[v.decision], WORDS[v.decision], v.reason) for v in verdicts]


def _row(tool: Tool | None, name: str, policy: ToolPolicy | None, errors: Mapping[str, str]) -> ToolRow:
    error = errors.get(f"tools[{name}].use", "")
    if tool is None:
        return ToolRow(name, "No such tool is known here.", "unknown", "at most once", "", policy, error)
    return ToolRow(name, tool.description, tool.danger, EFFECTS[tool.effect], tool.unavailable, policy, error)
