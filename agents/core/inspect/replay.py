"""Replay: a recorded run is executed once more over its journal, with ports that refuse the world.

It costs nothing and does nothing. It proves that the code makes of the same answers the same requests and the same result;
where it does not, it names the first request that differs.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from time import perf_counter
from typing import Any, NoReturn

from agents.core.inspect.changes import Change, find_changes
from agents.core.llm.port import ModelError
from agents.core.runtime.chain import Door
from agents.core.runtime.context import Next, RunContext, StepCall
from agents.core.runtime.deadline import timed_out_scopes
from agents.core.runtime.events import Event, NewEvent
from agents.core.runtime.outcome import Outcome, Runner, run_to_outcome
from agents.core.runtime.ports import LocalWork, Ports, Tools
from agents.core.runtime.storable import dump_stored
from trust.core.canonical import digest

PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True)
class Recorded:
    """How the run stands in its row: what a replay must come to."""

    status: str
    output: Any = None
    error: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Replayed:
    """``verdict``: equal, diverged, open (the recording ends before the run does: it waits, was cut off, or still runs).

    ``path`` is where it diverged or where the recording ends. ``request`` is how the request made now differs from the
    recorded one, ``result`` how the outcome does. ``unused`` are recorded steps that the code never came to.
    """

    verdict: str
    told: str
    steps: int
    seconds: float
    path: str = ""
    request: tuple[Change, ...] = ()
    result: tuple[Change, ...] = ()
    unused: tuple[str, ...] = ()
    digest: str = ""


class RecordingEnds(BaseException):
    """The code wants to touch the world: the journal has no result of this step. Unwinds past every ``except``."""

    def __init__(self, path: str):
        super().__init__(path)
        self.path = path


async def replay(
    events: Sequence[Event], recorded: Recorded, *, runner: Runner, spec: Any, inputs: dict[str, Any], tools: Tools, run_id: str
) -> Replayed:
    """Runs ``runner`` over ``events``. ``tools`` are read for what they declare and never called."""
    started = perf_counter()
    ports = _sealed(events, tools)
    door = _ReplayDoor(ports, events)
    ended_at = ""
    outcome: Outcome | None = None
    try:
        async with asyncio.timeout(PATIENCE_S):
            outcome = await run_to_outcome(door, run_id, runner, spec, inputs)
    except RecordingEnds as end:
        ended_at = end.path
    except TimeoutError:
        outcome = Outcome("interrupted")
    seconds = perf_counter() - started
    return replace(_judge(outcome, ended_at, recorded, door, events), steps=len(door.asked), seconds=round(seconds, 4))


def _judge(outcome: Outcome | None, ended_at: str, recorded: Recorded, door: _ReplayDoor, events: Sequence[Event]) -> Replayed:
    n = len(door.asked)
    blank = Replayed("open", "", n, 0.0)
    if outcome is None:
        lost = (recorded.error or {}).get("code") == "crashed"  # its workers died over it: the recording just ends
        if recorded.status in ("succeeded", "failed") and not lost:
            told = f"The code goes on to {ended_at}, which the journal has no result of, although the run {recorded.status}."
            return replace(blank, verdict="diverged", told=told, path=ended_at)
        told = f"All {n} steps up to here replay. The recording ends at {ended_at}."
        return replace(blank, told=told, path=ended_at)
    if outcome.status == "interrupted":
        told = f"The replay was ended after {PATIENCE_S:.0f} s: the code waits for something that is not in the journal."
        return replace(blank, verdict="diverged", told=told)
    if outcome.error.get("code") == "divergence":
        return _divergence(outcome, door, events, blank)
    return _compare(outcome, recorded, door, events, blank)


def _divergence(outcome: Outcome, door: _ReplayDoor, events: Sequence[Event], blank: Replayed) -> Replayed:
    path = str(outcome.error.get("details", {}).get("path", ""))
    before = next((e.payload["request"] for e in events if e.path == path and "request" in e.payload), None)
    told = f"At {path} the code of today asks for something else than it did when the run was recorded."
    changes = tuple(find_changes(before, door.asked.get(path)))
    return replace(blank, verdict="diverged", told=told, path=path, request=changes)


def _compare(outcome: Outcome, recorded: Recorded, door: _ReplayDoor, events: Sequence[Event], blank: Replayed) -> Replayed:
    steps = list(dict.fromkeys(e.path for e in events if e.path))
    cut = tuple(f"{scope}/" for scope in timed_out_scopes(events))  # what was cut off there is not done again
    unused = tuple(path for path in steps if path not in door.asked and not path.startswith(cut))
    if outcome.status == "waiting":
        where = str(outcome.waiting_on.get("path", ""))
        if recorded.status in ("waiting", "cancelled", "expired", "queued", "running"):
            told = f"All {blank.steps} steps replay; the recording ends at {where}, where the run waits for a person."
            return replace(blank, told=told, path=where, unused=unused)
    made = json.loads(dump_stored({"status": outcome.status, "output": outcome.output, "error": outcome.error or None}))
    was = {"status": recorded.status, "output": recorded.output, "error": recorded.error}
    differing = tuple(find_changes(was, made))
    if differing:
        told = f"All {blank.steps} steps replay, but the run ends otherwise than recorded."
        return replace(blank, verdict="diverged", told=told, result=differing, unused=unused)
    if unused:
        told = f"The run ends as recorded, but the code never comes to {len(unused)} of its steps."
        return replace(blank, verdict="diverged", told=told, path=unused[0], unused=unused)
    told = f"All {blank.steps} steps replay, and the run ends with the same result, to the byte."
    return replace(blank, verdict="equal", told=told, digest=digest(made))


class _ReplayDoor(Door):
    """Notes every request that the code makes; otherwise the very door that every run goes through."""

    def __init__(self, ports: Ports, events: Sequence[Event]):
        super().__init__(ports, events)
        self.asked: dict[str, dict[str, Any]] = {}

    def context(self, run_id: str) -> RunContext:
        return RunContext(self.ports, _noting(self.asked, self._enter), run_id, keeper=self)


def _noting(asked: dict[str, dict[str, Any]], go: Next) -> Next:
    async def noted(call: StepCall) -> Any:
        asked[call.path] = call.request
        return await go(call)

    return noted


def _sealed(events: Sequence[Event], tools: Tools) -> Ports:
    began_at = events[0].at
    return Ports(
        journal=_SealedJournal(events), models=_NoModels(), tools=tools, clock=_StoppedClock(began_at), listener=_Deaf()
    )


class _SealedJournal:
    """Can be read. Whatever would be written is a step that the recording has no result of."""

    faults: tuple[type[Exception], ...] = ()

    def __init__(self, events: Sequence[Event]):
        self._events = events

    async def load(self) -> Sequence[Event]:
        return self._events

    async def append(self, *events: NewEvent) -> None:
        _refuse(events)

    def append_later(self, *events: NewEvent) -> None:
        _refuse(events)

    async def append_local(self, work: LocalWork, finished: Callable[[Any], NewEvent]) -> tuple[Any, NewEvent]:
        _refuse([finished(None)])


@dataclass(frozen=True)
class _StoppedClock:
    at: datetime

    def now(self) -> datetime:
        return self.at


class _NoModels:
    """No provider is configured: the price of a call that is not made is nothing."""

    def get(self, model: Any) -> NoReturn:
        raise ModelError("a replay asks no model", code="not_configured")


class _Deaf:
    def delta(self, path: str, text: str) -> None:
        """Nothing is live in a replay."""


def _refuse(events: Sequence[NewEvent]) -> NoReturn:
    raise RecordingEnds(events[0].path)
