"""Two runs side by side: their steps aligned by path, the first place where they part, and what differs. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from agents.core.inspect.account import Account
from agents.core.inspect.changes import Change, find_changes
from agents.core.inspect.labels import step_label
from agents.core.runtime.steps import Step

SHOWN_CHANGES = 20  # of one step


@dataclass(frozen=True, slots=True)
class Side:
    """One run as comparing needs it."""

    inputs: dict[str, Any]
    output: Any
    error: dict[str, Any] | None
    steps: Sequence[Step]
    account: Account
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Pair:
    """The step at one path in both runs. ``state``: same, changed, left (only there), right (only there)."""

    path: str
    label: str
    state: str
    left: Step | None
    right: Step | None
    request: tuple[Change, ...] = ()
    result: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """``first`` is the path at which the runs part; empty when all steps are the same."""

    pairs: tuple[Pair, ...]
    first: str
    inputs: tuple[Change, ...]
    output: tuple[Change, ...]
    left: Side
    right: Side

    @property
    def counts(self) -> dict[str, int]:
        found = dict.fromkeys(("same", "changed", "left", "right"), 0)
        for pair in self.pairs:
            found[pair.state] += 1
        return found


def compare(left: Side, right: Side) -> Comparison:
    pairs = tuple(_pair(path, a, b) for path, a, b in _align(left.steps, right.steps))
    first = next((pair.path for pair in pairs if pair.state != "same"), "")
    before, after = ({"output": side.output, "error": side.error} for side in (left, right))
    return Comparison(
        pairs,
        first,
        tuple(find_changes(left.inputs, right.inputs)),
        tuple(find_changes(before, after)),
        left,
        right,
    )


def _align(left: Sequence[Step], right: Sequence[Step]) -> list[tuple[str, Step | None, Step | None]]:
    """In the order of ``left``; what only ``right`` has stands behind the step that it followed there."""
    there = {step.path: step for step in right}
    known = {step.path for step in left}
    follows: dict[str, list[Step]] = {}
    last = ""
    for step in right:
        if step.path in known:
            last = step.path
        else:
            follows.setdefault(last, []).append(step)
    rows: list[tuple[str, Step | None, Step | None]] = [(s.path, None, s) for s in follows.get("", [])]
    for step in left:
        rows.append((step.path, step, there.get(step.path)))
        rows += [(s.path, None, s) for s in follows.get(step.path, [])]
    return rows


def _pair(path: str, left: Step | None, right: Step | None) -> Pair:
    if left is None or right is None:
        only = left or right
        assert only is not None
        return Pair(path, step_label(only), "left" if right is None else "right", left, right)
    same_request = left.digest == right.digest if left.digest and right.digest else left.request == right.request
    request = () if same_request else tuple(find_changes(left.request, right.request, SHOWN_CHANGES))
    result = tuple(find_changes(_outcome(left), _outcome(right), SHOWN_CHANGES))
    state = "same" if same_request and not result else "changed"
    return Pair(path, step_label(left), state, left, right, request, result)


def _outcome(step: Step) -> dict[str, Any]:
    return {"status": step.status, "result": step.result, "error": step.error}
