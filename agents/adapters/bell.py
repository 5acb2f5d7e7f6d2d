"""Bells: hints over the channel layer that something new is in the database, and live text that is never stored.

A bell may be lost, doubled or late; nothing depends on one. Ringing never raises and never waits."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from channels.layers import get_channel_layer

from agents.adapters.loop import ENGINE_LOOP

log = logging.getLogger(__name__)
_lock = threading.Lock()
_waiting: dict[tuple[str, ...], dict[str, Any]] = {}
_sending: set[asyncio.Task[None]] = set()
_ringing: asyncio.AbstractEventLoop | None = None  # the loop that is sending now


def ring(groups: Iterable[str], message: dict[str, Any]) -> None:
    """Sends ``message`` to every group from any thread. The layer's clients belong to the engine loop.

    What rings at the same moment is sent by one coroutine, in order; of several bells for the same thing the newest is sent.
    """
    global _ringing
    loop = ENGINE_LOOP.loop
    with _lock:
        for group in groups:
            key = (group, message["type"], message["run"], message.get("path", ""))
            _waiting.pop(key, None)
            _waiting[key] = {**message, "topic": group}
        idle, _ringing = _ringing is not loop, loop
    if idle:
        _start(loop)


def ring_run(run_id: UUID, seq: int, topics: Iterable[str]) -> None:
    """Says that the journal of the run has reached ``seq``."""
    ring([f"run.{run_id}", *topics], {"type": "bell", "run": str(run_id), "seq": seq})


def ring_approvals(organization_id: UUID) -> None:
    """Says that the organization's approvals have changed."""
    ring([f"approvals.{organization_id}"], {"type": "bell", "run": "", "seq": 0})


def ring_delta(run_id: UUID, topics: Iterable[str], path: str, text: str) -> None:
    """Sends the whole text of a step so far."""
    ring([f"run.{run_id}", *topics], {"type": "delta", "run": str(run_id), "path": path, "text": text})


def _start(loop: asyncio.AbstractEventLoop) -> None:
    try:
        here = asyncio.get_running_loop() is loop
    except RuntimeError:
        here = False
    if here:  # no need to wake the loop through its socket
        task = loop.create_task(_ring_all())
        _sending.add(task)
        task.add_done_callback(_sending.discard)
    else:
        ENGINE_LOOP.submit(_ring_all())


async def _ring_all() -> None:
    global _ringing  # noqa: PLW0603
    while True:
        with _lock:
            ready = dict(_waiting)
            _waiting.clear()
            if not ready:
                _ringing = None
                return
        for (group, *_), message in ready.items():
            await _send(group, message)


async def _send(group: str, message: dict[str, Any]) -> None:
    layer = get_channel_layer()
    if layer is None:
        return
    try:
        await layer.group_send(group, message)
    except Exception as error:  # noqa: BLE001 - the layer is another server; a bell never raises
        log.warning("a bell was not rung: %s: %s", type(error).__name__, error)
