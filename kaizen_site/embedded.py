"""The embedded worker: a real Celery worker on a thread of the web process, with real tasks over the memory broker."""

from __future__ import annotations

import threading
from typing import Any

import structlog
from celery import signals
from celery.worker import WorkController
from django.db import close_old_connections

from kaizen_site.celery import app

_log = structlog.get_logger("kaizen.worker")


class EmbeddedWorker:
    """Starts and stops the worker. ``celery.apps.worker.Worker`` would want the main thread for its signals."""

    def __init__(self, *, threads: int):
        self._ready = threading.Event()
        self._controller = _make_controller(threads, self._ready)
        self._thread = threading.Thread(target=self._controller.start, name="celery-worker", daemon=True)

    def start(self) -> None:
        """Returns when tasks are taken. Raises ``RuntimeError`` when that does not come about within 30 s."""
        signals.task_prerun.connect(_close_old_connections)
        signals.task_postrun.connect(_close_old_connections)
        self._thread.start()
        if not self._ready.wait(30):
            raise RuntimeError("the embedded worker did not start within 30 s")

    def stop(self) -> None:
        """Lets tasks that are running end: stop the engine first, so that they do."""
        self._controller.stop()
        self._thread.join(3)


def _make_controller(threads: int, ready: threading.Event) -> WorkController:
    class Controller(WorkController):
        def on_consumer_ready(self, consumer: Any) -> None:
            ready.set()

    return Controller(
        app=app,
        pool_cls="threads",
        concurrency=threads,
        hostname="embedded@local",
        without_heartbeat=True,
        without_mingle=True,
        without_gossip=True,
    )


def _close_old_connections(sender: Any = None, **_: Any) -> None:
    if not getattr(getattr(sender, "request", None), "is_eager", False):
        close_old_connections()
