"""Whether any worker serves the queue, by the pulse that workers write into the shared cache."""

from __future__ import annotations

import time

from django.core.cache import cache

PULSE_KEY = "kaizen.worker.pulse"
SILENT_S = 10.0  # five beats: a worker that is only busy beats in between


def seconds_since_pulse() -> float | None:
    """Age of the newest beat of any worker; ``None`` when there is none."""
    beat: float | None = cache.get(PULSE_KEY)
    return None if beat is None else max(0.0, time.time() - beat)
