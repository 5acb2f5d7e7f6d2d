"""The bridge from async readers (sockets, streams) to blocking database work. The engine has one of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from asgiref.sync import sync_to_async
from django.db import close_old_connections

T = TypeVar("T")


async def in_thread(work: Callable[..., T], *args: object) -> T:
    """``work(*args)`` on a thread of the loop's pool; its database connection is given back afterwards.

    Thread-sensitive calls would put all sockets of the process on one thread.
    """

    def run() -> T:
        close_old_connections()
        try:
            return work(*args)
        finally:
            close_old_connections()

    return await sync_to_async(run, thread_sensitive=False)()
