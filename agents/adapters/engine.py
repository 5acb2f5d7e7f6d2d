"""The engine of a worker process: which runs it works on right now, their leases, and who wants them stopped.

Knows nothing of what a run does; ``agents.services.execution`` gives it the coroutine to drive."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar
from uuid import UUID, uuid4

from django.conf import settings
from django.utils import timezone

from agents.adapters.loop import ENGINE_LOOP
from agents.adapters.writer import FAULTS, Writer, release_connection
from agents.adapters.writes import RenewLeases
from agents.core.autonomy.interrupts import InterruptMode, stop_request
from agents.core.runtime.chain import Door
from agents.models.run import Run, RunStatus

log = logging.getLogger(__name__)
T = TypeVar("T")
Drive = Callable[["Engine", UUID], Awaitable[UUID | None]]
CANCEL_POLL_S = 0.4
MEMORY_CHECK_S = 5.0
READERS = 4


class Engine:
    """One a process, on the engine loop. ``why[run]`` says why a run's task was cancelled: cancel, lease or shutdown."""

    def __init__(self, drive: Drive):
        self.owner = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
        self.writer = Writer()
        self.why: dict[UUID, str] = {}
        self.doors: dict[UUID, Door] = {}
        self._drive = drive
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="engine-reader")
        self._tasks: dict[UUID, asyncio.Task[None]] = {}
        self._fences: dict[UUID, int] = {}
        self._again: set[UUID] = set()
        self._room = threading.BoundedSemaphore(settings.ENV.kaizen_engine_concurrency)
        self._stopping = False
        self._asked_to_stop: dict[UUID, float] = {}
        self._memory_checked_at = 0.0
        self._renewed_at = 0.0

    @property
    def active(self) -> int:
        return len(self._tasks)

    def offer(self, run_id: UUID) -> None:
        """From a task's thread: waits for room (the queue's back-pressure), then hands the run to the loop."""
        if self._stopping:
            return
        self._room.acquire()
        ENGINE_LOOP.loop.call_soon_threadsafe(self._start, run_id)

    def offer_if_room(self, run_id: UUID) -> bool:
        """As ``offer``, but refuses instead of waiting when the engine is full or has the run already."""
        if self._stopping or run_id in self._tasks or not self._room.acquire(blocking=False):
            return False
        ENGINE_LOOP.loop.call_soon_threadsafe(self._start, run_id)
        return True

    def held(self, run_id: UUID, fence: int) -> None:
        """The run is claimed: its lease is renewed until its task ends."""
        self._fences[run_id] = fence

    async def read(self, function: Callable[..., T], *args: Any) -> T:
        """Runs a database query on a reader thread."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, _with_connection, function, args)

    async def run_forever(self) -> None:
        """Keeps leases alive and looks for runs that somebody wants stopped."""
        while not self._stopping:
            await asyncio.sleep(CANCEL_POLL_S)
            if self._fences:
                try:
                    await self._look_after()
                except FAULTS as error:
                    log.warning("the leases could not be looked after: %s", error)

    async def stop(self, timeout_s: float = 5.0) -> None:
        """Lets go of every run: each goes back to the queue at its last finished step."""
        self._stopping = True
        tasks = list(self._tasks.items())
        for run_id, task in tasks:
            self.why.setdefault(run_id, "shutdown")
            task.cancel()
        if tasks:
            await asyncio.wait([t for _, t in tasks], timeout=timeout_s)

    def _start(self, run_id: UUID) -> None:
        if run_id in self._tasks or self._stopping:
            # The doorbell rang while the run's last attempt is still letting go: look again right after it.
            self._again.add(run_id)
            self._room.release()
            return
        task = asyncio.get_running_loop().create_task(self._work(run_id), name=f"run {run_id}")
        self._tasks[run_id] = task
        task.add_done_callback(lambda _: self._ended(run_id))

    async def _work(self, run_id: UUID) -> None:
        following = await self._drive(self, run_id)
        if following is not None:
            self._again.add(following)

    def _ended(self, run_id: UUID) -> None:
        del self._tasks[run_id]
        self._fences.pop(run_id, None)
        self.why.pop(run_id, None)
        self.doors.pop(run_id, None)
        self._asked_to_stop.pop(run_id, None)
        self._room.release()
        ready = [r for r in self._again if r not in self._tasks]
        for other in ready:
            self._again.discard(other)
            if self._room.acquire(blocking=False):
                self._start(other)

    async def _look_after(self) -> None:
        loop = asyncio.get_running_loop()
        for run_id, stop in await self.read(_cancel_requested, self.owner):
            self._stop(run_id, stop or {}, loop.time())
        if loop.time() - self._memory_checked_at >= MEMORY_CHECK_S:
            self._memory_checked_at = loop.time()
            await self._keep_memory()
        if loop.time() - self._renewed_at >= settings.ENV.kaizen_heartbeat_s:
            self._renewed_at = loop.time()
            renew = RenewLeases(self.owner, dict(self._fences), settings.ENV.kaizen_lease_s)
            for run_id in await self.writer.submit(renew):
                self._cancel(run_id, "lease")

    def _stop(self, run_id: UUID, stop: dict[str, Any], now: float) -> None:
        """Gracefully: no further step begins. Immediately, or when that took too long: what is under way is cancelled."""
        request = stop_request(stop)
        since = self._asked_to_stop.setdefault(run_id, now)
        door = self.doors.get(run_id)
        if request.mode is InterruptMode.IMMEDIATE or now - since > settings.ENV.kaizen_graceful_stop_s or door is None:
            self._cancel(run_id, "cancel")
        else:
            door.stop = request
            self.why.setdefault(run_id, "stop")

    async def _keep_memory(self) -> None:
        """Asks the newest run to stop while this process holds more memory than it is allowed to."""
        most = settings.ENV.kaizen_worker_memory_mb
        used = memory_mb() if most else 0
        if most and used > most and self._fences:
            newest = list(self._fences)[-1]
            message = f"this worker holds {used:.0f} MB of memory; allowed are {most} MB"
            log.warning("run %s is stopped: %s", newest, message)
            await self.read(_request_stop, newest, message)

    def _cancel(self, run_id: UUID, why: str) -> None:
        task = self._tasks.get(run_id)
        if task and run_id in self._fences and self.why.get(run_id) in (None, "stop"):
            self.why[run_id] = why
            task.cancel()


def _cancel_requested(owner: str) -> list[tuple[UUID, dict[str, Any] | None]]:
    wanted = Run.objects.filter(lease_owner=owner, status=RunStatus.RUNNING, cancel_requested_at__isnull=False)
    return list(wanted.values_list("pk", "stop"))


def _request_stop(run_id: UUID, message: str) -> None:
    stop = {"source": "system", "mode": "graceful", "message": message, "by": "system:worker", "label": "the worker"}
    Run.objects.filter(pk=run_id, cancel_requested_at__isnull=True).update(cancel_requested_at=timezone.now(), stop=stop)


def memory_mb() -> float:
    """The resident memory of this process."""
    import psutil

    return float(psutil.Process().memory_info().rss) / 1_000_000


def _with_connection(function: Callable[..., T], args: tuple[Any, ...]) -> T:
    release_connection()
    try:
        return function(*args)
    finally:
        release_connection()
