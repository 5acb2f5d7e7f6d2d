"""LiveSocket: one websocket that carries several topics. Subscribes first, then reads the database, and reads again at
every bell; a lost, doubled or reordered bell therefore costs nothing. Writes nothing.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from typing import Any
from uuid import UUID

from channels.generic.websocket import AsyncWebsocketConsumer

from agents.adapters.threads import in_thread
from agents.models.run import RunEvent
from agents.realtime.messages import Close, delta_message, event_message
from agents.realtime.outbox import Outbox
from agents.services.runs import list_events
from agents.services.topics import Topic, open_topic
from trust.core.errors import Invalid, NotFound, TooMany
from trust.core.principal import Principal
from trust.core.roles import Permission
from trust.services.guards import socket_principal, socket_still_allowed
from trust.services.rights import rights_group

POLL_S = 10.0  # how late an event may be when its bell is lost
RIGHTS_CHECK_S = 30.0
DELTA_GAP_S = 0.05  # at most this often a browser is sent text
PAGE = 200
FINAL = frozenset({"run.succeeded", "run.failed", "run.cancelled", "run.expired"})

logger = logging.getLogger(__name__)


class LiveSocket(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels ships no types
    """Subclasses say which topics the address names and where the client already is."""

    guarded_by = Permission.READ.value
    closes_after_end = False
    poll_s = POLL_S

    principal: Principal
    topics: list[Topic]

    def read_address(self) -> tuple[list[str], dict[str, int]]:
        """Topic names and cursors of the address. Raises ``Invalid``."""
        raise NotImplementedError

    async def connect(self) -> None:
        self.outbox = Outbox()
        self.topics = []
        self.groups_joined: list[str] = []
        self.states: dict[str, dict[str, Any]] = {}
        self.states_due = True
        self.rights_due = False
        self.sender: asyncio.Task[None] | None = None
        refusal = await self._open()
        await self.accept()  # also to refuse: a close code reaches a browser only after the handshake
        if refusal:
            await self.close(refusal)
        else:
            self.sender = asyncio.create_task(self._send_all())

    async def disconnect(self, code: int) -> None:
        if self.sender is not None:
            self.sender.cancel()
            await asyncio.gather(self.sender, return_exceptions=True)
        for group in self.groups_joined:
            await self.channel_layer.group_discard(group, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        try:
            message = json.loads(text_data or "")
        except ValueError:
            message = None
        if not isinstance(message, dict) or message.get("type") != "ping":
            await self.close(Close.MALFORMED)
        else:
            await self._send_json({"type": "pong"})

    # --- what the channel layer says: handlers only note it, the sender does the work

    async def bell(self, message: dict[str, Any]) -> None:
        for topic in self.topics:
            if topic.group != message["topic"]:
                continue
            if topic.read_state is not None:
                self.states_due = True
            elif message["seq"] > self.outbox.sent.get(message["run"], 0):
                self.outbox.ring(topic.name, message["run"])
        self.outbox.wake.set()

    async def delta(self, message: dict[str, Any]) -> None:
        self.outbox.put_text(str(message["run"]), message["path"], message["text"])

    async def rights_changed(self, message: dict[str, Any]) -> None:
        self.rights_due = True
        self.outbox.wake.set()

    # --- private

    async def _open(self) -> Close | None:
        """Who it is and what they may hear; the reason to refuse, else ``None``."""
        try:
            names, cursors = self.read_address()
            principal = await in_thread(socket_principal, self.scope)
            if principal is None or not principal.may(Permission.READ):
                return Close.UNKNOWN
            self.principal = principal
            await self._subscribe(names, cursors)
        except Invalid:
            return Close.MALFORMED
        except NotFound:
            return Close.MISSING
        except TooMany:
            return Close.UNKNOWN
        return None

    async def _subscribe(self, names: list[str], cursors: dict[str, int]) -> None:
        self.topics = [await in_thread(open_topic, self.principal, name) for name in names]
        for group in {rights_group(self.principal.ref), *(topic.group for topic in self.topics)}:
            await self.channel_layer.group_add(group, self.channel_name)
            self.groups_joined.append(group)
        for topic in self.topics:
            self.outbox.start(topic.name, await in_thread(topic.heads), cursors)

    async def _send_all(self) -> None:
        """The only place that sends events. Ends with a close code when the socket may not or need not go on."""
        try:
            await self.close(await self._pump())
        except NotFound:
            await self.close(Close.MISSING)
        except Exception:  # the edge of a consumer: whatever it is, the client is told to come back
            logger.exception("a live socket failed")
            await self.close(Close.BROKEN)

    async def _pump(self) -> Close:
        polled_at = checked_at = time.monotonic()
        while True:
            if self.rights_due or time.monotonic() - checked_at > RIGHTS_CHECK_S:
                self.rights_due, checked_at = False, time.monotonic()
                if not await in_thread(socket_still_allowed, self.scope, self.principal, Permission.READ):
                    return Close.REVOKED
            if time.monotonic() - polled_at > self.poll_s:
                polled_at = time.monotonic()
                await self._poll()
            self.outbox.wake.clear()
            await self._send_due()
            if self.closes_after_end and self.outbox.ended:
                return Close.FINISHED
            await self._wait()

    async def _poll(self) -> None:
        self.states_due = True
        for topic in self.topics:
            self.outbox.compare(topic.name, await in_thread(topic.heads))

    async def _send_due(self) -> None:
        if self.states_due:
            self.states_due = False
            for topic in self.topics:
                if topic.read_state is not None:
                    await self._send_state(topic.name, await in_thread(topic.read_state))
        for run_id, topic_name in self.outbox.take_due().items():
            await self._send_events(topic_name, run_id)
        for (run_id, path), text in self.outbox.take_texts().items():
            await self._send_json(delta_message(run_id, path, text))

    async def _send_state(self, topic: str, state: dict[str, Any]) -> None:
        if self.states.get(topic) != state:
            self.states[topic] = state
            await self._send_json(state)

    async def _send_events(self, topic: str, run_id: str) -> None:
        while True:
            after = self.outbox.sent.get(run_id, 0)
            events: list[RunEvent] = await in_thread(_read_events, self.principal, run_id, after)
            for event in events:
                await self._send_json(event_message(topic, run_id, event))
                self.outbox.note_sent(run_id, event.seq, event.type, event.path)
                if event.type in FINAL:
                    self.outbox.ended.add(run_id)
            if len(events) < PAGE:
                return

    async def _wait(self) -> None:
        try:
            await asyncio.wait_for(self.outbox.wake.wait(), self.poll_s)
        except TimeoutError:
            return
        if not self.outbox.due:
            await asyncio.sleep(DELTA_GAP_S)

    async def _send_json(self, message: dict[str, Any]) -> None:
        await self.send(text_data=json.dumps(message))


def _read_events(principal: Principal, run_id: str, after: int) -> list[RunEvent]:
    return list(list_events(principal, UUID(run_id), after=after, limit=PAGE))
