"""SiteServer: prepares the site, starts the engine and the worker, serves, and stops all of it cleanly.

Signals are handled here and not by the web server: an early one ends the preparation, a late one ends the serving,
and a second one ends the process at once.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

import structlog
from django.conf import settings

from kaizen_site.data_folder import DataFolderLock
from kaizen_site.env import SettingsError

_STOP_WITHIN_S = 10.0
_log = structlog.get_logger("kaizen.server")


class SiteServer:
    """One run of the server. ``say`` gets the lines that are meant for the person at the terminal."""

    def __init__(self, *, say: Callable[[str], Any]):
        self._say = say
        self._lock = DataFolderLock(settings.DATA_DIR)
        self._stopping = False
        self._serving = False

    def run(self) -> None:
        """Serves until a signal. Raises ``SettingsError`` when the port or the data folder is taken."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)
        _refuse_taken_port(settings.ENV.kaizen_bind, settings.ENV.port)
        if not settings.EMBEDDED:
            self._serve(ready=lambda: self._say(f"Kaizen (web) is at {settings.ENV.public_url}/"))
            return
        self._lock.acquire()
        try:
            self._run_embedded()
        finally:
            self._lock.release()

    def _run_embedded(self) -> None:
        from agents.services.engine import start_embedded, stop_worker
        from agents.services.models import warm_up
        from kaizen_site.embedded import EmbeddedWorker
        from kaizen_site.greeting import greet
        from kaizen_site.prepare import prepare_site
        from kaizen_site.pulse import PULSE

        owner = prepare_site()
        greeting = greet(owner)
        worker = EmbeddedWorker(threads=settings.ENV.kaizen_worker_threads)
        worker.start()
        start_embedded()
        PULSE.start()
        try:
            self._serve(ready=lambda: _do_both(lambda: self._say(greeting), warm_up))
        finally:
            _end_process_after(_STOP_WITHIN_S)
            PULSE.stop()
            stop_worker()
            worker.stop()

    def _serve(self, *, ready: Callable[[], Any]) -> None:
        from daphne.endpoints import build_endpoint_description_strings
        from daphne.server import Server

        from kaizen_site.asgi import application
        from kaizen_site.bodies import bound_bodies

        bound_bodies()
        self._serving = True
        if self._stopping:
            return
        Server(
            application,
            endpoints=build_endpoint_description_strings(host=settings.ENV.kaizen_bind, port=settings.ENV.port),
            signal_handlers=False,
            ready_callable=ready,
            server_name="kaizen",
            proxy_forwarded_address_header="X-Forwarded-For" if settings.ENV.kaizen_proxies else None,
            proxy_forwarded_proto_header="X-Forwarded-Proto" if settings.ENV.kaizen_proxies else None,
        ).run()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self._stopping:
            os._exit(130)
        self._stopping = True
        if not self._serving:
            sys.exit(0)
        from twisted.internet import reactor

        reactor.callFromThread(_stop_reactor)


def _do_both(first: Callable[[], Any], second: Callable[[], Any]) -> None:
    first()
    second()


def _stop_reactor() -> None:
    from twisted.internet import reactor

    if reactor.running:
        reactor.stop()  # type: ignore[misc]  # its own annotation is wrong


def _refuse_taken_port(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SettingsError(f"PORT: {port} on {host} cannot be used: {error.strerror}. Set PORT to a free one.") from None


def _end_process_after(seconds: float) -> None:
    """A request or task that will not end must not keep a stopped server alive; its run is released by its lease."""

    def end() -> None:
        _log.warning("server.stop_overdue", after_s=seconds)
        os._exit(0)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
