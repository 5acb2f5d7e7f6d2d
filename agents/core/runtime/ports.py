"""What the engine needs from outside: a journal, a clock, models, tools, live listeners. Adapters implement these."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from agents.core.autonomy.hook_registry import HookRegistry
from agents.core.autonomy.permissions import Grant, Layer
from agents.core.llm.port import ChatModel, ToolSchema
from agents.core.runtime.effects import Effect
from agents.core.runtime.events import Event, NewEvent
from agents.core.spec.agent import AgentSpec, ModelSpec


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


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What came back: ``body`` is cut at the cap that was asked for (``truncated``); ``url`` is where redirects ended."""

    status: int
    headers: dict[str, str]
    body: bytes
    url: str
    truncated: bool = False


class Egress(Protocol):
    """The one way out to the network. Every address is checked after it is resolved and on every redirect."""

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
        timeout_s: float = 30.0,
        max_bytes: int = 10_000_000,
    ) -> HttpAnswer:
        """Raises ``EgressRefused`` for what the rules forbid and ``ToolFailed`` for what the network does."""
        ...


@dataclass(frozen=True, slots=True)
class ToolContext:
    """What a tool's function gets beside its arguments. ``workspace`` is the run's own folder; ``None`` where there is none."""

    run_id: str
    path: str
    idempotency_key: str
    workspace: Path | None = None
    egress: Egress | None = None


ToolFunction = Callable[[dict[str, Any], ToolContext], Awaitable[Any]]


@dataclass(frozen=True)
class Tool:
    """A tool of the catalog.

    ``call`` gets the validated arguments and the call's context, in which KEYED effects find their idempotency key. For LOCAL
    tools ``local`` names the local work that the journal does in its transaction, and ``call`` is absent.
    ``unavailable`` says why the tool cannot be used here; empty: it can.
    """

    name: str
    description: str
    parameters: dict[str, Any]
    effect: Effect
    call: ToolFunction | None = None
    local: str = ""
    asks: bool = False  # the call is a question to a person: ``question`` and ``options`` of its arguments
    edits: bool = False  # changes files of the workspace and nothing else
    danger: str = "safe"  # safe, low, medium, high, critical; unknown: nobody has classed it, so it asks
    result: dict[str, Any] | None = None  # JSON schema of the result, where it is known
    unavailable: str = ""
    unavailable_code: str = "unavailable"  # the code with which its calls fail then
    alias: str = ""  # its second name, for which the same permissions hold
    agent: AgentSpec | None = None  # the tool is an agent: a call is a child run
    summary: str = ""  # a sentence with {argument} placeholders: what a person reads on the approval card

    @property
    def schema(self) -> ToolSchema:
        return ToolSchema(name=self.name, description=self.description, parameters=self.parameters)


class Files(Protocol):
    async def read(self, file: str) -> bytes | None:
        """The content of a file that belongs to the run's organization; ``None`` when there is none."""
        ...


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
    organization: Layer | None = None  # the organization's own permission rules
    outer: tuple[Layer, ...] = ()  # the agents above this run, outermost first
    child_runs: bool = False  # whether agents that are called as tools get runs of their own
    grants: tuple[Grant, ...] = ()  # what people approved for all further calls of this session or run
    workspace: Path | None = None
    egress: Egress | None = None
    files: Files | None = None
    hooks: HookRegistry | None = None
    probe: Callable[[str], None] = _no_probe  # crash points: called with a name of agents.core.runtime.probes
