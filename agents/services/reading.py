"""Steps of a run as people read them: headings by scope, prompts as messages, counts, and what a run does now. Read only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count

from agents.core.runtime.events import EventType
from agents.core.runtime.steps import Step
from agents.models.run import RunEvent

_ICONS = {
    "model": "sparkles",
    "tool": "tool",
    "question": "message-circle",
    "state": "database",
    "commit": "database",
    "note": "writing",
}
_SCOPES = {
    "intent": "Understand the message",
    "pathway": "Answer in the pathway",
    "agent": "Agent",
}


@dataclass(frozen=True, slots=True)
class StepRow:
    """One line of the tree: a heading (``step`` is ``None``) or a step."""

    path: str
    label: str
    depth: int
    icon: str = ""
    step: Step | None = None
    prompt: tuple[dict[str, Any], ...] = ()
    reply: str = ""


def list_step_rows(steps: Iterable[Step]) -> list[StepRow]:
    """Headings and steps in the order of the journal; a heading wherever the scope changes."""
    rows: list[StepRow] = []
    current: list[str] = []
    for step in steps:
        names = _pairs(step.path)
        scope, (name, number) = names[:-1], names[-1]
        keys = [f"{n}/{i}" for n, i in scope]
        shared = 0
        while shared < min(len(keys), len(current)) and keys[shared] == current[shared]:
            shared += 1
        for depth in range(shared, len(scope)):
            rows.append(StepRow("/".join(keys[: depth + 1]), _scope_label(*scope[depth]), depth))
        current = keys
        rows.append(
            StepRow(
                path=step.path,
                label=_step_label(step, name, number),
                depth=len(scope),
                icon=_ICONS.get(step.kind, "circle-dot"),
                step=step,
                prompt=tuple(prompt_messages(step)),
                reply=reply_text(step),
            )
        )
    return rows


def prompt_messages(step: Step) -> list[dict[str, Any]]:
    """The messages that a model step sent, as ``role`` and ``content``; empty for other steps."""
    request = step.request if isinstance(step.request, dict) else {}
    messages = request.get("messages")
    return [m for m in messages if isinstance(m, dict)] if isinstance(messages, list) else []


def reply_text(step: Step) -> str:
    """What the model answered, as text; empty for other steps and for steps without a reply."""
    result = step.result if isinstance(step.result, dict) else {}
    return str(result.get("content") or "")


def count_steps(run_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many steps each run has begun. The caller has authorized the runs."""
    found = RunEvent.objects.filter(run_id__in=list(run_ids)).exclude(path="")
    found = found.exclude(type=EventType.PROGRESS_REPORTED)
    return {row["run_id"]: row["steps"] for row in found.values("run_id").annotate(steps=Count("path", distinct=True))}


def describe_doing(steps: Sequence[Step]) -> str:
    """What a run is doing now, in a few words for people."""
    if not steps:
        return "Starting"
    last = steps[-1]
    if last.path.startswith("intent/"):
        return "Understanding the message"
    if last.kind == "tool":
        return f"Using {_step_label(last, *_pairs(last.path)[-1])}"
    return "Writing the answer" if last.kind == "model" else "Working"


def _pairs(path: str) -> list[tuple[str, str]]:
    parts = path.split("/")
    pairs = [(parts[i], parts[i + 1]) for i in range(0, len(parts) - 1, 2)]
    return pairs or [(path, "0")]


def _scope_label(name: str, number: str) -> str:
    label = _SCOPES.get(name, name.replace("_", " ").capitalize())
    return label if number == "0" else f"{label} ({int(number) + 1})"


def _step_label(step: Step, name: str, number: str) -> str:
    request = step.request if isinstance(step.request, dict) else {}
    if step.kind == "tool" and request.get("tool"):
        return str(request["tool"])
    label = {"model": "Ask the model", "load": "Load the conversation", "commit": "Save the turn"}.get(
        name, name.replace("_", " ").capitalize()
    )
    return label if number == "0" else f"{label} ({int(number) + 1})"
