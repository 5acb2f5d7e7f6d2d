"""The writer: one thread that gathers what many runs write at the same moment into one transaction (group commit)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

from django.db import (
    DEFAULT_DB_ALIAS,
    DatabaseError,
    InterfaceError,
    close_old_connections,
    connection,
    connections,
    transaction,
)
from django.utils import timezone

from agents.adapters.crash import probe
from agents.adapters.rows import EventRow, ModelCallRow, insert_events, insert_model_calls
from agents.core.runtime.errors import LeaseLost, RuntimeFault

log = logging.getLogger(__name__)
T = TypeVar("T")
GROUP = 16  # most writes of one commit: while the first go on with their runs, the next are being written
FAULTS: tuple[type[Exception], ...] = (DatabaseError, InterfaceError)


@dataclass
class Transaction:
    """What the writes of one group share. ``after_commit`` is called on the engine loop, in order, and must not wait."""

    now: datetime
    rows: list[EventRow] = field(default_factory=list)
    model_calls: list[ModelCallRow] = field(default_factory=list)
    after_commit: list[Callable[[], None]] = field(default_factory=list)

    def flush(self) -> None:
        """Puts the rows that wait into the table: before local work reads or a savepoint ends."""
        rows, self.rows = self.rows, []
        calls, self.model_calls = self.model_calls, []
        insert_events(rows)
        insert_model_calls(calls)


class Undone(Exception):
    """A write failed and has undone its changes itself: its caller gets the cause, the group goes on."""


class Write(Protocol):
    """One change. ``apply`` runs inside the shared transaction. ``RuntimeFault``, ``LeaseLost`` and ``Undone`` say that it has
    changed nothing and go to its own caller only; any other error undoes the group, and each write is tried alone."""

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
        self._drop_what_follows(group, results)
        self._flush(loop)

    def _drop_what_follows(self, group: list[_Waiting], results: Sequence[Any]) -> None:
        """Nothing of a run follows from a write of it that is lost: what it has submitted meanwhile fails as well."""
        lost = {_run_of(w.write): result for w, result in zip(group, results, strict=True) if isinstance(result, FAULTS)}
        dropped = [w for w in self._waiting if _run_of(w.write) in lost and _run_of(w.write)] if lost else []
        for waiting in dropped:
            self._waiting.remove(waiting)
            if not waiting.future.done():
                waiting.future.set_exception(lost[_run_of(waiting.write)])
                waiting.future.exception()


def _run_of(write: Write) -> Any:
    """The run whose journal ``write`` continues, if it is one of those."""
    return getattr(getattr(write, "key", None), "id", None)


def release_connection() -> None:
    """Gives this thread's connection back to its pool. SQLite has none: its thread keeps it, for opening one costs more than
    a commit; after an error it is closed."""
    own = connections[DEFAULT_DB_ALIAS]
    if own.vendor != "sqlite" or own.errors_occurred:
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
        alone = _one_by_one(writes)
        return Committed([r for c in alone for r in c.results], [call for c in alone for call in c.after_commit])
    finally:
        release_connection()


def _one_by_one(writes: Sequence[Write]) -> list[Committed]:
    """Nothing of a run follows from a write of it that is lost: when the database fails it, its later ones fail as well."""
    done: list[Committed] = []
    lost: dict[Any, BaseException] = {}
    for write in writes:
        run = _run_of(write)
        one = Committed([lost[run]], []) if run in lost else _commit_alone(write)
        if run is not None and isinstance(one.results[0], FAULTS):
            lost[run] = one.results[0]
        done.append(one)
    return done


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
            except Undone as undone:
                results.append(undone.__cause__)
            except (RuntimeFault, LeaseLost) as refusal:
                results.append(refusal)
        tx.flush()
        probe("journal.before_commit")
    probe("journal.after_commit")
    return Committed(results, tx.after_commit)
