"""RunContext: the one door. Whatever a run does to the world goes through ``step``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from agents.core.autonomy.permissions import Layer, ToolFacts
from agents.core.runtime.effects import Effect
from agents.core.runtime.errors import CallRejected

if TYPE_CHECKING:
    from agents.core.runtime.chain import Door
    from agents.core.runtime.ports import LocalWork, Ports
    from agents.core.spec.agent import AgentSpec


@dataclass(frozen=True, slots=True)
class Approval:
    """What a person must see and decide before a step: ``title`` in one sentence, ``risk`` of the tool.

    ``kind`` is ``approval`` (a decision on the step's exact arguments) or ``question`` (the answer is the step's result).
    ``quorum`` people must approve, with ``other_person`` none of whom started the run; undecided it ends after ``expires_s``.
    """

    title: str
    kind: str = "approval"
    risk: str = "medium"
    editable: bool = True
    quorum: int = 1
    other_person: bool = False
    expires_s: float | None = None


@dataclass(frozen=True, slots=True)
class AgentScope:
    """An agent at work in a run: where its steps lie and what it may use there."""

    name: str
    path: str
    spec: AgentSpec


@dataclass(slots=True)
class StepCall:
    """One passage through the door, as the links of the chain see it.

    ``request`` is canonical JSON data and the identity of the step: a replay with another request is a divergence.
    ``perform`` touches the world and returns ``(result, usage)`` as JSON data, raising ``RuntimeFault`` for failures that
    are worth recording. ``local`` is set for LOCAL effects. ``arguments`` are those that a person edited, else ``None``:
    ``perform`` uses them in place of the request's. ``partial`` is what ``perform`` has of the answer so far.
    ``tool`` is set for calls of tools, which permission decides on; ``policy`` is what it decided and why. ``agents`` are the
    agents within which the step is taken, outermost first.
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
    worst_case_tokens: int = 0
    tool: ToolFacts | None = None
    agents: tuple[AgentScope, ...] = ()
    policy: dict[str, Any] = field(default_factory=dict)
    partial: str = ""
    attempt: int = 1
    key: str = ""  # the idempotency key of the run in which the step was begun, where that was another one
    digest: str = ""
    arguments: dict[str, Any] | None = None

    @property
    def agent(self) -> str:
        """The innermost agent's name; empty outside of any."""
        return self.agents[-1].name if self.agents else ""

    @property
    def idempotency_key(self) -> str:
        """The same for every attempt of this step, other for every other step of any run."""
        return self.key or f"{self.run_id}:{self.path}"


Next = Callable[[StepCall], Awaitable[Any]]
Link = Callable[[StepCall, Next], Awaitable[Any]]


class RunContext:
    """A scope of a run. Paths are deterministic: ``<scope>/<name>/<n>``, where n counts that name within the scope."""

    def __init__(
        self,
        ports: Ports,
        door: Next,
        run_id: str,
        scope: str = "",
        agents: tuple[AgentScope, ...] = (),
        *,
        keeper: Door | None = None,
    ):
        self.ports = ports
        self.keeper = keeper  # of the record; ``deadline`` reads and writes it, nobody else
        self.run_id = run_id
        self.scope = scope
        self.agents = agents
        self._door = door
        self._counts: dict[str, int] = {}

    def child(self, name: str) -> RunContext:
        """A scope of its own below this one: parallel branches each take one, so their paths never depend on timing."""
        return RunContext(self.ports, self._door, self.run_id, self.next_path(name), self.agents, keeper=self.keeper)

    def within(self, spec: AgentSpec) -> RunContext:
        """This very scope as the one of an agent: its permissions and limits hold for all steps below, beside its parents'."""
        inner = AgentScope(spec.name, self.scope, spec)
        return RunContext(self.ports, self._door, self.run_id, self.scope, (*self.agents, inner), keeper=self.keeper)

    def watched(self, see: Callable[[StepCall, Any], None]) -> RunContext:
        """This very scope, where ``see`` is told of every step below that has its result, also of those that are replayed."""

        async def door(call: StepCall) -> Any:
            result = await self._door(call)
            see(call, result)
            return result

        return RunContext(self.ports, door, self.run_id, self.scope, self.agents, keeper=self.keeper)

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
        tool: ToolFacts | None = None,
        worst_case_microusd: int | None = 0,
        worst_case_tokens: int = 0,
    ) -> Any:
        """Passes the chain once and returns the step's JSON result: recorded if the journal has it, else performed."""
        call = StepCall(
            run_id=self.run_id,
            path=self.next_path(name),
            kind=kind,
            effect=effect,
            request=request,
            perform=perform,
            local=local,
            approval=approval,
            tool=tool,
            agents=self.agents,
            worst_case_microusd=worst_case_microusd,
            worst_case_tokens=worst_case_tokens,
        )
        return await self._door(call)

    async def ask(self, question: str, options: list[str] | None = None, *, tool: ToolFacts | None = None) -> Any:
        """Asks a person; the run waits without a worker and goes on with the answer (a text, or one of ``options``)."""
        return await self.step(
            "question",
            kind="question",
            effect=Effect.READ,
            request={"question": question, "options": options or []},
            approval=Approval(title=question, kind="question", risk="low"),
            tool=tool,
        )

    async def request_approval(self, title: str, details: dict[str, Any] | None = None, *, risk: str = "medium") -> bool:
        """Asks a person to approve something that is no tool call; ``False`` when it is rejected."""

        async def approved(call: StepCall) -> tuple[Any, dict[str, Any]]:
            return True, {}

        try:
            await self.step(
                "approval",
                kind="approval",
                effect=Effect.READ,
                request={"title": title, "arguments": details or {}},
                perform=approved,
                approval=Approval(title=title, risk=risk, editable=False),
            )
        except CallRejected:
            return False
        return True

    async def report_progress(self, message: str, percentage: float | None = None) -> None:
        """Tells whoever watches how far the work is; ``percentage`` is 0 to 100. Recorded once, also over replays."""
        if percentage is not None and not 0 <= percentage <= 100:
            raise ValueError(f"a percentage is between 0 and 100, got {percentage}")
        request = {"message": message, "percentage": percentage}
        await self.step("progress", kind="progress", effect=Effect.READ, request=request, perform=_told)

    def next_path(self, name: str) -> str:
        """The path of the next step or scope called ``name`` here; it is taken from now on."""
        n = self._counts.get(name, 0)
        self._counts[name] = n + 1
        return f"{self.scope}/{name}/{n}" if self.scope else f"{name}/{n}"


async def _told(call: StepCall) -> tuple[Any, dict[str, Any]]:
    return None, {}


def layers_of(agents: tuple[AgentScope, ...]) -> list[Layer]:
    """Every agent's voice on a tool call, outermost first."""
    return [
        Layer(scope.name, scope.spec.permissions, frozenset(use.name for use in scope.spec.tools if use.ask))
        for scope in agents
    ]
