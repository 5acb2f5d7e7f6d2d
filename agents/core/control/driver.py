"""Drives a run in this process under control: where it waits for a person, the transport is asked and the run goes on by
replay. Also where interrupts and hooks of Python use come in. Workers do the same with the database in between."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

from agents.core.autonomy.hook_registry import HookEvent, HookRegistry
from agents.core.autonomy.interrupting import InterruptManager
from agents.core.control.messages import Ended, Message, Reply, Request, Text
from agents.core.control.port import ControlTimeout
from agents.core.control.protocol import ControlProtocol
from agents.core.control.reading import decision_event, message_of, open_requests, overdue
from agents.core.runtime.chain import Door, build_door
from agents.core.runtime.events import Event, NewEvent
from agents.core.runtime.outcome import Outcome, Runner, run_to_outcome
from agents.core.runtime.ports import Journal, Listener, LocalWork, Ports


async def run_with_control(
    runner: Runner,
    spec: Any,
    inputs: dict[str, Any],
    ports: Ports,
    control: ControlProtocol | None,
    *,
    run_id: str = "",
    interrupts: InterruptManager | None = None,
) -> Outcome:
    """Runs to an end. Without ``control`` it ends as ``waiting`` where a person is needed; a stop ends it as ``stopped``
    or ``interrupted``. Raises ``ControlClosed`` when nobody can be asked any more: the journal keeps what was done, and the
    same call with the same ports and ``run_id`` goes on from there."""
    run_id = run_id or uuid4().hex
    hooks = ports.hooks
    async with _active(interrupts), _telling(ports, control, interrupts, run_id) as told:
        await _trigger(hooks, HookEvent.PRE_AGENT_LOOP, run_id, inputs=inputs)
        outcome = Outcome("waiting")
        while outcome.status == "waiting":
            outcome = await _once(lambda door: run_to_outcome(door, run_id, runner, spec, inputs), told, interrupts)
            if outcome.status == "waiting" and (control is None or not await _decide(control, told, run_id, interrupts)):
                break
        if interrupts is not None and interrupts.reason is not None and outcome.status == "waiting":
            outcome = Outcome("stopped", stop=interrupts.reason.as_stop().as_data())
        await _trigger(hooks, HookEvent.POST_AGENT_LOOP, run_id, status=outcome.status, output=outcome.output)
    if control is not None and outcome.status != "waiting":
        with contextlib.suppress(ConnectionError):  # the end is the caller's to hear, whoever else is gone
            await control.show(Ended(status=outcome.status, output=outcome.output, error=outcome.error or None))
    return outcome


def _active(interrupts: InterruptManager | None) -> contextlib.AbstractAsyncContextManager[None]:
    return contextlib.nullcontext() if interrupts is None else interrupts.active()


async def _once(
    attempt: Callable[[Door], Coroutine[Any, Any, Outcome]], ports: Ports, interrupts: InterruptManager | None
) -> Outcome:
    door = build_door(ports, await ports.journal.load())
    if interrupts is None:
        return await attempt(door)
    task = asyncio.ensure_future(attempt(door))
    async with interrupts.watching(door, task):
        return await task


async def _decide(control: ControlProtocol, ports: Ports, run_id: str, interrupts: InterruptManager | None) -> bool:
    """Asks for everything that waits, one after another; ``False`` when a stop came instead."""
    for request in open_requests(await ports.journal.load(), run_id):
        reply = await _ask(control, request, interrupts)
        if reply is None:
            return False
        await ports.journal.append(decision_event(request, reply))
    return True


async def _ask(control: ControlProtocol, request: Request, interrupts: InterruptManager | None) -> Reply | None:
    asked = asyncio.ensure_future(control.ask(request, timeout_s=request.expires_s))
    waits: set[asyncio.Future[Any]] = {asked}
    if interrupts is not None:
        waits.add(asyncio.ensure_future(interrupts.requested()))
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        return asked.result() if asked.done() else None
    except ControlTimeout:
        return overdue(request)
    finally:
        for each in waits:
            each.cancel()
        await asyncio.gather(*waits, return_exceptions=True)


@contextlib.asynccontextmanager
async def _telling(
    ports: Ports, control: ControlProtocol | None, interrupts: InterruptManager | None, run_id: str
) -> AsyncIterator[Ports]:
    """The same ports with a journal and a listener that also tell the person and the interrupt handlers."""
    queue: asyncio.Queue[Message | None] = asyncio.Queue()

    def heard(events: Sequence[NewEvent]) -> None:
        for event in events:
            if interrupts is not None:
                interrupts.note(event)
            message = message_of(event, run_id) if control is not None else None
            if message is not None and message.type == "progress":
                queue.put_nowait(message)

    listener: Listener = ports.listener if control is None else _TellingListener(ports.listener, queue.put_nowait)
    told = replace(ports, journal=_TellingJournal(ports.journal, heard), listener=listener)
    teller = asyncio.ensure_future(_tell(control, queue)) if control is not None else None
    try:
        yield told
    finally:
        if teller is not None:
            queue.put_nowait(None)
            await asyncio.gather(teller, return_exceptions=True)


async def _tell(control: ControlProtocol, queue: asyncio.Queue[Message | None]) -> None:
    """In order, beside the run: a slow reader holds up nobody. A transport that is gone is met when somebody is asked."""
    while (message := await queue.get()) is not None:
        with contextlib.suppress(ConnectionError):
            await control.show(message)


async def _trigger(hooks: HookRegistry | None, event: HookEvent, run_id: str, **data: Any) -> None:
    if hooks is not None:
        await hooks.trigger(event, run_id=run_id, data=data)


class _TellingJournal:
    """A journal that says what is appended to it."""

    def __init__(self, journal: Journal, heard: Callable[[Sequence[NewEvent]], None]):
        self._journal = journal
        self._heard = heard

    @property
    def faults(self) -> tuple[type[Exception], ...]:
        return self._journal.faults

    async def load(self) -> Sequence[Event]:
        return await self._journal.load()

    async def append(self, *events: NewEvent) -> None:
        await self._journal.append(*events)
        self._heard(events)

    def append_later(self, *events: NewEvent) -> None:
        self._journal.append_later(*events)
        self._heard(events)

    async def append_local(self, work: LocalWork, finished: Callable[[Any], NewEvent]) -> tuple[Any, NewEvent]:
        result, event = await self._journal.append_local(work, finished)
        self._heard([event])
        return result, event


class _TellingListener:
    def __init__(self, listener: Listener, put: Callable[[Message], None]):
        self._listener = listener
        self._put = put

    def delta(self, path: str, text: str) -> None:
        self._listener.delta(path, text)
        self._put(Text(path=path, text=text))
