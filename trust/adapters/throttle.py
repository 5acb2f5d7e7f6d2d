"""Counts failures in the shared cache. A flushed cache forgets them, which only shortens somebody's wait."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.core.cache import cache


@dataclass(frozen=True, slots=True)
class Throttle:
    """At most ``limit`` failures of one ``who`` within ``window_s`` seconds, counted from the first one."""

    name: str
    limit: int
    window_s: int

    def count(self, who: str) -> bool:
        """Add one failure; whether that is more than the limit."""
        key = f"kaizen:throttle:{self.name}:{hashlib.sha256(who.encode()).hexdigest()}"
        if cache.add(key, 1, timeout=self.window_s):
            return self.limit < 1
        try:
            return int(cache.incr(key)) > self.limit
        except ValueError:  # the window ended between the two calls
            cache.set(key, 1, timeout=self.window_s)
            return self.limit < 1
