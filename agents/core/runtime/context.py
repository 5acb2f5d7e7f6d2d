"""RunContext: the one door. Whatever a run does to the world goes through ``step``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agents.core.runtime.effects import Effect

if TYPE_CHECKING:
    from agents.core.runtime.ports import LocalWork, Ports


@dataclass(frozen=True, slots=True)
class Approval:
    """What a person must see and decide before a step: ``title`` in one sentence, ``risk`` of the tool.

    ``kind`` is ``approval`` (a decision on the step's exact arguments) or ``question`` (the answer is the step's result).
    """

    title: str
    kind: str = "approval"
    risk: str = "medium"
    editable: bool = True


@dataclass(slots=True)
class StepCall:
    """One passage through the door, as the links of the chain see it.

    ``request`` is canonical JSON data and the identity of the step: a replay with another request is a divergence.
    ``perform`` touches the world and returns ``(result, usage)`` as JSON data, raising ``RuntimeFault`` for failures that
    are worth recording. ``local`` is set for LOCAL effects. ``arguments`` are those that a person edited, else ``None``:
    ``perform`` uses them in place of the request's. ``partial`` is what ``perform`` has of the answer so far.
    """

    run_id: str
    path: str
    kind: str  # model, tool, question, state, commit, note
    effect: Effect
    request: dict[str, Any]
    perform: Callable[[StepCall], Awaitable[tuple[Any, dict[str, Any]]]] | None = None
    local: LocalWork | None = None
    approval: Approval | None = None
    worst_case_microusd: int | None = 0
    partial: str = ""
    attempt: int = 1
    digest: str = ""
    arguments: dict[str, Any] | None = None

    @property
    def idempotency_key(self) -> str:
        """The same for every attempt of this step, other for every other step of any run."""
        return f"{self.run_id}:{self.path}"


Next = Callable[[StepCall], Awaitable[Any]]
Link = Callable[[StepCall, Next], Awaitable[Any]]


class RunContext:
    """A scope of a run. Paths are deterministic: ``<scope>/<name>/<n>``, where n counts that name within the scope."""

    def __init__(self, ports: Ports, door: Next, run_id: str, scope: str = ""):
        self.ports = ports
        self.run_id = run_id
        self.scope = scope
        self._door = door
        self._counts: dict[str, int] = {}

    def child(self, name: str) -> RunContext:
        """A scope of its own below this one: parallel branches each take one, so their paths never depend on timing."""
        return RunContext(self.ports, self._door, self.run_id, self._next_path(name))

    async def step(
        self,
        name: str,
        *,
        kind: str,
        effect: Effect,
        request: dict[str, Any],
        perform: Callable[[StepCall], Awaitable[tuple[Any, dict[str, Any]]]] | None = None,
        local: LocalWork | None = None,
        approval: Approval | None = None,
        worst_case_microusd: int | None = 0,
    ) -> Any:
        """Passes the chain once and returns the step's JSON result: recorded if the journal has it, else performed."""
        call = StepCall(
            run_id=self.run_id,
            path=self._next_path(name),
            kind=kind,
            effect=effect,
            request=request,
            perform=perform,
            local=local,
            approval=approval,
            worst_case_microusd=worst_case_microusd,
        )
        return await self._door(call)

    async def ask(self, question: str, options: list[str] | None = None) -> Any:
        """Asks a person; the run waits without a worker and goes on with the answer (a text, or one of ``options``)."""
        return await self.step(
            "question",
            kind="question",
            effect=Effect.READ,
            request={"question": question, "options": options or []},
            approval=Approval(title=question, kind="question", risk="low"),
        )

    def _next_path(self, name: str) -> str:
        n = self._counts.get(name, 0)
        self._counts[name] = n + 1
        return f"{self.scope}/{name}/{n}" if self.scope else f"{name}/{n}"
