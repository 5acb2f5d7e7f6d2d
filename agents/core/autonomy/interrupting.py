"""InterruptManager: how code, handlers, Ctrl+C and hooks stop a run in this process, and its children with it.

It asks; the door and the task do the stopping. Workers stop their runs by the database instead.
"""

from __future__ import annotations

import asyncio
import builtins
import contextlib
import logging
import signal
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

from agents.core.autonomy.interrupts import InterruptMode, InterruptSource, StopRequest

if TYPE_CHECKING:
    from agents.core.runtime.chain import Door
    from agents.core.runtime.events import NewEvent

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class InterruptReason:
    """Why a run was stopped. ``metadata`` holds what the asker gave, and the ``checkpoint_id`` once there is one."""

    source: InterruptSource
    mode: InterruptMode
    message: str
    metadata: MappingProxyType[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def as_stop(self) -> StopRequest:
        return StopRequest(self.source, self.mode, self.message)

    def having(self, **metadata: Any) -> InterruptReason:
        return replace(self, metadata=MappingProxyType({**self.metadata, **metadata}))


class InterruptedError(builtins.InterruptedError):  # noqa: A001 - the name that people catch, which also catches this
    """A run was stopped. ``reason.metadata["checkpoint_id"]`` is where it can go on, unless no checkpoint was wanted."""

    def __init__(self, reason: InterruptReason):
        super().__init__(f"interrupted by {reason.source.value}: {reason.message}")
        self.reason = reason


class InterruptHandler(Protocol):
    """Watches a run and asks for its stop. A fault of a handler is logged and stops nothing."""

    async def watch(self, manager: InterruptManager) -> None:
        """Runs beside the run and is cancelled with its end."""
        ...


@dataclass(slots=True)
class _Running:
    loop: asyncio.AbstractEventLoop
    door: Door
    task: asyncio.Task[Any]


class InterruptManager:
    """First request: graceful, unless it asks for more. A second one, whoever makes it, is immediate; so is a graceful one
    that takes longer than ``grace_s`` seconds. Safe from any thread and from signal handlers."""

    def __init__(self, *, grace_s: float | None = None):
        self.grace_s = grace_s
        self.reason: InterruptReason | None = None
        self.on_request: list[Callable[[InterruptReason], None]] = []
        self._handlers: list[InterruptHandler] = []
        self._notes: list[Callable[[NewEvent], None]] = []
        self._children: list[InterruptManager] = []
        self._running: _Running | None = None
        self._waiters: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []
        self._used_up = False
        self._lock = threading.RLock()

    @property
    def is_interrupted(self) -> bool:
        return self.reason is not None

    def add_handler(self, handler: InterruptHandler) -> None:
        self._handlers.append(handler)

    def remove_handler(self, handler: InterruptHandler) -> None:
        self._handlers.remove(handler)

    def add_child(self, child: InterruptManager) -> None:
        """``child`` is stopped whenever this is; at once if this has been."""
        self._children.append(child)
        if self.reason is not None:
            self._pass_on(child, self.reason)

    def remove_child(self, child: InterruptManager) -> None:
        if child in self._children:
            self._children.remove(child)

    def request(
        self,
        source: InterruptSource | str = InterruptSource.PROGRAMMATIC,
        mode: InterruptMode | str = InterruptMode.GRACEFUL,
        message: str = "",
        **metadata: Any,
    ) -> InterruptReason:
        """Asks for a stop; what holds now. Before a run begins, it is the next run that does not begin."""
        wanted = InterruptReason(
            InterruptSource(source), InterruptMode(mode), message or "a stop was requested", MappingProxyType(metadata)
        )
        with self._lock:
            if self._used_up:
                self.reset()
            if self.reason is None:
                self.reason = wanted
            elif self.reason.mode is InterruptMode.GRACEFUL:
                self.reason = replace(self.reason, mode=InterruptMode.IMMEDIATE)
            else:
                return self.reason
            reason = self.reason
        self._carry_out(reason)
        for child in list(self._children):
            self._pass_on(child, reason)
        return reason

    def reset(self) -> None:
        """Forgets a request; the next run begins as if there had been none."""
        self.reason, self._used_up = None, False

    def note(self, event: NewEvent) -> None:
        """Tells the handlers that listen what the run records."""
        for note in self._notes:
            note(event)

    async def requested(self) -> InterruptReason:
        """Waits until a stop is asked for."""
        if self.reason is None:
            event = asyncio.Event()
            entry = (asyncio.get_running_loop(), event)
            self._waiters.append(entry)
            try:
                await event.wait()
            finally:
                self._waiters.remove(entry)
        assert self.reason is not None
        return self.reason

    @contextlib.asynccontextmanager
    async def active(self) -> AsyncIterator[None]:
        """For the time of one run, its waits included: handlers watch, Ctrl+C is heard, an outer run's stop comes through."""
        if self._used_up:
            self.reset()
        outer = CURRENT.get()
        if outer is not None and outer is not self:
            outer.add_child(self)
        token = CURRENT.set(self)
        self._notes = [handler.note for handler in self._handlers if hasattr(handler, "note")]
        watchers = [asyncio.ensure_future(_guarded(handler, self)) for handler in self._handlers]
        try:
            with ctrl_c(self):
                yield
        finally:
            CURRENT.reset(token)
            if outer is not None:
                outer.remove_child(self)
            for watcher in watchers:
                watcher.cancel()
            await asyncio.gather(*watchers, return_exceptions=True)
            self._used_up = self.reason is not None

    @contextlib.asynccontextmanager
    async def watching(self, door: Door, task: asyncio.Task[Any]) -> AsyncIterator[None]:
        """For the time of one attempt: a stop goes to this door and this task."""
        self._running = _Running(asyncio.get_running_loop(), door, task)
        if self.reason is not None:
            self._stop(self._running, self.reason)  # before the attempt has taken its first step
        try:
            yield
        finally:
            self._running = None

    def _carry_out(self, reason: InterruptReason) -> None:
        for tell in self.on_request:
            tell(reason)
        for loop, event in list(self._waiters):
            loop.call_soon_threadsafe(event.set)
        running = self._running
        if running is not None:
            running.door.stop = reason.as_stop()  # now: who asks from within a step must not see the next one begin
            running.loop.call_soon_threadsafe(self._stop, running, reason)

    def _stop(self, running: _Running, reason: InterruptReason) -> None:
        running.door.stop = reason.as_stop()
        if reason.mode is InterruptMode.IMMEDIATE:
            running.task.cancel()
        elif self.grace_s is not None:
            running.loop.call_later(self.grace_s, self._lose_patience, running)

    def _lose_patience(self, running: _Running) -> None:
        if self._running is running and not running.task.done():
            self.request(InterruptSource.SYSTEM, InterruptMode.IMMEDIATE, "the time for a graceful stop is over")

    def _pass_on(self, child: InterruptManager, reason: InterruptReason) -> None:
        if child.reason is None or child.reason.mode is not reason.mode:
            told = reason.message if reason.message.startswith("with its parent") else f"with its parent: {reason.message}"
            child.request(reason.source, reason.mode, told, **reason.metadata)


CURRENT: ContextVar[InterruptManager | None] = ContextVar("interrupt_manager", default=None)


@contextlib.contextmanager
def ctrl_c(manager: InterruptManager) -> Iterator[None]:
    """Ctrl+C and SIGTERM ask ``manager`` for a stop: first gracefully, then at once; the third is as if nobody listened.

    Only on the main thread, where Python hears signals; elsewhere it changes nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    heard: list[int] = []

    def ask(number: int, frame: Any) -> None:
        heard.append(number)
        if len(heard) > 2:
            signal.signal(number, before[signal.Signals(number)] or signal.SIG_DFL)
            signal.raise_signal(number)
            return
        manager.request(InterruptSource.USER, message="Ctrl+C" if number == signal.SIGINT else "the process was asked to end")

    try:
        for number in before:
            signal.signal(number, ask)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler or signal.SIG_DFL)


async def _guarded(handler: InterruptHandler, manager: InterruptManager) -> None:
    try:
        await handler.watch(manager)
    except Exception:
        log.exception("the interrupt handler %r failed; it stops nothing any more", handler)
