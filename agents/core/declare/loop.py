"""One event loop on a thread of its own, for people who call agents without ``await``.

Model clients live on the loop they were made on; one loop for all plain calls keeps them alive between calls, and makes
a plain call possible inside a running loop as well (it blocks that loop while it waits: prefer ``run_async`` there).
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class _Loop:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    def get(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None or self._loop.is_closed():
                self._loop = asyncio.new_event_loop()
                atexit.register(_close, self._loop)
                threading.Thread(target=self._loop.run_forever, name="kaizen-plain-calls", daemon=True).start()
            return self._loop


def _close(loop: asyncio.AbstractEventLoop) -> None:
    """Lets the loop's own keepers close what they keep, such as connections; a process that ends waits two seconds for it."""
    if loop.is_running():
        with contextlib.suppress(TimeoutError):
            asyncio.run_coroutine_threadsafe(loop.shutdown_asyncgens(), loop).result(2)


_LOOP = _Loop()


def run_blocking(coroutine: Coroutine[Any, Any, T]) -> T:
    """The result of ``coroutine``, waited for. Ctrl+C cancels it."""
    future = asyncio.run_coroutine_threadsafe(coroutine, _LOOP.get())
    try:
        return future.result()
    except BaseException:
        future.cancel()
        raise
