"""The step tree: rows at four granularities, with badges, filters and the failing path. Pure; pages and API draw the same."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from agents.core.inspect.labels import path_pairs, scope_label, scope_of, step_icon, step_label
from agents.core.runtime.events import Event
from agents.core.runtime.steps import Step

GRAINS = ("turns", "steps", "calls", "events")
KINDS = ("model", "tool", "person", "other")
ONLY = ("errors", "failing", "cost")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the tree a person wants to see; empty means all."""

    grain: str = "steps"
    kind: str = ""
    only: str = ""
    search: str = ""

    @property
    def filtered(self) -> bool:
        return bool(self.kind or self.only or self.search)


@dataclass(frozen=True, slots=True)
class Badge:
    tone: str
    icon: str
    text: str
    title: str = ""


@dataclass(slots=True)
class Row:
    """One line: a heading of a scope, a step, or an event. ``seconds`` and ``cost_microusd`` are of all that it stands for."""

    path: str
    label: str
    depth: int
    kind: str = "scope"  # scope, step, event
    icon: str = ""
    step: Step | None = None
    event: Event | None = None
    status: str = ""
    seconds: float = 0.0
    cost_microusd: int | None = 0
    steps: int = 0
    badges: list[Badge] = field(default_factory=list)


def list_rows(
    steps: Sequence[Step], events: Sequence[Event], wanted: Wanted, *, failing: str = "", forked_at: str = ""
) -> list[Row]:
    """The rows of a run in the order of its journal. ``failing`` is the step that a failed run failed at."""
    shown = [step for step in steps if _fits(step, wanted, failing)]
    if wanted.grain == "turns":
        return _turn_rows(shown)
    if wanted.grain == "events":
        paths = {step.path for step in shown}
        picked = (e for e in events if (e.path in paths if e.path else not wanted.filtered))
        return [_event_row(event) for event in picked]
    if wanted.grain == "calls":
        calls = [step for step in shown if step.kind in ("model", "tool")]
        return [_step_row(step, 0, forked_at) for step in calls]
    return _step_rows(shown, forked_at)


def failing_step(steps: Sequence[Step], error: dict[str, Any] | None) -> str:
    """The path of the step at which a failed run failed; empty for a run that did not fail."""
    if not error:
        return ""
    named = str((error.get("details") or {}).get("path", ""))
    if any(step.path == named for step in steps):
        return named
    failed = [step.path for step in steps if step.status in ("failed", "cancelled")]
    return failed[-1] if failed else steps[-1].path if steps else ""


def badges_of(step: Step, forked_at: str = "") -> list[Badge]:
    """What is out of the ordinary about a step, each in one or two words."""
    found = []
    if step.attempt > 1:
        found.append(
            Badge("warn", "refresh", f"{step.attempt} attempts", "It was begun again after a crash or an unknown outcome")
        )
    decision = str(step.policy.get("decision", ""))
    if decision in _POLICY and not (decision == "allow" and not step.policy.get("trail")):
        tone, icon, text = _POLICY[decision]
        found.append(Badge(tone, icon, text, str(step.policy.get("reason", ""))))
    if step.kept and not step.edited:
        found.append(Badge("", "history", "replayed", "Taken over from the run that this one was forked from; not done again"))
    if step.path == forked_at:
        found.append(Badge("accent", "git-fork", "forked here", "This run leaves the one it was forked from at this step"))
    if step.edited:
        found.append(Badge("warn", "pencil", "result edited", "A person set this result; the step was not performed"))
    elif step.arguments is not None:
        found.append(Badge("warn", "pencil", "edited", "A person changed the arguments"))
    return found


def group_rows(rows: Iterable[Row]) -> dict[str, int]:
    """How many rows of each status there are, for the sentence above the tree."""
    counts: dict[str, int] = {}
    for row in rows:
        if row.step is not None:
            counts[row.step.status] = counts.get(row.step.status, 0) + 1
    return counts


_POLICY = {
    "allow": ("ok", "shield-check", "allowed"),
    "ask": ("wait", "user", "asked"),
    "deny": ("bad", "lock", "denied"),
}


def _fits(step: Step, wanted: Wanted, failing: str) -> bool:
    if wanted.kind and _family(step) != wanted.kind:
        return False
    if wanted.only == "errors" and step.status not in ("failed", "cancelled"):
        return False
    if wanted.only == "failing" and not _leads_to(step.path, failing):
        return False
    if wanted.only == "cost" and step.total_microusd == 0:
        return False
    return not wanted.search or _holds(step, wanted.search)


def _family(step: Step) -> str:
    if step.kind in ("question", "approval") or step.card is not None:
        return "person"
    return step.kind if step.kind in ("model", "tool") else "other"


def _leads_to(path: str, failing: str) -> bool:
    """Whether ``path`` lies in a scope around the failing step: what ran in branches beside it did not lead there."""
    scope = scope_of(path)
    return bool(failing) and (not scope or failing.startswith(f"{scope}/"))


def _holds(step: Step, search: str) -> bool:
    """Whether the words are in what the step was given, gave back or failed with."""
    sought = search.casefold()
    for part in (step.path, step_label(step), step.request, step.arguments, step.result, step.error, step.partial):
        if part:
            text = part if isinstance(part, str) else json.dumps(part, ensure_ascii=False)
            if sought in text.casefold():
                return True
    return False


def _step_rows(steps: Iterable[Step], forked_at: str) -> list[Row]:
    rows: list[Row] = []
    current: list[str] = []
    for step in steps:
        scope = path_pairs(step.path)[:-1]
        keys = [f"{name}/{number}" for name, number in scope]
        shared = 0
        while shared < min(len(keys), len(current)) and keys[shared] == current[shared]:
            shared += 1
        for depth in range(shared, len(scope)):
            rows.append(Row("/".join(keys[: depth + 1]), scope_label(*scope[depth]), depth))
        current = keys
        rows.append(_step_row(step, len(scope), forked_at))
    return rows


def _step_row(step: Step, depth: int, forked_at: str) -> Row:
    return Row(
        path=step.path,
        label=step_label(step),
        depth=min(depth, 6),
        kind="step",
        icon=step_icon(step),
        step=step,
        status=step.status,
        seconds=step.duration_s,
        cost_microusd=step.total_microusd,
        steps=1,
        badges=badges_of(step, forked_at),
    )


def _turn_rows(steps: Iterable[Step]) -> list[Row]:
    """One row for each agent at work, or outermost scope, in the order in which they began."""
    rows: dict[str, Row] = {}
    for step in steps:
        pairs = path_pairs(step.path)
        depth = 2 if pairs[0][0] == "pathway" and len(pairs) > 2 else 1
        key = "/".join(f"{name}/{number}" for name, number in pairs[:depth])
        row = rows.get(key)
        if row is None:
            named = step.agent if len(pairs) > 1 else ""
            label = named or (scope_label(*pairs[0]) if len(pairs) > 1 else step_label(step))
            row = rows[key] = Row(
                step.path, label, 0, "step", "robot" if len(pairs) > 1 else step_icon(step), step, None, "finished"
            )
        row.steps += 1
        row.seconds += step.duration_s
        unknown = row.cost_microusd is None or step.total_microusd is None
        row.cost_microusd = None if unknown else (row.cost_microusd or 0) + (step.total_microusd or 0)
        if _WORST.index(step.status) > _WORST.index(row.status):
            row.status = step.status
    return list(rows.values())


def _event_row(event: Event) -> Row:
    return Row(event.path, event.type.value, 0, "event", "", None, event)


_WORST = ("finished", "cancelled", "failed", "running", "waiting")
