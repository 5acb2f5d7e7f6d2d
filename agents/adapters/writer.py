"""The writer: one thread that gathers what many runs write at the same moment into one transaction (group commit)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

from django.db import DatabaseError, InterfaceError, close_old_connections, connection, transaction
from django.utils import timezone

from agents.adapters.crash import probe
from agents.adapters.rows import EventRow, insert_events

log = logging.getLogger(__name__)
T = TypeVar("T")
GROUP = 16  # most writes of one commit: while the first go on with their runs, the next are being written
FAULTS: tuple[type[Exception], ...] = (DatabaseError, InterfaceError)


@dataclass
class Transaction:
    """What the writes of one group share. ``after_commit`` is called on the engine loop, in order, and must not wait."""

    now: datetime
    rows: list[EventRow] = field(default_factory=list)
    after_commit: list[Callable[[], None]] = field(default_factory=list)

    def flush(self) -> None:
        """Puts the rows that wait into the table: before local work reads or a savepoint ends."""
        rows, self.rows = self.rows, []
        insert_events(rows)


class Write(Protocol):
    """One change. ``apply`` runs inside the shared transaction; what it raises goes to its own caller only, so it must
    raise before it changes anything or undo its changes by a savepoint."""

    def apply(self, tx: Transaction) -> Any: ...


@dataclass
class Committed:
    """What a group came to: the result or the error of each write, and what is to be done now that it is on disk."""

    results: list[Any]
    after_commit: list[Callable[[], None]]


@dataclass
class _Waiting:
    write: Write
    future: asyncio.Future[Any]


class Writer:
    """Lives on the engine loop. Order: writes are applied in the order in which they were submitted."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="journal-writer")
        self._waiting: list[_Waiting] = []
        self._flushing = False

    async def submit(self, write: Write) -> Any:
        """The result of ``write`` once it is committed."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        self._waiting.append(_Waiting(write, future))
        if not self._flushing:
            self._flushing = True
            loop.call_soon(self._flush, loop)
        # A write that was submitted is committed even when its run is cancelled meanwhile.
        return await asyncio.shield(future)

    def _flush(self, loop: asyncio.AbstractEventLoop) -> None:
        group, self._waiting = self._waiting[:GROUP], self._waiting[GROUP:]
        if not group:
            self._flushing = False
            return
        done = loop.run_in_executor(self._thread, commit_group, [w.write for w in group])
        done.add_done_callback(lambda f: self._deliver(loop, group, f))

    def _deliver(self, loop: asyncio.AbstractEventLoop, group: list[_Waiting], done: asyncio.Future[Committed]) -> None:
        error = done.exception()
        results: Sequence[Any] = [error] * len(group) if error else done.result().results
        for call in () if error else done.result().after_commit:
            try:
                call()
            except Exception:
                log.exception("what follows a commit failed")  # the writer goes on: every run waits for it
        for waiting, result in zip(group, results, strict=True):
            if waiting.future.done():
                continue
            if isinstance(result, BaseException):
                waiting.future.set_exception(result)
                waiting.future.exception()  # a cancelled run never asks for it
            else:
                waiting.future.set_result(result)
        self._flush(loop)


def release_connection() -> None:
    """Gives this thread's connection back to its pool. SQLite has none: its thread keeps it, for opening one costs more than
    a commit; after an error it is closed."""
    if connection.vendor != "sqlite" or connection.errors_occurred:
        close_old_connections()


def commit_group(writes: Sequence[Write]) -> Committed:
    """Applies ``writes`` in one transaction; the result or the error of each. When the group as a whole fails (a deadlock, a
    lost connection, a value that cannot be written), each is tried once more in a transaction of its own: one run's fault
    is never another's."""
    release_connection()
    try:
        return _commit(writes)
    except Exception as error:  # noqa: BLE001 - whose it is shows when each is tried alone
        log.warning("a group of %d writes failed and is tried one by one: %s", len(writes), error)
        connection.close_if_unusable_or_obsolete()
        alone = [_commit_alone(write) for write in writes]
        return Committed([r for c in alone for r in c.results], [call for c in alone for call in c.after_commit])
    finally:
        release_connection()


def _commit_alone(write: Write) -> Committed:
    try:
        return _commit([write])
    except Exception as error:  # noqa: BLE001 - the write's own caller gets it
        connection.close_if_unusable_or_obsolete()
        return Committed([error], [])


def _commit(writes: Sequence[Write]) -> Committed:
    tx = Transaction(timezone.now())
    results: list[Any] = []
    with transaction.atomic():
        for write in writes:
            try:
                results.append(write.apply(tx))
            except FAULTS:
                raise
            except Exception as error:  # noqa: BLE001 - the write's own caller gets it, the group goes on
                results.append(error)
        tx.flush()
        probe("journal.before_commit")
    probe("journal.after_commit")
    return Committed(results, tx.after_commit)
