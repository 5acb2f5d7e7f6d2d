"""Every port of the runtime in memory: the framework without Django, and the ground of the core's tests."""

from __future__ import annotations

import importlib
import shutil
import tempfile
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from agents.core.autonomy.budgets import budget_exceeded
from agents.core.runtime.chain import build_door
from agents.core.runtime.events import PAYLOAD_VERSION, Event, EventType, NewEvent
from agents.core.runtime.outcome import Outcome, Runner, run_to_outcome
from agents.core.runtime.ports import Clock, Egress, HttpAnswer, Listener, LocalWork, Models, Ports, Tools


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class Deltas:
    """Keeps the latest live text of each step; ``hear`` is told of each."""

    texts: dict[str, str] = field(default_factory=dict)
    hear: Callable[[str, str], None] | None = None

    def delta(self, path: str, text: str) -> None:
        self.texts[path] = text
        if self.hear:
            self.hear(path, text)


LocalFunction = Callable[[dict[str, Any]], Any]


class MemoryJournal:
    """A journal that lives as long as its object, with the account of one run."""

    faults: tuple[type[Exception], ...] = ()

    def __init__(self, clock: Clock, local: Mapping[str, LocalFunction] | None = None, limit_microusd: int | None = None):
        self.events: list[Event] = []
        self.limit_microusd = limit_microusd
        self.reserved_microusd = self.spent_microusd = self.tokens = 0
        self._clock = clock
        self._local = local or {}

    async def load(self) -> Sequence[Event]:
        return tuple(self.events)

    async def append(self, *events: NewEvent) -> None:
        self.append_later(*events)

    def append_later(self, *events: NewEvent) -> None:
        for event in events:
            self._pay(event)
            now = self._clock.now()
            seq = len(self.events) + 1
            if event.type is EventType.BUDGET_DECIDED:
                self._raise(event.payload)
            self.events.append(Event(seq, event.type, event.path, event.payload, PAYLOAD_VERSION, now))

    async def append_local(self, work: LocalWork, finished: Callable[[Any], NewEvent]) -> tuple[Any, NewEvent]:
        if work.name not in self._local:
            raise KeyError(f"no local work {work.name!r}; there is: {', '.join(sorted(self._local)) or 'none'}")
        result = self._local[work.name](work.data)
        event = finished(result)
        await self.append(event)
        return result, event

    def _raise(self, decision: dict[str, Any]) -> None:
        if self.limit_microusd is not None and decision["decision"] == "raise" and decision["account"] == "run":
            self.limit_microusd += int(decision["raise_by"])

    def _pay(self, event: NewEvent) -> None:
        money = event.money
        if money is None:
            return
        spent = self.spent_microusd + money.spend_microusd
        reserved = self.reserved_microusd + money.reserve_microusd - money.release_microusd
        if self.limit_microusd is not None and money.reserve_microusd and spent + reserved > self.limit_microusd:
            held = reserved - money.reserve_microusd
            raise budget_exceeded(
                "run",
                "the run",
                "microusd",
                limit=self.limit_microusd,
                used=spent,
                reserved=held,
                needed=money.reserve_microusd,
            )
        self.spent_microusd, self.reserved_microusd = spent, reserved
        self.tokens += money.input_tokens + money.output_tokens


class CatalogTools:
    """The tools of the catalog, plus those given by hand."""

    def __init__(self, extra: Mapping[str, Any] | None = None):
        self._extra = dict(extra or {})

    def get(self, name: str) -> Any:
        if name in self._extra:
            return self._extra[name]
        catalog = importlib.import_module("agents.core.tools.catalog")
        return catalog.get_tool(name)


class PublicEgress:
    """The way out with the usual rules: every public address. Its adapter is loaded with the first request, by name."""

    async def request(self, method: str, url: str, **options: Any) -> HttpAnswer:
        egress = importlib.import_module("agents.adapters.egress")
        answer: HttpAnswer = await egress.HttpEgress(egress.EgressRules()).request(method, url, **options)
        return answer


def memory_ports(
    *,
    models: Models,
    tools: Tools | None = None,
    listener: Listener | None = None,
    local: Mapping[str, LocalFunction] | None = None,
    limit_microusd: int | None = None,
    clock: Clock | None = None,
    workspace: Path | None = None,
    egress: Egress | None = None,
) -> Ports:
    """``workspace``: the folder that file tools and the shell work in; without one, a temporary one, gone with the journal."""
    clock = clock or SystemClock()
    journal = MemoryJournal(clock, local, limit_microusd)
    return Ports(
        journal=journal,
        models=models,
        tools=tools or CatalogTools(),
        clock=clock,
        listener=listener or Deltas(),
        workspace=workspace or _temporary_folder(journal),
        egress=egress or PublicEgress(),
    )


def _temporary_folder(owner: object) -> Path:
    """A name for a folder that comes into being with the first file and is removed when ``owner`` is."""
    folder = Path(tempfile.gettempdir()) / f"kaizen-run-{uuid4().hex}"
    weakref.finalize(owner, shutil.rmtree, folder, ignore_errors=True)
    return folder


async def run_in_memory(runner: Runner, spec: Any, inputs: dict[str, Any], ports: Ports, run_id: str = "") -> Outcome:
    """One attempt of a run over ``ports``: call it again with the same ports to replay or to go on after a decision."""
    door = build_door(ports, await ports.journal.load())
    return await run_to_outcome(door, run_id or uuid4().hex, runner, spec, inputs)
