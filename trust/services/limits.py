"""Limits of what one address, session or person may do in a time. Counted in the shared cache; a flushed cache forgets."""

from __future__ import annotations

from django.http import HttpRequest

from trust.adapters.address import client_address
from trust.adapters.throttle import Throttle
from trust.core.errors import TooMany


def count_use(name: str, who: str, *, limit: int, window_s: int) -> None:
    """Counts one use of ``name`` by ``who``. Raises ``TooMany`` when that is more than ``limit`` in ``window_s`` seconds."""
    if Throttle(name, limit, window_s).count(who):
        raise TooMany(retry_after_s=window_s)


def client_of(request: HttpRequest) -> str:
    """The network address of the client, as far as proxies are trusted."""
    return client_address(request)
