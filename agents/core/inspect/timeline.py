"""The waterfall of a run, folded from its journal: lanes of bars with a kind, a place in time and a cost.

All times are seconds after the run's first event. The same events and the same ``now`` always give the same waterfall.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from agents.core.inspect.labels import path_pairs, scope_label, step_label
from agents.core.runtime.events import Event, EventType
from agents.core.runtime.steps import Step

MODEL, TOOL, PERSON, CHILD, QUEUE, COMPUTE = "model", "tool", "person", "child", "queue", "compute"
RUN_LANE = "Run"
MAX_ROWS = 6  # of one lane: what overlaps more often is drawn over each other
ASKED = (EventType.APPROVAL_REQUESTED, EventType.QUESTION_ASKED, EventType.OUTCOME_UNKNOWN, EventType.BUDGET_REACHED)
DECIDED = (
    EventType.APPROVAL_DECIDED,
    EventType.QUESTION_ANSWERED,
    EventType.OUTCOME_DECIDED,
    EventType.BUDGET_DECIDED,
)
STEP_ENDS = (EventType.STEP_FINISHED, EventType.STEP_FAILED, EventType.STEP_CANCELLED)
RUN_ENDS = (EventType.RUN_SUCCEEDED, EventType.RUN_FAILED, EventType.RUN_CANCELLED, EventType.RUN_EXPIRED)


@dataclass(slots=True)
class Bar:
    """One stretch of time. ``count`` bars of one kind stand for one where they would be too narrow to tell apart.

    ``state``: done, failed, cut (lost with its worker, or cancelled), open (still going on).
    """

    kind: str
    start: float
    end: float
    label: str
    path: str = ""
    cost_microusd: int | None = 0
    state: str = "open"
    count: int = 1
    row: int = 0
    seq: int = 0

    @property
    def seconds(self) -> float:
        return self.end - self.start


@dataclass(slots=True)
class Lane:
    """An agent's bars, or the run's own; bars that overlap lie in rows of their own."""

    name: str
    bars: list[Bar] = field(default_factory=list)
    rows: int = 1


@dataclass(frozen=True, slots=True)
class Timeline:
    """``times`` holds the second of every event, by its place in the journal."""

    lanes: tuple[Lane, ...]
    total: float
    times: tuple[float, ...]
    began_at: datetime | None


def fold_timeline(events: Sequence[Event], steps: Iterable[Step], now: datetime) -> Timeline:
    """``now`` closes what still goes on; for a run that has ended nothing does, and ``now`` changes nothing."""
    if not events:
        return Timeline((), 0.0, (), None)
    folding = _Folding(events[0].at, {step.path: step for step in steps})
    for event in events:
        folding.add(event)
    ended = any(event.type in RUN_ENDS for event in events[-3:])
    end = max(folding.second(events[-1].at), 0.0 if ended else folding.second(now))
    folding.close_open(end)
    lanes = [lane for lane in folding.lanes.values() if lane.bars]
    for lane in lanes:
        _stack(lane)
    return Timeline(tuple(lanes), end, tuple(folding.second(event.at) for event in events), events[0].at)


def merged(timeline: Timeline, start: float, end: float, resolution: int = 400) -> list[Lane]:
    """The bars within a window. Of those narrower than ``1/resolution`` of it, all that begin in one such sliver are one bar,
    so no row holds more than twice ``resolution``."""
    finest = max(end - start, 1e-6) / resolution
    lanes = []
    for lane in timeline.lanes:
        slivers: dict[tuple[int, str, str, int], Bar] = {}
        bars: list[Bar] = []
        for bar in lane.bars:
            if bar.end < start or bar.start > end:
                continue
            sliver = (bar.row, bar.kind, bar.state, int(bar.start / finest))
            if bar.seconds >= finest:
                bars.append(bar)
            elif sliver in slivers:
                _join(slivers[sliver], bar)
            else:
                slivers[sliver] = replace(bar)
                bars.append(slivers[sliver])
        lanes.append(Lane(lane.name, bars, lane.rows))
    return lanes


def ticks(start: float, end: float, at_most: int = 8) -> list[float]:
    """Round seconds between ``start`` and ``end`` for the axis."""
    span = max(end - start, 1e-6)
    step = next((s for s in _STEPS if span / s <= at_most), span / at_most)
    first = int(start / step)
    return [n * step for n in range(first, first + at_most + 2) if start <= n * step <= end]


_STEPS = tuple(
    [m * 10.0**p for p in range(-4, 2) for m in (1, 2, 5)]
    + [60.0, 120.0, 300.0, 600.0, 1200.0, 1800.0, 3600.0, 7200.0, 14400.0, 43200.0, 86400.0, 604800.0, 2592000.0]
)


class _Folding:
    """Opens and closes bars event by event."""

    def __init__(self, began_at: datetime, steps: dict[str, Step]):
        self.began_at = began_at
        self.steps = steps
        self.lanes: dict[str, Lane] = {RUN_LANE: Lane(RUN_LANE)}
        self._open: dict[str, Bar] = {}  # what is done, by path; "" is the run itself
        self._asked: dict[str, Bar] = {}  # what a person has been asked, by path
        self._kept = False

    def second(self, at: datetime) -> float:
        return max(0.0, (at - self.began_at).total_seconds())

    def add(self, event: Event) -> None:
        at = self.second(event.at)
        if event.path:
            if not self._kept:
                self._add_step(event, at)
        elif event.type is EventType.RUN_QUEUED:
            self._kept = "forked_from" in event.payload
            self._run_bar(QUEUE, at, "Waits for a worker", event.seq)
        elif event.type is EventType.RUN_RESUMED:
            self._run_bar(QUEUE, at, "Waits for a worker", event.seq)
        elif event.type is EventType.RUN_STARTED:
            self._kept = False
            for path in [path for path in self._open if path]:  # begun by a worker that is gone
                self._close(path, at, "cut")
            self._run_bar(COMPUTE, at, f"Runs on {event.payload.get('worker', 'a worker')}", event.seq)
        elif event.type is EventType.RUN_WAITING:
            kind = CHILD if event.payload.get("on") == "child" else PERSON
            self._run_bar(kind, at, str(event.payload.get("title") or "Waits for a person"), event.seq)
        elif event.type in RUN_ENDS:
            state = {EventType.RUN_SUCCEEDED: "done", EventType.RUN_FAILED: "failed"}.get(event.type, "cut")
            self.close_open(at, state)

    def close_open(self, at: float, state: str = "") -> None:
        """Ends what is open at ``at``; without ``state`` it is still going on."""
        for path in list(self._open):
            self._close(path, at, (state if path == "" else "cut") if state else "open")
        for path in list(self._asked):
            self._answered(path, at, "cut" if state else "open")

    def _add_step(self, event: Event, at: float) -> None:
        if event.type is EventType.STEP_STARTED:
            self._close(event.path, at, "cut")
            self._open[event.path] = self._step_bar(event, at)
        elif event.type in STEP_ENDS:
            state = {EventType.STEP_FINISHED: "done", EventType.STEP_FAILED: "failed"}.get(event.type, "cut")
            bar = self._open.pop(event.path, None) or self._step_bar(event, max(0.0, at - _took(event)))
            bar.end, bar.state = max(bar.start, at), state
            usage = event.payload.get("usage")
            bar.cost_microusd = usage.get("cost_microusd") if usage else bar.cost_microusd
        elif event.type in ASKED:
            step = self.steps.get(event.path)
            label = str(event.payload.get("title") or "Waits for a person")
            bar = Bar(PERSON, at, at, label, event.path, seq=event.seq)
            self._lane(step).bars.append(bar)
            self._asked[event.path] = bar
        elif event.type in DECIDED:
            self._answered(event.path, at, "done")

    def _step_bar(self, event: Event, at: float) -> Bar:
        step = self.steps.get(event.path)
        kind = str(event.payload.get("kind", "")) or (step.kind if step else "")
        bar = Bar(
            kind if kind in (MODEL, TOOL) else COMPUTE,
            at,
            at,
            step_label(step) if step else event.path,
            event.path,
            cost_microusd=event.payload.get("lost_microusd", 0),
            seq=event.seq,
        )
        self._lane(step).bars.append(bar)
        return bar

    def _run_bar(self, kind: str, at: float, label: str, seq: int) -> None:
        self._close("", at, "done")
        bar = Bar(kind, at, at, label, seq=seq)
        self.lanes[RUN_LANE].bars.append(bar)
        self._open[""] = bar

    def _close(self, path: str, at: float, state: str) -> None:
        bar = self._open.pop(path, None)
        if bar is not None:
            bar.end, bar.state = max(bar.start, at), state

    def _answered(self, path: str, at: float, state: str) -> None:
        bar = self._asked.pop(path, None)
        if bar is not None:
            bar.end, bar.state = max(bar.start, at), state

    def _lane(self, step: Step | None) -> Lane:
        name = _lane_name(step)
        if name not in self.lanes:
            self.lanes[name] = Lane(name)
        return self.lanes[name]


def _lane_name(step: Step | None) -> str:
    """The agent's name; where the journal names none, the outermost scope."""
    if step is None:
        return "Steps"
    if step.agent:
        return step.agent
    pairs = path_pairs(step.path)
    return scope_label(pairs[0][0], "0") if len(pairs) > 1 else "Steps"


def _took(event: Event) -> float:
    return float(event.payload.get("duration_s") or 0.0)


def _join(into: Bar, bar: Bar) -> None:
    into.end = max(into.end, bar.end)
    into.count += bar.count
    known = into.cost_microusd is not None and bar.cost_microusd is not None
    into.cost_microusd = (into.cost_microusd or 0) + (bar.cost_microusd or 0) if known else None


def _stack(lane: Lane) -> None:
    """Gives each bar the first row that is free when it starts."""
    free_from: list[float] = []
    lane.bars.sort(key=lambda bar: (bar.start, bar.seq))
    for bar in lane.bars:
        row = next((n for n, free in enumerate(free_from) if free <= bar.start + 1e-9), len(free_from))
        if row >= MAX_ROWS:
            row = MAX_ROWS - 1
        if row == len(free_from):
            free_from.append(0.0)
        free_from[row] = max(free_from[row], bar.end)
        bar.row = row
    lane.rows = max(1, len(free_from))
