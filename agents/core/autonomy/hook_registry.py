"""Hooks of Python use: who hears of which event, in which order, for how long, and how that went. A hook changes nothing:
it cannot veto a step or a stop, and its faults are its own. It may ask for a stop."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from time import perf_counter
from typing import Any

from agents.core.autonomy.interrupts import InterruptMode

log = logging.getLogger(__name__)
TIMEOUT_S = 0.5


class HookEvent(StrEnum):
    PRE_TOOL_USE = "pre_tool_use"  # a tool is about to be used: allowed, approved, within budget
    POST_TOOL_USE = "post_tool_use"
    PRE_MODEL_CALL = "pre_model_call"
    POST_MODEL_CALL = "post_model_call"
    PRE_AGENT_LOOP = "pre_agent_loop"  # a run begins
    POST_AGENT_LOOP = "post_agent_loop"
    PRE_INTERRUPT = "pre_interrupt"  # a stop is asked for
    POST_INTERRUPT = "post_interrupt"  # the run has stopped
    PRE_CHECKPOINT_SAVE = "pre_checkpoint_save"
    POST_CHECKPOINT_SAVE = "post_checkpoint_save"


class HookPriority(IntEnum):
    CRITICAL = 0
    HIGH = 1
    NORMAL = 2
    LOW = 3


@dataclass(frozen=True, slots=True)
class HookContext:
    """What a hook hears. ``stop(message)`` asks for the run's end; ``path`` and ``agent`` are those of the step."""

    event: HookEvent
    run_id: str = ""
    path: str = ""
    agent: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    request_stop: Callable[[str, InterruptMode], None] | None = None

    def stop(self, message: str = "a hook asked for it", mode: InterruptMode | str = InterruptMode.GRACEFUL) -> None:
        if self.request_stop is None:
            raise RuntimeError(f"nothing runs that could be stopped at {self.event.value}")
        self.request_stop(message, InterruptMode(mode))


@dataclass(frozen=True, slots=True)
class HookResult:
    """How one hook went. ``data`` is what it returned."""

    hook: str
    success: bool
    data: Any = None
    error: str = ""
    duration_ms: float = 0.0


@dataclass(slots=True)
class HookStats:
    """Durations in milliseconds."""

    calls: int = 0
    failures: int = 0
    total_ms: float = 0.0
    max_ms: float = 0.0

    @property
    def average_ms(self) -> float:
        return self.total_ms / self.calls if self.calls else 0.0


HookFunction = Callable[[HookContext], Any]


@dataclass(frozen=True, slots=True)
class _Hook:
    name: str
    call: HookFunction
    priority: HookPriority
    timeout_s: float
    is_async: bool


class HookRegistry:
    """``register(event, hook)``; hooks run one after another by priority, then in the order of registration."""

    def __init__(self, *, timeout_s: float = TIMEOUT_S):
        self.timeout_s = timeout_s
        self._hooks: dict[HookEvent, tuple[_Hook, ...]] = {}
        self._stats: dict[str, HookStats] = {}

    def register(
        self,
        event: HookEvent | str,
        hook: HookFunction,
        priority: HookPriority | int = HookPriority.NORMAL,
        *,
        timeout_s: float | None = None,
        name: str = "",
    ) -> None:
        """``hook(context)``; one that is not async is called on a thread, so that its time limit holds as well."""
        event = _event(event)
        if not callable(hook):
            raise TypeError(f"a hook is a function that takes a HookContext, got {hook!r}")
        call = hook if inspect.isfunction(hook) or inspect.ismethod(hook) else hook.__call__  # type: ignore[operator]
        made = _Hook(
            name or getattr(hook, "__qualname__", type(hook).__name__),
            hook,
            HookPriority(priority),
            self.timeout_s if timeout_s is None else timeout_s,
            inspect.iscoroutinefunction(call),
        )
        self._hooks[event] = tuple(sorted((*self._hooks.get(event, ()), made), key=lambda each: each.priority))

    def register_hook(self, hook: Any, priority: HookPriority | int = HookPriority.NORMAL) -> None:
        """An object with ``events`` (those that it wants) and ``handle(context)``."""
        events = getattr(hook, "events", None)
        if events is None or not callable(getattr(hook, "handle", None)):
            raise TypeError(
                f"a hook object has events and handle(context), got {hook!r}; for a function use register(event, it)"
            )
        for event in events:
            self.register(event, hook.handle, priority, name=getattr(hook, "name", type(hook).__name__))

    def unregister(self, event: HookEvent | str, hook: HookFunction) -> None:
        event = _event(event)
        self._hooks[event] = tuple(each for each in self._hooks.get(event, ()) if each.call != hook)

    def hears(self, event: HookEvent) -> bool:
        """Whether anybody does: all that a run pays where nobody does."""
        return bool(self._hooks.get(event))

    def stats(self) -> dict[str, HookStats]:
        return dict(self._stats)

    async def trigger(
        self,
        event: HookEvent,
        *,
        run_id: str = "",
        path: str = "",
        agent: str = "",
        data: Mapping[str, Any] | None = None,
        request_stop: Callable[[str, InterruptMode], None] | None = None,
    ) -> list[HookResult]:
        """Tells every hook of ``event``. Never raises but when it is cancelled itself."""
        hooks = self._hooks.get(event)
        if not hooks:
            return []
        context = HookContext(event, run_id, path, agent, data or {}, request_stop)
        return [await self._call(hook, context) for hook in hooks]

    async def _call(self, hook: _Hook, context: HookContext) -> HookResult:
        began = perf_counter()
        data, error = None, ""
        try:
            async with asyncio.timeout(hook.timeout_s):
                data = await (hook.call(context) if hook.is_async else asyncio.to_thread(hook.call, context))
        except TimeoutError:
            error = f"it took longer than its {hook.timeout_s:g} s"
        except Exception as fault:  # noqa: BLE001 - the edge to foreign code: a hook's fault is its own
            error = f"{type(fault).__name__}: {fault}"
        took = (perf_counter() - began) * 1000
        stats = self._stats.setdefault(hook.name, HookStats())
        stats.calls, stats.total_ms, stats.max_ms = stats.calls + 1, stats.total_ms + took, max(stats.max_ms, took)
        if error:
            stats.failures += 1
            log.warning("the hook %s failed on %s: %s", hook.name, context.event.value, error)
        return HookResult(hook.name, not error, data, error, took)


HookManager = HookRegistry  # by the name that people know


def _event(event: HookEvent | str) -> HookEvent:
    try:
        return HookEvent(str(event).lower())
    except ValueError:
        known = ", ".join(each.name for each in HookEvent)
        raise ValueError(f"{event!r} is no event of hooks; there is: {known}") from None
