"""The pulse of workers: each writes the time into the shared cache every two seconds, readiness reads it.

A lost cache costs one beat. A worker whose engine does not answer stops beating.
"""

from __future__ import annotations

import threading
import time

import structlog
from django.core.cache import cache

_KEY = "kaizen.worker.pulse"
_EVERY_S = 2.0
_log = structlog.get_logger("kaizen.pulse")


def seconds_since_pulse() -> float | None:
    """Age of the newest beat of any worker; ``None`` when there is none."""
    beat: float | None = cache.get(_KEY)
    return None if beat is None else max(0.0, time.time() - beat)


class Pulse:
    """Beats on a thread of its own from ``start`` to ``stop``."""

    def __init__(self) -> None:
        self._over = threading.Event()

    def start(self) -> None:
        self._over.clear()
        threading.Thread(target=self._beat, name="pulse", daemon=True).start()

    def stop(self) -> None:
        self._over.set()

    def _beat(self) -> None:
        from agents.services.engine import is_worker_alive

        while not self._over.is_set():
            try:
                if is_worker_alive():
                    cache.set(_KEY, time.time(), timeout=60)
            except Exception as error:  # noqa: BLE001  # the cache is another server: whatever it raises is one lost beat
                _log.warning("pulse.lost_a_beat", error=str(error))
            self._over.wait(_EVERY_S)


PULSE = Pulse()
