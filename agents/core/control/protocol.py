"""ControlProtocol: a transport that is started, asked one thing after another, and stopped without leaving anybody waiting."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Any, Self

from agents.core.control.messages import ApprovalRequest, Message, Problem, Progress, Question, Reply, Request
from agents.core.control.port import ControlClosed, ControlTimeout, ControlTransport
from agents.core.control.reading import check_reply

MOST_TRIES = 20  # replies that do not fit, before somebody who never replies sensibly counts as gone


class ControlProtocol:
    """``await protocol.start()`` first; ``await protocol.stop()`` wakes whoever waits with ``ControlClosed``."""

    def __init__(self, transport: ControlTransport):
        self.transport = transport
        self._running = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._one = asyncio.Lock()
        self._stopped = asyncio.Event()
        self._count = 0

    @property
    def is_running(self) -> bool:
        return self._running

    async def start(self) -> None:
        """Raises ``RuntimeError`` when it runs already, ``ControlClosed`` when nobody can be reached."""
        if self._running:
            raise RuntimeError("this control protocol has been started already")
        await self.transport.start()
        self._running = True
        self._loop = asyncio.get_running_loop()
        self._stopped.clear()

    async def stop(self) -> None:
        """Doing it twice is harmless."""
        self._running = False
        self._stopped.set()
        await self.transport.stop()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def show(self, message: Message) -> None:
        self._check_running()
        await self.transport.show(message)

    async def ask(self, request: Request, *, timeout_s: float | None = None) -> Reply:
        """The first reply that fits; what does not fit is told and asked again. Requests are asked one after another.

        Raises ``ControlTimeout`` after ``timeout_s`` seconds, ``ControlClosed`` when nobody can reply any more.
        """
        self._check_running()
        try:
            async with asyncio.timeout(timeout_s), self._one:
                return await self._ask(request)
        except TimeoutError:
            raise ControlTimeout(f"nobody replied within {timeout_s:g} s: {request.title}") from None

    async def ask_user_question(
        self, question: str, options: list[str] | None = None, *, timeout_s: float | None = None
    ) -> str | None:
        """The answer; ``None`` when the person declines."""
        request = Question(id=self._next_id("question"), title=question, options=tuple(options or ()))
        reply = await self.ask(request, timeout_s=timeout_s)
        return str(reply.result) if reply.decision == "answer" else None

    async def request_approval(
        self, title: str, details: dict[str, Any] | None = None, *, risk: str = "medium", timeout_s: float | None = None
    ) -> bool:
        """Whether it is approved."""
        request = ApprovalRequest(id=self._next_id("approval"), title=title, arguments=details or {}, risk=risk)
        return (await self.ask(request, timeout_s=timeout_s)).decision == "approve"

    async def report_progress(self, message: str, percentage: float | None = None) -> None:
        if percentage is not None and not 0 <= percentage <= 100:
            raise ValueError(f"a percentage is between 0 and 100, got {percentage}")
        await self.show(Progress(message=message, percentage=percentage))

    async def _ask(self, request: Request) -> Reply:
        for _ in range(MOST_TRIES):
            self._check_running()
            reply = await self._unless_stopped(request)
            problem = check_reply(request, reply)
            if not problem:
                return reply
            await self.show(Problem(id=request.id, message=problem))
        raise ControlClosed(f"{MOST_TRIES} replies did not fit: {request.title}")

    async def _unless_stopped(self, request: Request) -> Reply:
        """A transport that does not notice its own end keeps nobody waiting either."""
        reply = asyncio.ensure_future(self.transport.ask(request))
        stopped = asyncio.ensure_future(self._stopped.wait())
        try:
            await asyncio.wait({reply, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if reply.done():
                return reply.result()
            raise ControlClosed("the control protocol was stopped while somebody was asked")
        finally:
            for task in (reply, stopped):
                task.cancel()
            await asyncio.gather(reply, stopped, return_exceptions=True)

    def _check_running(self) -> None:
        if not self._running:
            raise ControlClosed("the control protocol is not running: await protocol.start() first")
        if asyncio.get_running_loop() is not self._loop:
            raise RuntimeError("the control protocol was started on another event loop: await agent.run_async(...) on that one")

    def _next_id(self, kind: str) -> str:
        self._count += 1
        return f"{kind}/{self._count}"
