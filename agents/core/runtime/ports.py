"""What the engine needs from outside: a journal, a clock, models, tools, live listeners. Adapters implement these."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from agents.core.llm.port import ChatModel, ToolSchema
from agents.core.runtime.effects import Effect
from agents.core.runtime.events import Event, NewEvent
from agents.core.spec.agent import ModelSpec


@dataclass(frozen=True, slots=True)
class LocalWork:
    """A named piece of work in the journal's own transaction: ``name`` of the local-work catalog, JSON ``data``.

    Its JSON result becomes the step's result.
    """

    name: str
    data: dict[str, Any]

    def with_arguments(self, arguments: dict[str, Any] | None) -> LocalWork:
        """The same work on the arguments that a person edited, if any."""
        return self if arguments is None else LocalWork(self.name, {**self.data, "arguments": arguments})


class Journal(Protocol):
    """The append-only record of one run. ``faults`` are the errors of its storage: no fault of the run itself."""

    @property
    def faults(self) -> tuple[type[Exception], ...]: ...

    async def load(self) -> Sequence[Event]: ...

    async def append(self, *events: NewEvent) -> None:
        """Durable when it returns; the events' money moves in the same transaction.

        Raises ``LeaseLost`` when another worker has taken the run, and ``BudgetExceeded``, writing nothing, when a
        reservation would pass the run's limit.
        """
        ...

    def append_later(self, *events: NewEvent) -> None:
        """Takes ``events`` and returns: they are on disk before whatever is appended next, and soon in any case.

        For outcomes: no effect begins before the next intent is on disk, so nothing can follow from one that is lost.
        """
        ...

    async def append_local(self, work: LocalWork, finished: Callable[[Any], NewEvent]) -> tuple[Any, NewEvent]:
        """Does ``work`` and appends ``finished(result)`` in one transaction; returns the result and the event.

        An error of the work is raised as it is, and nothing is written.
        """
        ...


class Clock(Protocol):
    def now(self) -> datetime: ...


class Listener(Protocol):
    """Hears what is live and never stored."""

    def delta(self, path: str, text: str) -> None:
        """``text`` is the whole text of the step so far, so that a lost or late message costs nothing."""
        ...


@dataclass(frozen=True)
class Tool:
    """A tool of the catalog.

    ``call`` gets the validated arguments and, for KEYED effects, the idempotency key. For LOCAL tools ``local`` names the
    local work that the journal does in its transaction, and ``call`` is absent.
    """

    name: str
    description: str
    parameters: dict[str, Any]
    effect: Effect
    call: Callable[[dict[str, Any], str], Awaitable[Any]] | None = None
    local: str = ""
    asks: bool = False  # the call is a question to a person: ``question`` and ``options`` of its arguments
    danger: str = "safe"  # safe, low, medium, high, critical
    summary: str = ""  # a sentence with {argument} placeholders: what a person reads on the approval card

    @property
    def schema(self) -> ToolSchema:
        return ToolSchema(name=self.name, description=self.description, parameters=self.parameters)


class Models(Protocol):
    def get(self, model: ModelSpec) -> tuple[ChatModel, ModelSpec]:
        """The provider of ``model`` and the spec with defaults filled in. Raises ``ModelError(code="not_configured")``."""
        ...


class Tools(Protocol):
    def get(self, name: str) -> Tool:
        """Raises ``UnknownTool`` that lists the known names."""
        ...


def _no_probe(name: str) -> None:
    """Outside crash tests nothing listens."""


@dataclass(frozen=True)
class Ports:
    """Everything a run may touch, bundled."""

    journal: Journal
    models: Models
    tools: Tools
    clock: Clock
    listener: Listener
    probe: Callable[[str], None] = _no_probe  # crash points: called with a name of agents.core.runtime.probes
