"""Crash points: ``KAIZEN_CRASH_AT=<name>:<n>`` kills this process at the n-th passage of one named place. For tests."""

from __future__ import annotations

import itertools
import os
import signal
from functools import cache

from django.conf import settings

from agents.core.runtime.probes import CRASH_POINTS


@cache
def _target() -> tuple[str, int]:
    name, _, count = str(settings.ENV.kaizen_crash_at).partition(":")
    if name and name not in CRASH_POINTS:
        raise ValueError(f"KAIZEN_CRASH_AT: there is no crash point {name!r}; there are: {', '.join(CRASH_POINTS)}")
    return name, int(count or 1)


_passages = itertools.count(1)


def probe(name: str) -> None:
    """Ends the process as ``kill -9`` would when ``name`` is the place and the time to do so."""
    wanted, n = _target()
    if name == wanted and next(_passages) == n:
        os.kill(os.getpid(), signal.SIGKILL)
