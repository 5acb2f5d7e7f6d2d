"""Follows a run of the site from a terminal: tells what happens, asks what it asks, and works on it when no worker does."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from uuid import UUID

from django.conf import settings

from agents.adapters.threads import in_thread
from agents.core.control.messages import REQUESTS, Decided, Ended, Message, Problem, Progress, Request
from agents.core.control.port import ControlClosed, ControlTransport
from agents.models.run import Run, RunStatus
from agents.services.control import follow_control, reply_to
from agents.services.execution import get_engine, stop_engine
from agents.services.runs import cancel_run, get_run
from trust.core.errors import Conflict, Invalid
from trust.core.principal import Principal

POLL_S = 0.25  # beside an embedded site no bell is heard here
WAITING_FOR_OTHERS = "It waits for somebody else; this goes on when they decide."


class TerminalRun:
    """One run at one transport. ``asks``: whether this person is asked; else the run is left waiting (``waits_for``).

    ``patience_s`` is how long a queued run is left to the workers of a running site before this process takes it up itself.
    """

    def __init__(
        self, principal: Principal, run: Run, transport: ControlTransport, *, asks: bool = True, patience_s: float = 0.0
    ):
        self._principal = principal
        self._run_id: UUID = run.id
        self._transport = transport
        self._asks = asks
        self._patience_s = patience_s
        self._open: dict[str, Request] = {}
        self._not_mine: set[str] = set()
        self._asking: asyncio.Task[None] | None = None
        self._asked = ""
        self._queued_since: float | None = None
        self._helps = False
        self._stops = 0
        self.ended: Ended | None = None
        self.waits_for: list[str] = []

    async def follow(self) -> None:
        """Until the run has ended, or waits for what this person is not asked or cannot be asked any more."""
        await self._transport.start()
        helper = asyncio.create_task(self._help())
        try:
            with self._ctrl_c():
                async for batch in follow_control(self._principal, self._run_id, poll_s=POLL_S):
                    for _, message in batch:
                        await self._heard(message)
                    if self.ended is not None or not await self._ask_next():
                        return
        finally:
            for task in (helper, self._asking):
                if task is not None:
                    task.cancel()
                    await asyncio.gather(task, return_exceptions=True)
            if self._helps:
                await in_thread(stop_engine)
            await self._transport.stop()

    async def _heard(self, message: Message) -> None:
        if isinstance(message, REQUESTS):
            self._open[message.id] = message
            return
        if isinstance(message, Decided):
            self._open.pop(message.id, None)
            self._not_mine.discard(message.id)
            await self._withdraw(message.id)
        if isinstance(message, Ended):
            self.ended = message
            await self._withdraw(self._asked)
        await self._transport.show(message)

    async def _withdraw(self, request_id: str) -> None:
        """Somebody else was faster than the person at this terminal."""
        if self._asking is not None and self._asked == request_id and not self._asking.done():
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)

    async def _ask_next(self) -> bool:
        """Begins to ask for the first thing that waits; ``False`` when nobody here can be asked for it."""
        if self._asking is not None and not self._asking.done():
            return True
        if self._asking is not None and not self._asking.cancelled() and (fault := self._asking.exception()):
            raise fault
        mine = [request for request in self._open.values() if request.id not in self._not_mine]
        if not mine:
            return True
        if not self._asks:
            run = await in_thread(get_run, self._principal, self._run_id)
            self.waits_for = [request.title for request in mine]
            return run.status != RunStatus.WAITING
        self._asked = mine[0].id
        self._asking = asyncio.create_task(self._ask(mine[0]))
        return True

    async def _ask(self, request: Request) -> None:
        try:
            reply = await self._transport.ask(request)
        except ControlClosed:
            self.waits_for = [each.title for each in self._open.values()]
            raise
        try:
            # A terminal shows one request at a time: the reply is to exactly what stood there.
            reply = reply.model_copy(update={"seen_digest": reply.seen_digest or request.digest})
            approval = await in_thread(_reply, self._principal, self._run_id, reply)
        except (Conflict, Invalid) as refusal:
            await self._transport.show(Problem(id=request.id, message=refusal.message))
            if isinstance(refusal, Conflict) or any(problem["where"] == "decision" for problem in refusal.problems):
                self._not_mine.add(request.id)
                await self._transport.show(Progress(message=WAITING_FOR_OTHERS))
            return
        if approval == "pending":
            self._not_mine.add(request.id)
            await self._transport.show(Progress(message=WAITING_FOR_OTHERS))
        else:
            self._open.pop(request.id, None)

    async def _help(self) -> None:
        """Takes the run up in this process when it stays queued: no worker runs, or none has room."""
        while True:
            run = await in_thread(get_run, self._principal, self._run_id)
            now = time.monotonic()
            if run.status != RunStatus.QUEUED:
                self._queued_since = None
            elif self._helps or now - (self._queued_since or now) >= self._patience_s:
                self._helps = True
                await in_thread(_offer, self._run_id)
            self._queued_since = self._queued_since or (now if run.status == RunStatus.QUEUED else None)
            await asyncio.sleep(POLL_S)

    @contextlib.contextmanager
    def _ctrl_c(self) -> Iterator[None]:
        """The first Ctrl+C stops the run after its step, the second at once; the third leaves it alone and ends this."""
        loop = asyncio.get_running_loop()
        try:
            loop.add_signal_handler(signal.SIGINT, self._stop)
        except (NotImplementedError, RuntimeError, ValueError):  # no main thread, or no such signals here
            yield
            return
        try:
            yield
        finally:
            loop.remove_signal_handler(signal.SIGINT)

    def _stop(self) -> None:
        self._stops += 1
        if self._stops > 2:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            signal.raise_signal(signal.SIGINT)
        asyncio.get_running_loop().create_task(self._request_stop(self._stops))

    async def _request_stop(self, count: int) -> None:
        told = "Stopping after this step. Ctrl+C again stops at once." if count == 1 else "Stopping at once."
        with contextlib.suppress(ControlClosed):
            await self._transport.show(Progress(message=told))
        await in_thread(_cancel, self._principal, self._run_id, "graceful" if count == 1 else "immediate")


def site_is_up() -> bool:
    """Whether a site answers that may have workers; several machines share a database without it."""
    if not settings.EMBEDDED:
        return True
    host = "127.0.0.1" if settings.ENV.kaizen_bind in ("0.0.0.0", "::", "") else settings.ENV.kaizen_bind  # noqa: S104
    url = f"http://{host}:{settings.ENV.port}/health/ready"
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _reply(principal: Principal, run_id: UUID, reply: object) -> str:
    return reply_to(principal=principal, run_id=run_id, reply=reply).status  # type: ignore[arg-type]


def _offer(run_id: UUID) -> None:
    get_engine().offer_if_room(run_id)


def _cancel(principal: Principal, run_id: UUID, mode: str) -> None:
    cancel_run(principal=principal, run_id=run_id, mode=mode, message="Ctrl+C in the terminal")
