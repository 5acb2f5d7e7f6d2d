"""What happened in one turn, as assertions, coverage and people read it: of a test or of a real session."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from agents.core.runtime.steps import Step
from agents.core.spec.types import Frozen
from journeys.core.engine.silence import in_words


class ToolTrace(Frozen):
    """One call of a tool. ``arguments`` are those that it got, after a person's edit; ``error`` is empty when it answered."""

    name: str
    arguments: dict[str, Any] = {}
    result: Any = None
    error: str = ""


class DecisionTrace(Frozen):
    """What a person was asked and what they said."""

    kind: str
    title: str
    decision: str
    reason: str = ""
    answer: Any = None


class TurnTrace(Frozen):
    """One turn: what was said, or for how long nobody said anything, with what the tester did to it.

    ``summary`` is the turn's summary as sessions store it; ``context`` what is known after it. ``code`` and ``error`` are set
    when the turn failed. Money in micro-dollars, ``None`` where no price is known.
    """

    says: str = ""
    silence_s: float | None = None
    simulate: str = ""
    tool: str = ""
    reply: str = ""
    summary: dict[str, Any] = {}
    context: dict[str, Any] = {}
    tools: tuple[ToolTrace, ...] = ()
    decisions: tuple[DecisionTrace, ...] = ()
    code: str = ""
    error: str = ""
    cost_microusd: int | None = 0
    tokens: int = 0
    duration_s: float = 0.0

    @property
    def began(self) -> str:
        """What began the turn, for people."""
        said = self.says if self.silence_s is None else f"(nobody writes for {in_words(self.silence_s)})"
        fault = {"timeout": " (its time runs out)", "tool_failure": f" ({self.tool or 'every tool'} fails)"}
        return said + fault.get(self.simulate, "")

    @property
    def pathway(self) -> str:
        """Where the conversation stands after the turn."""
        return str(self.summary.get("pathway", ""))

    @property
    def pathways(self) -> list[str]:
        return visited(self.summary)

    @property
    def intent(self) -> str:
        return str((self.summary.get("intent") or {}).get("intent", ""))

    @property
    def ended(self) -> bool:
        return bool(self.summary.get("ended"))


def visited(summary: Mapping[str, Any]) -> list[str]:
    """Every pathway of a turn in order: where it began, what answered, where its moves led."""
    places = [summary.get("pathway_before"), summary.get("ran"), *(m.get("target") for m in took(summary))]
    return list(dict.fromkeys(str(p) for p in (*places, summary.get("pathway")) if p))


def took(summary: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The moves that were made; one that was refused is none."""
    return [m for m in summary.get("moves") or [] if m.get("kind") != "refused"]


def tool_calls(steps: Iterable[Step]) -> tuple[ToolTrace, ...]:
    """The calls of tools among the steps of a run, in their order."""
    return tuple(
        ToolTrace(
            name=str(step.request.get("tool", "")),
            arguments=dict(step.arguments if step.arguments is not None else step.request.get("arguments") or {}),
            result=step.result if step.status == "finished" else None,
            error=str((step.error or {}).get("message", "")) if step.status == "failed" else "",
        )
        for step in steps
        if step.kind == "tool" and step.request.get("tool")
    )
