"""The websocket of one run for programs that talk with it: ``/ws/v1/runs/<id>/control?after=<seq>``.

Messages out, replies in, in the JSON of ``agents.core.control``; closed with 1000 after ``ended``.
"""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any
from uuid import UUID

from channels.generic.websocket import AsyncWebsocketConsumer
from pydantic import ValidationError

from agents.adapters.threads import in_thread
from agents.core.control.messages import Ended, Problem, Reply, to_data
from agents.realtime.messages import Close, read_query
from agents.services.control import as_json, follow_control, reply_to
from agents.services.runs import get_run
from trust.core.errors import KaizenError, NotFound, TooMany
from trust.core.principal import Principal
from trust.core.roles import Permission
from trust.services.guards import socket_principal, socket_still_allowed

logger = logging.getLogger(__name__)
MOST_CHARACTERS = 1_000_000  # of one reply


class ControlSocket(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels ships no types
    """Reading needs the right to read, replying the right to approve, asked anew at each reply."""

    guarded_by = Permission.READ.value
    principal: Principal

    async def connect(self) -> None:
        self.run_id: UUID = self.scope["url_route"]["kwargs"]["run_id"]
        self.teller: asyncio.Task[None] | None = None
        refusal = await self._open()
        await self.accept()  # also to refuse: a close code reaches a client only after the handshake
        if refusal is not None:
            await self.close(refusal)
        else:
            self.teller = asyncio.create_task(self._tell_all())

    async def disconnect(self, code: int) -> None:
        if self.teller is not None:
            self.teller.cancel()
            await asyncio.gather(self.teller, return_exceptions=True)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        try:
            data = json.loads(text_data or "") if len(text_data or "") <= MOST_CHARACTERS else None
            if isinstance(data, dict) and data.get("type") == "ping":
                await self._send({"type": "pong"})
                return
            reply = Reply.model_validate(data)
        except (ValueError, ValidationError, RecursionError):
            await self._send(to_data(Problem(id="", message="this is no reply; a reply has an id and a decision")))
            return
        if not await in_thread(socket_still_allowed, self.scope, self.principal, Permission.APPROVE):
            await self._send(to_data(Problem(id=reply.id, message="you may read only: deciding needs the right to approve")))
            return
        try:
            await in_thread(_decide, self.principal, self.run_id, reply)
        except KaizenError as refusal:
            await self._send(to_data(Problem(id=reply.id, message=refusal.message)))

    async def _open(self) -> Close | None:
        after = read_query(self.scope["query_string"]).get("after", "0")
        if not after.isdecimal() or len(after) > 9:
            return Close.MALFORMED
        self.after = int(after)
        try:
            principal = await in_thread(socket_principal, self.scope)
            if principal is None or not principal.may(Permission.READ):
                return Close.UNKNOWN
            await in_thread(get_run, principal, self.run_id)
        except NotFound:
            return Close.MISSING
        except TooMany:
            return Close.UNKNOWN
        self.principal = principal
        return None

    async def _tell_all(self) -> None:
        ended = False
        try:
            async for batch in follow_control(self.principal, self.run_id, after=self.after):
                if not await in_thread(socket_still_allowed, self.scope, self.principal, Permission.READ):
                    await self.close(Close.REVOKED)
                    return
                for told in batch:
                    await self._send(as_json(told))
                    ended = ended or isinstance(told[1], Ended)
            await self.close(Close.FINISHED if ended else Close.REVOKED)
        except Exception:  # the edge of a consumer: whatever it is, the client is told to come back
            logger.exception("a control socket failed")
            await self.close(Close.BROKEN)

    async def _send(self, message: dict[str, Any]) -> None:
        await self.send(text_data=json.dumps(message))


def _decide(principal: Principal, run_id: UUID, reply: Reply) -> None:
    reply_to(principal=principal, run_id=run_id, reply=reply)
