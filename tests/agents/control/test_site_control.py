"""The same contract for runs in a worker, over the site's transports: server-sent events with the API, and a websocket."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.db import connections
from django.test import AsyncClient

from agents.adapters.threads import in_thread
from agents.core.spec.agent import AgentSpec, ModelSpec, ToolUse
from agents.core.spec.signature import SignatureSpec
from agents.core.spec.types import FieldSpec, ScalarType
from agents.models import Run
from agents.services.execution import get_engine, stop_engine
from agents.services.runs import cancel_run, start_run
from kaizen_site.asgi import application
from tests.factories.people import People
from trust.core.principal import Principal
from trust.core.roles import Role
from trust.services.keys import create_key

pytestmark = pytest.mark.django_db(transaction=True)
TEXT = ScalarType(kind="str")
QUESTION = {
    "tool_calls": [{"id": "c1", "name": "ask_user_question", "arguments": {"question": "Which?", "options": ["A", "B"]}}]
}
Message = dict[str, Any]


@pytest.fixture(autouse=True)
def engine() -> Iterator[None]:
    yield
    stop_engine()


@pytest.fixture(autouse=True)
async def _give_back() -> AsyncIterator[None]:
    """The thread of thread-sensitive calls outlives the test; its connection must not, or the database cannot be dropped."""
    yield
    await sync_to_async(connections.close_all)()


@pytest.fixture
def run(alice: Principal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Waiting for the answer to a question."""
    script = tmp_path / "script.json"
    answered = {"match": '"B"', "times": 1, "json": {"response": "B it is."}}
    script.write_text(json.dumps({"replies": [QUESTION, answered]}))
    monkeypatch.setenv("KAIZEN_SCRIPTED", str(script))
    spec = AgentSpec(
        name="Helper",
        signature=SignatureSpec(
            name="Help", inputs=(FieldSpec(name="question", type=TEXT),), outputs=(FieldSpec(name="response", type=TEXT),)
        ),
        model=ModelSpec(provider="scripted"),
        tools=(ToolUse(name="ask_user_question"),),
    )
    run = start_run(principal=alice, spec=spec, inputs={"question": "Why?"})
    get_engine().offer(run.id)
    deadline = time.monotonic() + 10
    while run.status != "waiting" and time.monotonic() < deadline:
        time.sleep(0.02)
        run.refresh_from_db()
    assert run.status == "waiting", run.error
    return run


class Person(Protocol):
    """Somebody at one transport, who hears messages and replies."""

    def hear(self, after: int = 0) -> AsyncIterator[Message]: ...

    async def reply(self, **reply: Any) -> str:
        """The refusal; empty: none."""
        ...


class StreamPerson:
    def __init__(self, run: Run, key: str):
        self.path = f"/api/v1/runs/{run.id}"
        self.headers = {"Authorization": f"Bearer {key}"}

    async def hear(self, after: int = 0) -> AsyncIterator[Message]:
        headers = {**self.headers, **({"Last-Event-ID": str(after)} if after else {})}
        answer: Any = await AsyncClient().get(f"{self.path}/stream", headers=headers)
        assert answer.status_code == 200, answer.content
        assert answer["Content-Type"] == "text/event-stream"
        async for piece in answer.streaming_content:
            for line in piece.decode().splitlines():
                if line.startswith("data: "):
                    yield json.loads(line[6:])

    async def reply(self, **reply: Any) -> str:
        answer = await AsyncClient().post(
            f"{self.path}/reply", json.dumps(reply), content_type="application/json", headers=self.headers
        )
        return "" if answer.status_code == 200 else str(answer.json().get("detail") or answer.json())


class SocketPerson:
    def __init__(self, run: Run, key: str):
        self.path = f"/ws/v1/runs/{run.id}/control"
        self.headers = [(b"authorization", f"Bearer {key}".encode()), (b"host", b"testserver")]
        self.socket: WebsocketCommunicator | None = None

    async def hear(self, after: int = 0) -> AsyncIterator[Message]:
        self.socket = WebsocketCommunicator(application, f"{self.path}?after={after}", headers=self.headers)
        connected, _ = await self.socket.connect(timeout=5)
        assert connected
        while True:
            sent = await self.socket.receive_output(timeout=10)
            if sent["type"] == "websocket.close":
                assert sent["code"] == 1000
                return
            yield json.loads(sent["text"])

    async def reply(self, **reply: Any) -> str:
        assert self.socket is not None
        await self.socket.send_to(text_data=json.dumps(reply))
        sent = json.loads((await self.socket.receive_output(timeout=10))["text"])
        return str(sent["message"]) if sent["type"] == "problem" else ""


@pytest.fixture(params=[StreamPerson, SocketPerson], ids=["stream", "websocket"])
def person_class(request: pytest.FixtureRequest) -> Callable[[Run, str], Person]:
    chosen: Callable[[Run, str], Person] = request.param
    return chosen


async def key_of(principal: Principal, role: Role = Role.OWNER) -> str:
    _, secret = await in_thread(lambda: create_key(principal, name="desk", role=role))
    return secret


async def test_a_person_hears_the_question_answers_it_and_hears_the_end(
    run: Run, alice: Principal, person_class: Callable[[Run, str], Person]
) -> None:
    person = person_class(run, await key_of(alice))
    heard: list[Message] = []
    async with asyncio.timeout(20):
        async for message in person.hear():
            heard.append(message)
            if message["type"] == "question":
                refused = await person.reply(id=message["id"], decision="answer", result="C", seen_digest=message["digest"])
                assert "not among the answers" in refused
                await person.reply(id=message["id"], decision="answer", result="B", seen_digest=message["digest"])
                get_engine().offer_if_room(run.id)
    kinds = [message["type"] for message in heard if message["type"] != "text"]
    assert kinds in (["question", "decided", "ended"], ["question", "ended"]), heard  # the socket's own reply may eat one
    assert heard[0]["options"] == ["A", "B"]
    assert heard[-1].get("output") == {"response": "B it is."}, heard[-1]


async def test_who_comes_back_hears_only_what_is_new(
    run: Run, alice: Principal, person_class: Callable[[Run, str], Person]
) -> None:
    person = person_class(run, await key_of(alice))
    first = await anext(person.hear())
    await in_thread(lambda: cancel_run(principal=alice, run_id=run.id))
    async with asyncio.timeout(10):
        rest = [later async for later in person_class(run, await key_of(alice)).hear(after=first["seq"])]
    assert [later["type"] for later in rest] == ["ended"]
    assert rest[0]["status"] == "cancelled"


async def test_a_reply_to_other_bytes_or_without_the_right_is_refused(
    run: Run, alice: Principal, person_class: Callable[[Run, str], Person]
) -> None:
    person, viewer = person_class(run, await key_of(alice)), person_class(run, await key_of(alice, Role.VIEWER))
    async for message in person.hear():
        refused = await person.reply(id=message["id"], decision="answer", result="B", seen_digest="sha256:00")
        assert "look again" in refused
        refused = await person.reply(id="nowhere/0", decision="approve", seen_digest="")
        assert "Nothing waits at step" in refused
        break
    async for message in viewer.hear():
        refused = await viewer.reply(id=message["id"], decision="answer", result="B", seen_digest=message["digest"])
        assert "approve" in refused
        break


async def test_a_stranger_finds_nothing(run: Run, people: People) -> None:
    key = await key_of(await in_thread(people.principal, people.charlie))
    headers = {"Authorization": f"Bearer {key}"}
    assert (await AsyncClient().get(f"/api/v1/runs/{run.id}/stream", headers=headers)).status_code == 404
    socket = WebsocketCommunicator(
        application,
        f"/ws/v1/runs/{run.id}/control",
        headers=[(b"authorization", f"Bearer {key}".encode()), (b"host", b"testserver")],
    )
    await socket.connect()
    assert (await socket.receive_output())["code"] == 4404


async def test_lines_that_are_no_replies_leave_the_socket_open(run: Run, alice: Principal) -> None:
    person = SocketPerson(run, await key_of(alice))
    async for _ in person.hear():
        assert person.socket is not None
        for text in ("{", "[]", "7", '{"type": "reply"}', '{"id": "x", "decision": "explode"}'):
            await person.socket.send_to(text_data=text)
            assert "no reply" in json.loads((await person.socket.receive_output())["text"])["message"]
        await person.socket.send_to(text_data='{"type": "ping"}')
        assert json.loads((await person.socket.receive_output())["text"]) == {"type": "pong"}
        break
