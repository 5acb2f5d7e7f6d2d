"""A run as the inspector shows it: its journal read in one query and folded at any of its events. Read only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.utils import timezone

from agents.core.inspect.account import Account, fold_account
from agents.core.inspect.compare import Comparison, Side, compare
from agents.core.inspect.sentences import waiting_words
from agents.core.inspect.state import State, fold_state
from agents.core.inspect.timeline import Timeline, fold_timeline
from agents.core.inspect.tree import Row, Wanted, failing_step, list_rows
from agents.core.runtime.events import Event, EventType
from agents.core.runtime.steps import Step, fold_steps
from agents.core.runtime.upgrade import upgrade_payload
from agents.models.run import Run, RunEvent, RunStatus
from agents.services.runs import get_run, visible_runs
from agents.services.workers import SILENT_S, seconds_since_pulse
from trust.core.errors import NotFound
from trust.core.principal import Principal

_TYPES = {kind.value: kind for kind in EventType}  # a look-up for each of thousands of rows
MAX_CHILDREN = 200  # that are listed; all of them are in its journal
MANY = 25  # runs that are offered for a comparison


@dataclass(frozen=True)
class Inspection:
    """A run and its journal, seen at event ``at``: steps, account and state are those after that event.

    The timeline is always the whole one, so that a person can move in it.
    """

    run: Run
    events: Sequence[Event]
    at: int

    @property
    def is_newest(self) -> bool:
        return self.at >= len(self.events)

    @cached_property
    def seen(self) -> Sequence[Event]:
        return self.events[: self.at]

    @cached_property
    def steps(self) -> list[Step]:
        return fold_steps(self.seen)

    @cached_property
    def account(self) -> Account:
        return fold_account(self.seen)

    @cached_property
    def state(self) -> State:
        return fold_state(self.seen)

    @cached_property
    def timeline(self) -> Timeline:
        steps = self.steps if self.is_newest else fold_steps(self.events)
        return fold_timeline(self.events, steps, timezone.now())

    @property
    def status(self) -> str:
        """By the row for the newest event, which also tells of a worker that was lost; by the journal before."""
        return self.run.status if self.is_newest else self.state.status

    @property
    def failing(self) -> str:
        failed = self.status in (RunStatus.FAILED, RunStatus.CANCELLED, RunStatus.EXPIRED)
        return failing_step(self.steps, self.run.error) if failed else ""

    def rows(self, wanted: Wanted) -> list[Row]:
        return list_rows(self.steps, self.seen, wanted, failing=self.failing, forked_at=self.run.forked_at_path)

    def find(self, path: str) -> Step | None:
        return next((step for step in self.steps if step.path == path), None)

    def worth_showing(self) -> Step | None:
        """The step that people look for first: one that waits or failed, else the last that asked a model, else the last."""
        steps = list(reversed(self.steps))
        urgent = next((s for s in steps if s.status == "waiting"), None) or self.find(self.failing)
        asked = next((s for s in steps if s.kind == "model"), None)
        return urgent or asked or (steps[0] if steps else None)

    def events_of(self, path: str) -> list[Event]:
        return [event for event in self.seen if event.path == path]

    def earlier_attempt(self, step: Step) -> Step | None:
        """The step of the same name before it in its scope: what a repair or a retry of the agent follows on."""
        head, _, number = step.path.rpartition("/")
        return self.find(f"{head}/{int(number) - 1}") if number.isdecimal() and number != "0" else None

    def tool_calls_of(self, step: Step) -> Step | None:
        """The model step whose answer asked for this tool call, if one did."""
        if step.kind != "tool":
            return None
        wanted = (step.request.get("tool"), step.request.get("arguments"))
        before = [s for s in self.steps if s.first_seq < step.first_seq and s.kind == "model" and isinstance(s.result, dict)]
        for asked in reversed(before):
            if any((c.get("name"), c.get("arguments", {})) == wanted for c in asked.result.get("tool_calls", ())):
                return asked
        return None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Why a run that has not ended is not done: what it waits for, since when, who has it, and what happens next."""

    what: str
    next: str
    since: datetime | None
    title: str = ""
    worker: str = ""
    lease_until: datetime | None = None
    no_worker: bool = False
    silent_s: float | None = None


def inspect_run(principal: Principal, run_id: UUID, at: int | None = None) -> Inspection:
    """The run with its whole journal. Raises ``NotFound``. ``at`` beyond the journal is its end."""
    run = get_run(principal, run_id)
    events = read_journal(run)
    last = len(events)
    return Inspection(run, events, last if at is None else max(1, min(at, last)))


def read_journal(run: Run) -> list[Event]:
    """All events of a run that the caller may see, in one query."""
    rows = RunEvent.objects.filter(run_id=run.pk).order_by("seq")
    found = []
    for seq, kind, path, payload, version, at in rows.values_list("seq", "type", "path", "payload", "version", "at"):
        event_type = _TYPES[kind]
        found.append(Event(seq, event_type, path, upgrade_payload(event_type, version, payload), version, at))
    return found


def tell_waiting(seen: Inspection) -> Waiting | None:
    """``None`` for a run that has ended, and at events before the newest."""
    run = seen.run
    if run.ended or not seen.is_newest:
        return None
    silent_s = seconds_since_pulse()
    no_worker = silent_s is None or silent_s > SILENT_S
    since = seen.state.since or run.created_at
    if run.status == RunStatus.WAITING:
        what, then = waiting_words(run.waiting_on)
        title = str((run.waiting_on or {}).get("title", ""))
        return Waiting(what, then, since, title, no_worker=no_worker, silent_s=silent_s)
    if run.status == RunStatus.QUEUED:
        what = "a free worker"
        then = "A worker takes it as soon as one is free."
        if run.queue_key:
            then = "A worker takes it when the earlier messages of its conversation are answered."
        return Waiting(what, then, since, no_worker=no_worker, silent_s=silent_s)
    going = [step for step in seen.steps if step.status == "running"]
    what = _doing(going) if going else "its own code"
    then = "If its worker is lost, another takes it over when the lease has run out."
    return Waiting(
        what, then, going[-1].started_at if going else since, "", run.lease_owner, run.lease_until, no_worker, silent_s
    )


def compare_runs(principal: Principal, left_id: UUID, right_id: UUID) -> tuple[Run, Run, Comparison]:
    """Both runs and their steps side by side. Raises ``NotFound`` when the principal may not see one of them."""
    left, right = (inspect_run(principal, run_id) for run_id in (left_id, right_id))
    return left.run, right.run, compare(_side(left), _side(right))


def list_comparable(principal: Principal, run: Run) -> list[Run]:
    """Runs that are worth comparing with: its source, its forks, and the newest others of the same agent or journey."""
    runs = visible_runs(principal).exclude(pk=run.pk).order_by("-created_at")
    near = list(runs.filter(forked_from_id=run.pk)[:MANY])
    if run.forked_from_id:
        near = [*runs.filter(pk=run.forked_from_id), *near]
    same = runs.filter(kind=run.kind, title=run.title)
    if run.version_id:
        same = runs.filter(version__definition_id=run.version.definition_id)  # type: ignore[union-attr]
    known = {found.pk for found in near}
    return [*near, *(found for found in same[:MANY] if found.pk not in known)]


def list_children(principal: Principal, run: Run) -> list[Run]:
    """The runs that its calls of agents started, in the order of their start."""
    return list(visible_runs(principal).filter(parent_id=run.pk).order_by("created_at")[:MAX_CHILDREN])


def source_of(principal: Principal, run: Run) -> Inspection | None:
    """The run that this one was forked from, where it is still there and the principal may see it."""
    if run.forked_from_id is None:
        return None
    try:
        return inspect_run(principal, run.forked_from_id)
    except NotFound:
        return None


def _side(seen: Inspection) -> Side:
    return Side(seen.run.inputs, seen.run.output, seen.run.error, seen.steps, seen.account, seen.state.seconds)


def _doing(going: Sequence[Step]) -> str:
    kinds: dict[str, Any] = {"model": "the model", "tool": "a tool"}
    last = going[-1]
    named = kinds.get(last.kind, "a step")
    others = f" and {len(going) - 1} more" if len(going) > 1 else ""
    if last.kind == "tool" and last.request.get("tool"):
        named = f"the tool {last.request['tool']}"
    return f"{named} ({last.path}){others}"
