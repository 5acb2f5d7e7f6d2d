"""Hooks of Python use: functions that one journey object tells, beside those of its spec."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from journeys.core.hooks.call import EVENTS, GO_ON, MAY_VETO, HookCall, Verdict
from journeys.core.spec import HookEvent

TIMEOUT_S = 5.0
HookFunction = Callable[[HookCall], Any]


class HookFailed(Exception):
    """A hook raised, took too long, or returned what is no verdict; the message says which hook and why."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A function at one event. ``vetoes_on_failure``: its failure stops what is about to happen; else it is only reported."""

    name: str
    call: HookFunction
    timeout_s: float
    vetoes_on_failure: bool

    async def ask(self, call: HookCall) -> Verdict:
        """What the function says. Raises ``HookFailed``."""
        try:
            async with asyncio.timeout(self.timeout_s):
                said = await _called(self.call, call)
        except TimeoutError:
            raise HookFailed(f"the hook {self.name} took longer than its {self.timeout_s:g} s") from None
        except Exception as fault:
            raise HookFailed(f"the hook {self.name} failed: {type(fault).__name__}: {fault}") from fault
        return _verdict(self.name, call, said)


class HookRegistry:
    """``register(event, fn)``: ``fn(call)`` hears a ``HookCall`` and returns nothing to go on, ``Veto("why")`` to stop what is
    about to happen, or a ``Verdict``. Hooks are told in the order of registration, after those of the spec."""

    def __init__(self) -> None:
        self._hooks: dict[str, list[Registered]] = {}

    def register(
        self,
        event: HookEvent | str,
        fn: HookFunction,
        *,
        vetoes_on_failure: bool = False,
        timeout_s: float = TIMEOUT_S,
        name: str = "",
    ) -> None:
        """``fn`` may be async; one that is not is called on a thread. Raises ``ValueError`` for an unknown event, and for a
        veto on failure at an event that has already happened."""
        known = _event(event)
        if not callable(fn):
            raise TypeError(f"a hook is a function that takes a HookCall, got {fn!r}")
        if vetoes_on_failure and known not in MAY_VETO:
            raise ValueError(f"{known} has happened when its hooks are told; vetoes are for: {', '.join(sorted(MAY_VETO))}")
        shown = name or getattr(fn, "__qualname__", type(fn).__name__)
        self._hooks.setdefault(known, []).append(Registered(shown, fn, timeout_s, vetoes_on_failure))

    def unregister(self, event: HookEvent | str, fn: HookFunction) -> None:
        known = _event(event)
        self._hooks[known] = [each for each in self._hooks.get(known, []) if each.call != fn]

    def at(self, event: HookEvent) -> tuple[Registered, ...]:
        return tuple(self._hooks.get(event, ()))


async def _called(fn: HookFunction, call: HookCall) -> Any:
    plain = fn if inspect.isfunction(fn) or inspect.ismethod(fn) else fn.__call__  # type: ignore[operator]
    if inspect.iscoroutinefunction(plain):
        return await fn(call)
    said = await asyncio.to_thread(fn, call)
    return await said if inspect.isawaitable(said) else said


def _verdict(name: str, call: HookCall, said: Any) -> Verdict:
    if said is None or said is True:
        return GO_ON
    if said is False and call.may_veto:
        return Verdict(veto="This cannot be done now.")
    if not isinstance(said, Verdict):
        raise HookFailed(f"the hook {name} returned {said!r}; it may return nothing, Veto('the reason') or a Verdict")
    if said.veto and not call.may_veto:
        raise HookFailed(f"the hook {name} vetoed {call.event}, which has happened already: {said.veto}")
    return said


def _event(event: HookEvent | str) -> HookEvent:
    name = str(event).lower()
    if name not in EVENTS:
        raise ValueError(f"{event!r} is no event of hooks; there is: {', '.join(EVENTS)}")
    return name
