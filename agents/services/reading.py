"""Steps of a run as people read them: headings by scope, prompts as messages, counts, and what a run does now. Read only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count

from agents.core.inspect.labels import path_pairs, scope_label, step_icon, step_label
from agents.core.runtime.events import EventType
from agents.core.runtime.steps import Step
from agents.models.run import RunEvent


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
        names = path_pairs(step.path)
        scope = names[:-1]
        keys = [f"{n}/{i}" for n, i in scope]
        shared = 0
        while shared < min(len(keys), len(current)) and keys[shared] == current[shared]:
            shared += 1
        for depth in range(shared, len(scope)):
            rows.append(StepRow("/".join(keys[: depth + 1]), scope_label(*scope[depth]), depth))
        current = keys
        rows.append(
            StepRow(
                path=step.path,
                label=step_label(step),
                depth=len(scope),
                icon=step_icon(step),
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
    """What a run is doing now, in a few words for people: what it says of its progress, and the step under way."""
    told = next((step.request.get("message") for step in reversed(steps) if step.kind == "progress"), None)
    doing = _describe_step(steps)
    return f"{told}: {doing[:1].lower()}{doing[1:]}" if told else doing


def _describe_step(steps: Sequence[Step]) -> str:
    taken = [step for step in steps if step.kind != "progress"]
    if not taken:
        return "Starting"
    last = taken[-1]
    if last.path.startswith("intent/"):
        return "Understanding the message"
    if last.kind == "tool":
        return f"Using {step_label(last)}"
    return "Writing the answer" if last.kind == "model" else "Working"
