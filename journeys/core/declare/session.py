"""A session without a database: the same turn function on in-memory ports. Keeps its messages and state in this object."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Literal

from agents.core.runtime.errors import RuntimeFault
from agents.core.runtime.events import EventType, NewEvent
from agents.core.runtime.memory import SystemClock, memory_ports, run_in_memory
from agents.core.runtime.outcome import Outcome
from agents.core.runtime.ports import Listener, Models, Ports, Tools
from journeys.core.engine.detecting import RECALL, IntentsInMemory
from journeys.core.engine.silence import in_words, silence_event, silence_moves
from journeys.core.engine.state import JourneyState, first_state
from journeys.core.engine.turn import COMMIT, LOAD, run_turn
from journeys.core.errors import JourneyEnded, VetoedStart
from journeys.core.hooks.call import HookCall
from journeys.core.hooks.registry import HookRegistry
from journeys.core.hooks.telling import Hooks
from journeys.core.spec import JourneySpec
from journeys.core.variables import check_variables

Decision = Literal["approve", "edit", "reject", "answer"]


class TurnFailed(RuntimeFault):
    """A turn failed with ``code``; the session stands where it stood and the message may be sent again."""

    def __init__(self, message: str, code: str, **details: Any):
        super().__init__(message, **details)
        self.code = code


@dataclass(frozen=True, slots=True)
class TurnResult:
    """What one message led to. ``waiting_on`` is set when a person must decide first: then call ``decide``."""

    message: str
    pathway_id: str
    pathway_changed: bool = False
    accumulated_context: Mapping[str, Any] = field(default_factory=dict)
    outputs: Mapping[str, Any] = field(default_factory=dict)
    is_complete: bool = False
    ended: bool = False
    metadata: Mapping[str, Any] = field(default_factory=dict)
    waiting_on: Mapping[str, Any] | None = None


class InMemorySession:
    """One conversation with a linked ``spec``. Messages are answered one after another in the order they were sent.

    ``local`` holds the functions of local tools by the name of their local work; ``hooks`` are told after those of the spec.
    """

    def __init__(
        self,
        spec: JourneySpec,
        *,
        models: Models,
        tools: Tools | None = None,
        listener: Listener | None = None,
        local: Mapping[str, Any] | None = None,
        session_id: str = "session",
        hooks: HookRegistry | None = None,
    ):
        self.spec = spec
        self.hooks = hooks or HookRegistry()
        self.id = session_id
        self.state: JourneyState | None = None
        self.messages: list[dict[str, str]] = []
        self._turns = 0
        self._silent_s, self._fired = 0.0, list[str]()  # since something was last said, and what this silence has set off
        self._pending: tuple[Ports, dict[str, Any]] | None = None
        self._lock = asyncio.Lock()
        self._event = dict[str, Any]()
        self._intents, self._clock = IntentsInMemory(), SystemClock()
        self._models, self._tools, self._listener = models, tools, listener
        self._local = {LOAD: self._load, RECALL: self._recall, COMMIT: self._commit, **(local or {})}

    async def start(self, initial_context: Mapping[str, Any] | None = None) -> TurnResult:
        """Opens the conversation, anew if it was open; the result's message is the greeting.

        Raises ``VetoedStart`` when a hook does not let it begin. Hooks of the start cannot wait for a person.
        """
        state = first_state(self.spec, initial_context)
        about = HookCall("pre_session_start", self.id, pathway=state.pathway, context=dict(state.context))
        hooks = Hooks(self.spec.hooks, self.hooks)
        if veto := (await hooks.tell_directly(about)).veto:
            raise VetoedStart(veto)
        self.state = state
        self.messages = [{"role": "assistant", "text": self.spec.greeting}] if self.spec.greeting else []
        self._pending = None
        await hooks.tell_directly(replace(about, event="post_session_start", reply=self.spec.greeting))
        return TurnResult(self.spec.greeting, self.spec.entry, accumulated_context=dict(self.state.context))

    async def process_message(self, text: str, play: Mapping[str, Any] | None = None) -> TurnResult:
        """Answers ``text``; ``play``: a tester's wishes for the turn (``PlaySpec``). Raises ``TurnFailed``, ``JourneyEnded``,
        and ``ValueError`` for an empty message."""
        if not text.strip():
            raise ValueError("a message cannot be empty")
        async with self._lock:
            self._ready()
            self._silent_s, self._fired = 0.0, []
            return await self._begin({"role": "user", "text": text}, play)

    async def keep_silent(self, seconds: float, play: Mapping[str, Any] | None = None) -> TurnResult:
        """Nobody writes for so many seconds more. The first that this silence sets off happens: the turn of an inactivity
        transition, or the end by the time to live; without any the result's message is empty. One thing at a call."""
        async with self._lock:
            state = self._ready()
            self._silent_s += seconds
            due = [move for move in silence_moves(self.spec, state, self._fired) if move[0] <= self._silent_s]
            ends = self.spec.session_ttl_s
            if ends is not None and ends <= self._silent_s and (not due or ends <= due[0][0]):
                self.state = replace(state, ended=True)
                return self._nothing_said(f"This conversation has ended: nobody wrote for {in_words(ends)}.")
            if not due:
                return self._nothing_said("")
            after_s, transition = due[0]
            self._fired.append(transition.id)
            self._event = silence_event(transition, after_s)
            return await self._begin({"role": "event", "text": f"Nobody wrote for {in_words(after_s)}."}, play)

    def make_ports(self) -> Ports:
        """The ports of the next turn, with a journal of its own; a kind of session may make others."""
        return memory_ports(models=self._models, tools=self._tools, listener=self._listener, local=self._local)

    async def decide(
        self, decision: Decision, *, reason: str = "", arguments: Mapping[str, Any] | None = None, result: Any = None
    ) -> TurnResult:
        """A person's word on what the last message waits for; then the turn goes on."""
        async with self._lock:
            if self._pending is None:
                raise TurnFailed("nothing waits for a decision", "not_waiting")
            ports, inputs = self._pending
            asked = [
                e for e in await ports.journal.load() if e.type in (EventType.APPROVAL_REQUESTED, EventType.QUESTION_ASKED)
            ]
            payload = {"decision": decision, "reason": reason, "arguments": dict(arguments or {}), "result": result}
            await ports.journal.append(NewEvent(EventType.APPROVAL_DECIDED, asked[-1].path, payload))
            return await self._go_on(ports, inputs)

    def _ready(self) -> JourneyState:
        state = self._started()
        if state.ended:
            raise JourneyEnded("this session has ended and takes no further message; start a new one")
        if self._pending:
            raise TurnFailed("the last message waits for a decision; call decide first", "waiting")
        return state

    async def _begin(self, message: dict[str, str], play: Mapping[str, Any] | None) -> TurnResult:
        self._turns += 1
        self.messages.append(message)
        text = message["text"] if message["role"] == "user" else ""
        inputs = {"session": self.id, "message_seq": len(self.messages), "text": text}
        return await self._go_on(self.make_ports(), {**inputs, **({"play": dict(play)} if play else {})})

    def _nothing_said(self, message: str) -> TurnResult:
        """A silence that no turn comes of."""
        state = self._started()
        summary = {"pathway_before": state.pathway, "pathway": state.pathway, "ended": state.ended, "moves": []}
        known = dict(state.context)
        return TurnResult(message, state.pathway, accumulated_context=known, ended=state.ended, metadata=summary)

    async def _go_on(self, ports: Ports, inputs: dict[str, Any]) -> TurnResult:
        self._pending = None
        runner = partial(run_turn, registry=self.hooks)
        outcome = await run_in_memory(runner, self.spec, inputs, ports, f"{self.id}-{self._turns}")
        if outcome.status == "waiting":
            self._pending = (ports, inputs)
            title = str(outcome.waiting_on.get("title", ""))
            return TurnResult(title, self._started().pathway, waiting_on=outcome.waiting_on)
        if outcome.status == "interrupted":
            raise asyncio.CancelledError
        if outcome.status == "failed":
            details = outcome.error.get("details", {})
            raise TurnFailed(outcome.error["message"], outcome.error["code"], **details)
        return self._result(outcome)

    def _result(self, outcome: Outcome) -> TurnResult:
        summary = outcome.output or {}
        return TurnResult(
            message=summary["reply"],
            pathway_id=summary["pathway"],
            pathway_changed=summary["pathway"] != summary["pathway_before"],
            accumulated_context=dict(self._started().context),
            outputs=summary["outputs"],
            is_complete=summary["complete"],
            ended=summary["ended"],
            metadata=summary,
        )

    def _load(self, data: dict[str, Any]) -> dict[str, Any]:
        history = [m for m in self.messages[: data["message_seq"] - 1] if m["role"] != "event"]
        message = self.messages[data["message_seq"] - 1]
        said = message["role"] == "user"
        about = {"text": message["text"] if said else "", "event": {} if said else self._event}
        known = {"variables": check_variables(self.spec, {}), "state": self._started().to_json()}
        return {"turn": self._turns, "history": history, **about, **known}

    def _recall(self, data: dict[str, Any]) -> dict[str, Any] | None:
        return self._intents.recall(data["key"], self._clock.now())

    def _commit(self, data: dict[str, Any]) -> dict[str, Any]:
        if "remember" in data:
            self._intents.remember(**data["remember"], now=self._clock.now())
        self.state = JourneyState.from_json(data["state"])
        self.messages.append({"role": "assistant", "text": data["reply"]})
        return {"seq": len(self.messages)}

    def _started(self) -> JourneyState:
        if self.state is None:
            raise TurnFailed("the journey has not been started; call start first", "not_started")
        return self.state
