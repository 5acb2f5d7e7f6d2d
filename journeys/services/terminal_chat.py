"""A conversation with a journey in a terminal: lines in, streamed answers out, and what it asks is asked here."""

from __future__ import annotations

import json
from typing import Any, TextIO
from uuid import UUID, uuid4

from asgiref.sync import sync_to_async

from agents.core.control import CLITransport, ControlClosed, ControlTransport
from agents.core.control.messages import Ended, Message, Reply, Request, Text, to_data
from agents.core.control.typed import TypedLines
from agents.services.runs import get_run
from agents.services.terminal_run import TerminalRun
from journeys.models import Message as Said
from journeys.models import MessageRole, Session, SessionStatus
from journeys.services.sessions import get_session, list_messages, post_message
from trust.core.errors import KaizenError
from trust.core.principal import Principal


class Spoken:
    """One run at a terminal that outlives it: shows the pathway's own text and what is asked, and stays open at the end."""

    def __init__(self, shown: ControlTransport):
        self._shown = shown
        self.streamed = ""

    async def start(self) -> None:
        return

    async def stop(self) -> None:
        return

    async def show(self, message: Message) -> None:
        if isinstance(message, Ended):
            return
        if isinstance(message, Text):
            if not message.path.startswith("pathway/"):
                return
            self.streamed = message.text
        await self._shown.show(message)

    async def ask(self, request: Request) -> Reply:
        return await self._shown.ask(request)


class JsonTerminal:
    """JSON lines both ways: a line in is a text, ``{"text": ...}``, or the reply to what was asked last."""

    def __init__(self, read: TextIO, write: TextIO):
        self._lines, self._write = TypedLines(read), write

    async def start(self) -> None:
        return

    async def stop(self) -> None:
        return

    async def show(self, message: Message) -> None:
        self.put(to_data(message))

    async def ask(self, request: Request) -> Reply:
        await self.show(request)
        while True:
            line = await self.read_line("")
            try:
                return Reply.model_validate({"id": request.id, **json.loads(line)})
            except (ValueError, TypeError) as error:
                self.put({"type": "problem", "id": request.id, "message": f"this is no reply: {error}"[:300]})

    async def read_line(self, prompt: str) -> str:
        self._lines.start()
        return await self._lines.next()

    def put(self, data: dict[str, Any]) -> None:
        self._write.write(json.dumps(data, ensure_ascii=False) + "\n")
        self._write.flush()


class TerminalChat:
    """A session at a terminal until the input or the session ends."""

    def __init__(
        self, principal: Principal, session: Session, read: TextIO, write: TextIO, *, as_json: bool, patience_s: float
    ):
        self._principal, self._session, self._patience_s = principal, session, patience_s
        self._json = JsonTerminal(read, write) if as_json else None
        self._plain = CLITransport(read, write)
        self._seen = 0

    async def talk(self) -> None:
        await self._tell("")
        while not await self._is_over():
            try:
                line = await (self._json or self._plain).read_line("You: ")
            except ControlClosed:
                return
            text = _text_of(line) if self._json else line.strip()
            if text:
                await self._say(text)

    async def _say(self, text: str) -> None:
        try:
            message = await sync_to_async(post_message)(
                principal=self._principal, session_id=self._session.pk, client_id=uuid4().hex, text=text
            )
        except KaizenError as refused:
            self._put({"type": "problem", "id": "", "message": refused.message}, refused.message)
            return
        spoken = Spoken(self._json or self._plain)
        if message.run_id is not None:
            run = await sync_to_async(get_run)(self._principal, message.run_id)
            await TerminalRun(self._principal, run, spoken, patience_s=self._patience_s).follow()
        await self._tell(spoken.streamed)

    async def _tell(self, streamed: str) -> None:
        """What is new of the conversation; a reply that was streamed whole is not told twice on a terminal."""
        for said in await sync_to_async(list_messages)(self._principal, self._session.pk, self._seen):
            self._seen = said.seq
            if said.role == MessageRole.USER or not said.text:
                continue
            repeated = said.text.strip() == streamed.strip()
            self._put(_data(said), "" if repeated else f"{said.author or said.role}: {said.text}")

    async def _is_over(self) -> bool:
        session = await sync_to_async(get_session)(self._principal, UUID(str(self._session.pk)))
        return session.status == SessionStatus.ENDED

    def _put(self, data: dict[str, Any], words: str) -> None:
        if self._json is not None:
            self._json.put(data)
        elif words:
            self._plain.say(words)


def _data(said: Said) -> dict[str, Any]:
    return {
        "type": "message",
        "seq": said.seq,
        "role": said.role,
        "author": said.author,
        "text": said.text,
        "suggestions": said.payload.get("suggestions") or [],
    }


def _text_of(line: str) -> str:
    try:
        data = json.loads(line)
    except ValueError:
        return line.strip()
    return str(data.get("text", "")).strip() if isinstance(data, dict) else line.strip()
