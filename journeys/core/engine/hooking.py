"""The hooks of one turn: when each is told, and what a veto makes of the turn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from agents.core.runtime.context import RunContext
from agents.core.runtime.errors import RuntimeFault
from journeys.core.engine.barring import bar_of
from journeys.core.engine.events import AgentAnswered, Effect, Event, MessageReceived, PathwayFailed, Turn, Vetoed
from journeys.core.engine.machine import step
from journeys.core.engine.returns import Move
from journeys.core.hooks.call import HookCall
from journeys.core.hooks.registry import HookRegistry
from journeys.core.hooks.telling import Hooks, Told
from journeys.core.spec import HookEvent, JourneySpec


class TurnHooks:
    """Everything lies at the root of the turn's run, outside of any time limit, so its places never depend on timing."""

    def __init__(self, ctx: RunContext, spec: JourneySpec, session: str, registry: HookRegistry | None):
        self._ctx, self._spec, self._session = ctx, spec, session
        self._hooks = Hooks(spec.hooks, registry)

    async def received(self, turn: Turn, event: Event) -> tuple[Turn, Event]:
        """A person's message before anything is done with it; hooks may change what models read of it."""
        if not isinstance(event, MessageReceived) or not self._hooks.hears("pre_message_process"):
            return turn, event
        told = await self._tell("pre_message_process", turn)
        if told.veto:
            return turn, Vetoed("pre_message_process", told.by, told.veto)
        return replace(turn, message=told.message, history=told.history), event

    async def advance(self, turn: Turn, event: Event) -> tuple[Turn, Effect]:
        """The machine's next step. Its moves are told before they count: one that is vetoed is refused, and the step is
        decided anew without it."""
        cleared: set[str] = set()
        while True:
            following, (effect,) = step(self._spec, turn, event)
            made = [move for move in following.moves[len(turn.moves) :] if move.kind != "refused"]
            veto = await self._veto_of(following, made, cleared)
            if not veto:
                break
            turn = replace(turn, barred={**turn.barred, **veto})
        if self._hooks.hears("post_transition"):
            for move in made:
                await self._tell("post_transition", following, move)
        return following, effect

    async def before_pathway(self, turn: Turn) -> Vetoed | None:
        if turn.attempt > 1 or not self._hooks.hears("pre_pathway_execute"):
            return None
        told = await self._tell("pre_pathway_execute", turn)
        return Vetoed("pre_pathway_execute", told.by, told.veto) if told.veto else None

    async def after_pathway(self, turn: Turn, event: AgentAnswered | PathwayFailed) -> None:
        if not self._hooks.hears("post_pathway_execute"):
            return
        if isinstance(event, PathwayFailed):
            await self._tell("post_pathway_execute", turn, error=_error(event.fault))
        else:
            await self._tell("post_pathway_execute", turn, outputs={**turn.outputs, **event.outputs})

    async def answered(self, turn: Turn, done: Mapping[str, Any]) -> None:
        """After the answer is stored: nothing can undo it any more."""
        if self._hooks.hears("post_message_process"):
            context = {**turn.state.context, **done["changed"]}
            known = {name: value for name, value in context.items() if name not in done["forgotten"]}
            state = replace(turn.state, pathway=done["pathway"], context=known)
            await self._tell("post_message_process", replace(turn, state=state), outputs=done["outputs"], reply=done["reply"])

    async def failed(self, turn: Turn, fault: RuntimeFault) -> None:
        if self._hooks.hears("session_error"):
            await self._tell("session_error", turn, error=_error(fault))

    async def _veto_of(self, turn: Turn, moves: list[Move], cleared: set[str]) -> dict[str, str]:
        if not self._hooks.hears("pre_transition"):
            return {}
        for move in moves:
            if bar_of(move) in cleared:
                continue
            told = await self._tell("pre_transition", turn, move)
            if told.veto:
                return {bar_of(move): told.veto}
            cleared.add(bar_of(move))
        return {}

    async def _tell(self, event: HookEvent, turn: Turn, move: Move | None = None, **more: Any) -> Told:
        call = HookCall(
            event=event,
            session=self._session,
            turn=turn.number,
            pathway=move.source if move else turn.state.pathway,
            message=turn.message,
            history=turn.history,
            context=dict(turn.state.context),
            user=dict(turn.user),
            target=move.target if move else "",
            kind=move.kind if move else "",
            **more,
        )
        return await self._hooks.tell(self._ctx, call)


def _error(fault: RuntimeFault) -> dict[str, str]:
    return {"code": fault.code, "message": str(fault)}
