"""Tells the hooks of one event: those of the spec first, then those registered in Python.

In a turn each is one step, so that it is in the journal and no replay calls it again; a crash in the middle of a hook may call
it twice. The first veto ends the telling. A hook that fails is reported by its failed step and vetoes only when it says so.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from agents.core.runtime.context import RunContext, StepCall
from agents.core.runtime.effects import Effect
from agents.core.runtime.errors import RuntimeFault, StepFailed
from journeys.core.hooks.call import GO_ON, HookCall, Verdict
from journeys.core.hooks.catalog import get_hook, params_of
from journeys.core.hooks.registry import HookFailed, HookRegistry, Registered
from journeys.core.spec import HookEvent, HookUse

log = logging.getLogger(__name__)
FAILED = "hook_failed"


@dataclass(frozen=True, slots=True)
class Told:
    """What all hooks of an event came to: the veto and who gave it, the message as they left it, their notes and failures."""

    veto: str = ""
    by: str = ""
    message: str = ""
    history: Sequence[Any] = ()
    notes: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _One:
    name: str
    params: dict[str, Any]
    ask: Callable[[HookCall], Awaitable[Verdict]]
    vetoes_on_failure: bool = True


class Hooks:
    """The hooks of one journey: ``uses`` of its spec, and a ``registry`` where it runs in Python."""

    def __init__(self, uses: Sequence[HookUse], registry: HookRegistry | None = None):
        self._uses = uses
        self._registry = registry

    def hears(self, *events: HookEvent) -> bool:
        return any(self._at(event) for event in events)

    async def tell(self, ctx: RunContext, call: HookCall) -> Told:
        """In a turn: every hook through the door of ``ctx``, every note in its journal."""

        async def ask(one: _One, now: HookCall) -> Verdict:
            verdict = await _step(ctx, one, now)
            if verdict.note:
                await ctx.report_progress(verdict.note)
            return verdict

        return await _tell(self._at(call.event), call, ask)

    async def tell_directly(self, call: HookCall) -> Told:
        """Outside of any run, as when a session opens."""

        async def ask(one: _One, now: HookCall) -> Verdict:
            return await one.ask(now)

        return await _tell(self._at(call.event), call, ask)

    def _at(self, event: HookEvent) -> list[_One]:
        found = [_of_spec(use) for use in self._uses if use.event == event]
        return found + [_of_python(each) for each in (self._registry.at(event) if self._registry else ())]


async def _tell(hooks: Sequence[_One], call: HookCall, ask: Callable[[_One, HookCall], Awaitable[Verdict]]) -> Told:
    told = Told(message=call.message, history=call.history)
    for one in hooks:
        now = replace(call, message=told.message, history=told.history)
        try:
            verdict = await ask(one, now)
        except (HookFailed, StepFailed) as failure:
            if isinstance(failure, StepFailed) and failure.code != FAILED:
                raise
            log.warning("%s at %s", failure, call.event)
            told = replace(told, failures=(*told.failures, str(failure)))
            if not (one.vetoes_on_failure and call.may_veto):
                continue
            verdict = Verdict(veto=f"This could not be checked, so it was not done: {failure}")
        told = _with(told, one, verdict)
        if told.veto:
            break
    return told


def _with(told: Told, one: _One, verdict: Verdict) -> Told:
    return replace(
        told,
        veto=verdict.veto,
        by=one.name if verdict.veto else "",
        message=told.message if verdict.message is None else verdict.message,
        history=told.history if verdict.history is None else verdict.history,
        notes=(*told.notes, verdict.note) if verdict.note else told.notes,
    )


async def _step(ctx: RunContext, one: _One, call: HookCall) -> Verdict:
    async def perform(step: StepCall) -> tuple[Any, dict[str, Any]]:
        try:
            return (await one.ask(call)).to_json(), {}
        except HookFailed as failure:
            raise StepFailed(str(failure), FAILED) from failure

    request = {"event": call.event, "hook": one.name, "params": one.params, "pathway": call.pathway}
    request |= {name: value for name in ("target", "kind") if (value := getattr(call, name))}
    said = await ctx.step("hook", kind="hook", effect=Effect.READ, request=request, perform=perform)
    return Verdict.from_json(said)


def _of_spec(use: HookUse) -> _One:
    async def ask(call: HookCall) -> Verdict:
        try:
            return get_hook(use.hook).run(call, params_of(use))
        except RuntimeFault as fault:
            raise HookFailed(str(fault)) from fault

    return _One(use.hook, use.params, ask)


def _of_python(hook: Registered) -> _One:
    return _One(hook.name, {}, hook.ask, hook.vetoes_on_failure)


__all__ = ["GO_ON", "Hooks", "Told"]
