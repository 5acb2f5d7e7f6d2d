"""Connections to MCP servers, one a server and loop: opened at first use, shared, mended after a loss, closed when idle.

Each lives in a task of its own, because the SDK wants to be left by the task that entered it.
"""

from __future__ import annotations

import asyncio
import importlib
import time
import weakref
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

from agents.adapters.mcp.address import ServerAddress
from agents.adapters.mcp.content import read_blocks, result_data
from agents.adapters.mcp.errors import Lost, NotSent
from agents.core.runtime.calls import ToolFailed
from agents.core.runtime.errors import OutcomeUnknown
from agents.core.tools.mcp import Entry, read_offers

if TYPE_CHECKING:
    from mcp import Client

IDLE_S = 120.0
FRESH_S = 60.0  # a list older than this is asked for again before a call
PATIENCE_S = 20.0  # how long a server that is just being restarted is waited for
FINAL = ("refused", "egress_refused")  # trying again would not change them
Listing = Sequence[Entry]


class Connection:
    """One open connection. ``stale`` is set when the server says that its tools changed."""

    def __init__(self, server: ServerAddress):
        self.server = server
        self.used_at = time.monotonic()
        self.busy = 0
        self._leave = asyncio.Event()
        self._opened: asyncio.Future[Client] = asyncio.get_running_loop().create_future()
        self._listed_at = float("-inf")
        self._listing: Listing = ()
        self._listing_lock = asyncio.Lock()
        self._task = asyncio.create_task(self._hold(), name=f"mcp {server.name}")

    @property
    def alive(self) -> bool:
        return not self._task.done() and not self._leave.is_set()

    async def wait_open(self) -> None:
        """Raises ``ToolFailed`` when the server cannot be reached or is no MCP server."""
        sdk = await _sdk()
        try:
            async with asyncio.timeout(self.server.connect_s):
                await asyncio.shield(self._opened)
        except TimeoutError as error:
            self.close()
            raise sdk.told(self.server, error) from error
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            raise sdk.told(self.server, error) from error

    def close(self) -> None:
        """Asks the task to leave; does not wait for it. What is still opening is cut off."""
        self._leave.set()
        if not self._opened.done():
            self._task.cancel()

    async def list_tools(self, *, fresh_s: float = FRESH_S) -> Listing:
        """The server's tools as it told them at most ``fresh_s`` ago."""
        async with self._listing_lock:
            if time.monotonic() - self._listed_at >= fresh_s:
                sdk = await _sdk()
                began = time.monotonic()
                try:
                    listed = await self._ask(sdk.list_tools, within_s=self.server.connect_s)
                except Lost as error:  # whatever was to be called has not been
                    raise NotSent(str(error), error.code) from error
                self._listing, self._listed_at = read_offers(self.server.name, self.server.strike(listed)), began
            return self._listing

    async def call(self, name: str, arguments: dict[str, Any], key: str = "") -> dict[str, Any]:
        """The tool's result as JSON data. Raises ``ToolFailed``: with the server's words where it answered with an error."""
        sdk = await _sdk()
        result = await self._ask(lambda client: sdk.call_tool(client, name, arguments, key), within_s=self.server.call_s)
        result = self.server.strike(result)
        if result.get("isError"):
            words, notes = read_blocks(result.get("content") or [])
            raise ToolFailed((words or "; ".join(notes) or f"{name} failed and did not say why")[:2000])
        return result_data(result)

    async def _ask(self, question: Callable[[Client], Awaitable[Any]], *, within_s: float) -> Any:
        sdk = await _sdk()
        self.busy += 1
        asking = asyncio.ensure_future(question(self._opened.result()))
        try:
            done, _ = await asyncio.wait({asking, self._task}, timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
            if asking in done:
                return asking.result()
            if done:
                raise Lost(f"the connection to {self.server.name} was lost")
            raise Lost(f"{self.server.name} did not answer within {within_s:g} s", "timeout")
        except ToolFailed:
            raise
        except Exception as error:
            raise sdk.told(self.server, error) from error
        finally:
            asking.cancel()
            self.busy -= 1
            self.used_at = time.monotonic()

    async def _hold(self) -> None:
        listening: asyncio.Task[None] | None = None
        try:
            sdk = await _sdk()
            async with sdk.open_client(self.server, self._mark_stale) as client:
                self._opened.set_result(client)
                listening = asyncio.create_task(sdk.listen(client, self._mark_stale))
                await self._leave.wait()
                listening.cancel()
        except BaseException as error:  # noqa: BLE001 - however it ended, whoever waits for it is told
            if not self._opened.done():
                self._opened.set_exception(error if isinstance(error, Exception) else Lost("the connection was given up"))
                self._opened.exception()  # nobody has to look
        finally:
            if listening is not None:
                listening.cancel()

    def _mark_stale(self) -> None:
        self._listed_at = float("-inf")


class Sessions:
    """The connections of one loop."""

    def __init__(self) -> None:
        self._connections: dict[ServerAddress, Connection] = {}
        self._locks: weakref.WeakValueDictionary[ServerAddress, asyncio.Lock] = weakref.WeakValueDictionary()
        self._reaper: asyncio.TimerHandle | None = None

    async def use(self, server: ServerAddress, *, patience_s: float = 0.0) -> Connection:
        """The open connection; with patience, a server that refuses is tried again until it is over."""
        until = time.monotonic() + patience_s
        pause = 0.2
        while True:
            try:
                return await self._open(server)
            except NotSent as error:
                if error.code != "unreachable" or time.monotonic() + pause > until:
                    raise
            await asyncio.sleep(pause)
            pause = min(pause * 2, 2.0)

    async def run(
        self,
        server: ServerAddress,
        work: Callable[[Connection], Awaitable[Any]],
        *,
        repeatable: bool,
        patience_s: float = PATIENCE_S,
    ) -> Any:
        """``work`` on the connection. It is done once more, on a new one, when nothing was sent; when the answer was lost only
        if ``repeatable``: else nobody knows what happened, and the error says so."""
        for is_last in (False, True):
            connection = await self.use(server, patience_s=patience_s)
            try:
                return await work(connection)
            except NotSent as error:
                if is_last or error.code in FINAL:
                    raise
                self._drop(connection)
            except Lost as error:
                if connection.server.is_program or error.code != "timeout" or not connection.alive:
                    self._drop(connection)
                if not repeatable:
                    told = f"{error}; the call may have happened or not, so it is not repeated"
                    raise OutcomeUnknown(told, cause=error.code) from error
                if is_last or error.code == "timeout":
                    raise
        raise AssertionError("the second attempt returns or raises")

    async def _open(self, server: ServerAddress) -> Connection:
        lock = self._locks.setdefault(server, asyncio.Lock())
        async with lock:
            connection = self._connections.get(server)
            if connection is None or not connection.alive:
                connection = self._connections[server] = Connection(server)
                self._watch()
            await connection.wait_open()
            return connection

    def _drop(self, connection: Connection) -> None:
        connection.close()
        if self._connections.get(connection.server) is connection:
            del self._connections[connection.server]

    def close_all(self) -> None:
        for connection in list(self._connections.values()):
            self._drop(connection)

    def _watch(self) -> None:
        if self._reaper is None:
            self._reaper = asyncio.get_running_loop().call_later(IDLE_S / 4, self._reap)

    def _reap(self) -> None:
        self._reaper = None
        for connection in list(self._connections.values()):
            if not connection.alive or (not connection.busy and time.monotonic() - connection.used_at > IDLE_S):
                self._drop(connection)
        if self._connections:
            self._watch()


def sessions() -> Sessions:
    """Those of the running loop."""
    return _SESSIONS.setdefault(asyncio.get_running_loop(), Sessions())


async def _sdk() -> Any:
    """Imported on a thread at first use: it takes about a second, in which runs go on."""
    if not _LOADED:
        _LOADED.append(await asyncio.to_thread(importlib.import_module, "agents.adapters.mcp.sdk"))
    return _LOADED[0]


_LOADED: list[Any] = []
_SESSIONS: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Sessions] = weakref.WeakKeyDictionary()
