"""The pulse of workers: each writes the time into the shared cache every two seconds, readiness reads it.

A lost cache costs one beat. A worker whose engine does not answer stops beating.
"""

from __future__ import annotations

import threading
import time

import structlog
from django.core.cache import cache

from agents.services.workers import PULSE_KEY, seconds_since_pulse

_KEY = PULSE_KEY
_EVERY_S = 2.0
__all__ = ["PULSE", "Pulse", "seconds_since_pulse"]
_log = structlog.get_logger("kaizen.pulse")


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
