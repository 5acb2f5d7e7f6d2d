"""Starts and stops the parts of a worker process that are not Celery's: the engine loop and the sweeper."""

from __future__ import annotations

import logging
import threading

from django.conf import settings
from django.db import close_old_connections

from agents.adapters.loop import ENGINE_LOOP
from agents.services.execution import get_engine, stop_engine
from agents.services.recovery import purge_runs, sweep, void_leases

log = logging.getLogger(__name__)
PURGE_EVERY = 600  # sweeps
_stop = threading.Event()
_started = threading.Event()


def start_embedded() -> None:
    """For the one-process server: voids the leases of earlier starts, then starts engine and sweeper."""
    void_leases()
    start_worker()


def start_worker() -> None:
    """Starts the engine and this process's sweeper. Every worker sweeps: doing it twice is harmless, not at all is not."""
    get_engine()
    _stop.clear()
    threading.Thread(target=_sweep_for_ever, daemon=True, name="sweeper").start()
    _started.set()


def stop_worker(timeout_s: float = 5.0) -> None:
    """Stops sweeping and gives every run of this process back to the queue."""
    _stop.set()
    _started.clear()
    stop_engine(timeout_s)


def is_worker_alive() -> bool:
    """True while this process's engine answers within a second."""
    if not _started.is_set() or _stop.is_set():
        return False
    answered = threading.Event()
    ENGINE_LOOP.loop.call_soon_threadsafe(answered.set)
    return answered.wait(1.0)


def _sweep_for_ever() -> None:
    count = 0
    while not _stop.is_set():
        close_old_connections()
        try:
            sweep(get_engine().offer_if_room)
            if count % PURGE_EVERY == 0:
                purge_runs()
        except Exception as error:  # noqa: BLE001 - an edge: the sweeper must outlive any fault
            log.warning("a sweep failed and is tried again: %s: %s", type(error).__name__, error)
        finally:
            close_old_connections()
        count += 1
        _stop.wait(settings.ENV.kaizen_sweep_s)
