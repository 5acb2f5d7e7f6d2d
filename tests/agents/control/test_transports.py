"""One contract over every transport of runs in this process: memory, terminal and JSON lines."""

from __future__ import annotations

import asyncio
import io
import json
import os
import re
from collections.abc import Iterator
from typing import Any, TextIO

import pytest

from agents.core.control import (
    ApprovalRequest,
    CLITransport,
    ControlClosed,
    ControlProtocol,
    ControlTimeout,
    ControlTransport,
    LinesTransport,
    MemoryTransport,
    Question,
    Reply,
    run_with_control,
)
from agents.core.control.catalog import TRANSPORTS, transport_class
from tests.agents.control.asking import ask_and_act, quiet_ports

WITHIN_S = 5.0


class Pipe:
    """Two text streams with a person at the other end who writes lines and reads what was shown."""

    def __init__(self) -> None:
        here, there = os.pipe()
        self.read: TextIO = os.fdopen(here, "r")
        self._there: TextIO = os.fdopen(there, "w")
        self.shown = io.StringIO()

    def type(self, line: str) -> None:
        self._there.write(line + "\n")
        self._there.flush()

    def hang_up(self) -> None:
        self._there.close()


class Desk:
    """A person at one transport. ``said`` is all they were shown, as text; they reply to requests by their kind."""

    def __init__(self, kind: str):
        self.kind = kind
        self.pipe = Pipe()
        self.transport: ControlTransport
        if kind == "memory":
            self.transport = self.memory = MemoryTransport()
        elif kind == "cli":
            self.transport = CLITransport(self.pipe.read, self.pipe.shown)
        else:
            self.transport = LinesTransport(self.pipe.read, self.pipe.shown)

    def said(self) -> str:
        if self.kind == "memory":
            return "\n".join(str(message.model_dump()) for message in self.memory.messages)
        return self.pipe.shown.getvalue()

    async def asked(self, text: str, count: int = 1) -> None:
        """Waits until ``text`` was shown ``count`` times, and a moment more for the prompt."""
        async with asyncio.timeout(WITHIN_S):
            while len(re.findall(re.escape(text), self.said())) < count:
                await asyncio.sleep(0.005)
        await asyncio.sleep(0.02)

    def reply(self, request_id: str, typed: list[str], **reply: Any) -> None:
        if self.kind == "memory":
            self.memory.reply(Reply(id=request_id, **reply))
        elif self.kind == "cli":
            for line in typed:
                self.pipe.type(line)
        else:
            self.pipe.type(json.dumps({"id": request_id, **reply}))

    def go_away(self) -> None:
        if self.kind == "memory":
            self.memory._waiting.close("the other side is gone")
        else:
            self.pipe.hang_up()


@pytest.fixture(params=["memory", "cli", "lines"])
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    desk = Desk(request.param)
    yield desk
    desk.pipe.hang_up()


async def test_a_run_asks_waits_and_goes_on_with_the_replies(desk: Desk) -> None:
    async with ControlProtocol(desk.transport) as control:
        run = asyncio.create_task(run_with_control(ask_and_act, None, {}, quiet_ports(), control))
        await desk.asked("Which colour?")
        assert "Looking around" in desk.said()
        desk.reply("question/0", ["2"], decision="answer", result="blue")
        await desk.asked("Paint the door")
        assert "blue" in desk.said()
        desk.reply("approval/0", ["y"], decision="approve")
        outcome = await asyncio.wait_for(run, WITHIN_S)
    assert outcome.output == {"colour": "blue", "approved": True}
    assert "succeeded" in desk.said()
    assert desk.said().index("Looking around") < desk.said().index("Which colour?") < desk.said().index("Done")


async def test_a_rejection_reaches_the_run_with_its_reason(desk: Desk) -> None:
    ports = quiet_ports()
    async with ControlProtocol(desk.transport) as control:
        run = asyncio.create_task(run_with_control(ask_and_act, None, {}, ports, control))
        await desk.asked("Which colour?")
        desk.reply("question/0", ["red"], decision="answer", result="red")
        await desk.asked("Paint the door")
        desk.reply("approval/0", ["n", "not today"], decision="reject", reason="not today")
        outcome = await asyncio.wait_for(run, WITHIN_S)
    assert outcome.output == {"colour": "red", "approved": False}
    decided = [e for e in await ports.journal.load() if e.type == "approval.decided"]
    assert decided[0].payload["reason"] == "not today"


async def test_a_reply_that_does_not_fit_is_asked_again(desk: Desk) -> None:
    async with ControlProtocol(desk.transport) as control:
        asked = asyncio.create_task(control.ask(Question(id="q", title="Which?", options=("a", "b"))))
        await desk.asked("Which?")
        desk.reply("q", ["c"], decision="answer", result="c")
        await desk.asked("One of 1 to 2" if desk.kind == "cli" else "one of: a, b")
        await asyncio.sleep(0.05)
        desk.reply("q", ["b"], decision="answer", result="b")
        assert (await asyncio.wait_for(asked, WITHIN_S)).result == "b"


async def test_a_transport_that_is_gone_wakes_who_waits_with_a_clear_error(desk: Desk) -> None:
    async with ControlProtocol(desk.transport) as control:
        asked = asyncio.create_task(control.ask_user_question("Anybody?"))
        await desk.asked("Anybody?")
        desk.go_away()
        with pytest.raises(ControlClosed, match="ended|gone"):
            await asyncio.wait_for(asked, WITHIN_S)


async def test_stopping_wakes_who_waits(desk: Desk) -> None:
    control = ControlProtocol(desk.transport)
    await control.start()
    asked = asyncio.create_task(control.ask_user_question("Anybody?"))
    await desk.asked("Anybody?")
    await control.stop()
    with pytest.raises(ControlClosed):
        await asyncio.wait_for(asked, WITHIN_S)
    await control.stop()
    with pytest.raises(ControlClosed, match="not running"):
        await control.ask_user_question("Still there?")


async def test_nobody_waits_longer_than_the_time_out(desk: Desk) -> None:
    async with ControlProtocol(desk.transport) as control:
        with pytest.raises(ControlTimeout, match=r"within 0\.05 s: Anybody"):
            await control.ask_user_question("Anybody?", timeout_s=0.05)


async def test_requests_at_the_same_time_are_asked_one_after_another(desk: Desk) -> None:
    async with ControlProtocol(desk.transport) as control:
        first = asyncio.create_task(control.ask(Question(id="one", title="First?")))
        second = asyncio.create_task(control.ask(ApprovalRequest(id="two", title="Second?")))
        await desk.asked("First?")
        assert "Second?" not in desk.said()
        desk.reply("one", ["1st"], decision="answer", result="1st")
        assert (await asyncio.wait_for(first, WITHIN_S)).result == "1st"
        await desk.asked("Second?")
        desk.reply("two", ["yes"], decision="approve")
        assert (await asyncio.wait_for(second, WITHIN_S)).decision == "approve"


async def test_a_late_reply_changes_nothing(desk: Desk) -> None:
    async with ControlProtocol(desk.transport) as control:
        with pytest.raises(ControlTimeout):
            await control.ask(Question(id="one", title="First?"), timeout_s=0.05)
        if desk.kind == "cli":
            return  # a terminal has no ids: what is typed belongs to the question on the screen
        desk.reply("one", [], decision="answer", result="late")
        await asyncio.sleep(0.05)
        asked = asyncio.create_task(control.ask(Question(id="two", title="Second?")))
        await desk.asked("Second?")
        assert not asked.done()
        desk.reply("two", [], decision="answer", result="in time")
        assert (await asyncio.wait_for(asked, WITHIN_S)).result == "in time"


async def test_lines_that_are_no_replies_are_told_and_ignored() -> None:
    pipe = Pipe()
    async with ControlProtocol(LinesTransport(pipe.read, pipe.shown)) as control:
        asked = asyncio.create_task(control.ask(Question(id="q", title="Which?")))
        for line in ("hello", "{}", '{"id": "q", "decision": "explode"}', '{"id": "other", "decision": "approve"}'):
            pipe.type(line)
        await asyncio.sleep(0.1)
        assert not asked.done()
        problems = [m for m in map(json.loads, pipe.shown.getvalue().splitlines()) if m["type"] == "problem"]
        assert len(problems) == 4
        assert "nothing with this id waits" in problems[-1]["message"]
        pipe.type('{"id": "q", "decision": "answer", "result": "yes"}')
        assert (await asyncio.wait_for(asked, WITHIN_S)).result == "yes"
    pipe.hang_up()


async def test_a_terminal_shows_no_hidden_characters() -> None:
    pipe = Pipe()
    transport = CLITransport(pipe.read, pipe.shown)
    title, arguments = "Delete \x1b[2Jall", {"path": "safe\u202egnp.exe"}
    asked = asyncio.create_task(transport.ask(ApprovalRequest(id="a", title=title, arguments=arguments)))
    await asyncio.sleep(0.05)
    asked.cancel()
    assert "\x1b" not in pipe.shown.getvalue()
    assert "\\u001b[2J" in pipe.shown.getvalue()
    assert "\u202e" not in pipe.shown.getvalue()
    pipe.hang_up()


async def test_a_protocol_is_started_once() -> None:
    async with ControlProtocol(MemoryTransport()) as control:
        with pytest.raises(RuntimeError, match="started already"):
            await control.start()


def test_every_transport_of_the_catalog_is_one() -> None:
    for name in TRANSPORTS:
        methods = ("start", "stop", "show", "ask")
        assert all(callable(getattr(transport_class(name), method, None)) for method in methods), name
    with pytest.raises(KeyError, match="cli, memory, stdio"):
        transport_class("pigeon")
