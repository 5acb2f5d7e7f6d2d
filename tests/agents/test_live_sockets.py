"""Live websockets and event streams: replay from a cursor, live events, text, rights; Charlie hears nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from uuid import UUID, uuid4

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from channels.testing import WebsocketCommunicator
from django.db import connections
from django.test import AsyncClient

from agents.core.runtime.events import EventType, NewEvent
from agents.models.run import Run
from agents.services.runs import append_events, cancel_run
from agents.services.targets import start_published
from kaizen_site.asgi import application
from tests.factories.api import ApiClient, key_of, principal_of
from tests.factories.drafts import agent_draft
from tests.factories.people import People
from trust.models import ApiKey
from trust.services.keys import revoke_key

pytestmark = pytest.mark.django_db(transaction=True)
T = TypeVar("T")


async def here(work: Callable[..., T], *args: Any, **options: Any) -> T:
    return await sync_to_async(work, thread_sensitive=True)(*args, **options)


@pytest.fixture(autouse=True)
async def _give_back() -> AsyncIterator[None]:
    """The thread of thread-sensitive calls outlives the test; its connection must not, or the database cannot be dropped."""
    yield
    await sync_to_async(connections.close_all)()


@pytest.fixture
def secret(people: People) -> str:
    secret = key_of(people, people.bob)
    client = ApiClient(secret)
    assert client.post("/agents", {"slug": "helper", "draft": agent_draft()}).status_code == 201
    assert client.post("/agents/helper/publish", {}).status_code == 201
    return secret


@pytest.fixture
def run(secret: str) -> Run:
    """A queued run of Bob's key. No worker runs in this process, so its journal grows by hand only."""
    return start_published(principal=principal_of(secret), kind="agent", slug="helper", inputs={"message": "hi"})


def write(run: Run, *events: NewEvent) -> None:
    append_events(Run.objects.get(pk=run.pk), events)


def note(text: str) -> NewEvent:
    return NewEvent(EventType.PROGRESS_REPORTED, "", {"note": text})


def socket(path: str, secret: str = "", **headers: str) -> WebsocketCommunicator:
    sent = {"host": "testserver", **({"authorization": f"Bearer {secret}"} if secret else {}), **headers}
    encoded = [(name.encode(), value.encode()) for name, value in sent.items()]
    return WebsocketCommunicator(application, path, headers=encoded)


@asynccontextmanager
async def opened(path: str, secret: str = "", **headers: str) -> AsyncIterator[WebsocketCommunicator]:
    communicator = socket(path, secret, **headers)
    connected, _ = await communicator.connect(timeout=5)
    assert connected
    try:
        yield communicator
    finally:
        await communicator.disconnect()


async def hear(communicator: WebsocketCommunicator) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(await communicator.receive_from(timeout=5))
    return message


async def closed_with(communicator: WebsocketCommunicator) -> int:
    while True:
        output = await communicator.receive_output(timeout=5)
        if output["type"] == "websocket.close":
            code: int = output["code"]
            return code


async def test_a_run_is_replayed_from_the_cursor_and_then_followed(run: Run, secret: str) -> None:
    await here(write, run, note("one"))
    async with opened(f"/ws/v1/runs/{run.id}?after=1", secret) as ws:
        first = await hear(ws)
        assert (first["type"], first["run"], first["seq"]) == ("event", str(run.id), 2)
        assert first["event"]["payload"] == {"note": "one"}
        await here(write, run, note("two"), note("three"))
        assert [(await hear(ws))["seq"] for _ in range(2)] == [3, 4]


async def test_a_lost_and_a_doubled_bell_cost_nothing(run: Run, secret: str) -> None:
    layer = get_channel_layer()
    assert layer is not None
    async with opened(f"/ws/v1/runs/{run.id}", secret) as ws:
        assert (await hear(ws))["seq"] == 1
        bell = {"type": "bell", "topic": f"run.{run.id}", "run": str(run.id), "seq": 1}
        for _ in range(3):
            await layer.group_send(f"run.{run.id}", bell)
        assert await ws.receive_nothing(timeout=0.3)
        await here(write, run, note("two"))
        assert (await hear(ws))["seq"] == 2


async def test_a_run_socket_ends_after_the_final_event(run: Run, secret: str) -> None:
    async with opened(f"/ws/v1/runs/{run.id}?after=1", secret) as ws:
        await here(cancel_run, principal=await here(principal_of, secret), run_id=run.id)
        assert [(await hear(ws))["event"]["type"] for _ in range(2)] == ["cancel.requested", "run.cancelled"]
        assert await closed_with(ws) == 1000
    async with opened(f"/ws/v1/runs/{run.id}?after=3", secret) as ws:
        assert await closed_with(ws) == 1000


async def test_only_the_newest_text_of_a_step_is_sent(run: Run, secret: str) -> None:
    layer = get_channel_layer()
    assert layer is not None
    async with opened(f"/ws/v1/runs/{run.id}?after=1", secret) as ws:
        for n in range(200):
            text = "x" * (n + 1)
            await layer.group_send(f"run.{run.id}", {"type": "delta", "run": str(run.id), "path": "model/0", "text": text})
        lengths = [0]
        while lengths[-1] < 200:
            message = await hear(ws)
            assert message["type"] == "delta"
            lengths.append(len(message["text"]))
        assert lengths == sorted(lengths)
        assert len(lengths) < 50


@pytest.mark.parametrize("path", ["/ws/v1/page?topics=approvals", "/ws/v1/page?topics=run:{run}", "/ws/v1/runs/{run}"])
@pytest.mark.parametrize("secret_sent", ["kz_wrong", None])
async def test_nobody_hears_nothing(run: Run, path: str, secret_sent: str | None) -> None:
    if secret_sent is None:
        async with opened(path.format(run=run.id), origin="http://testserver") as ws:
            assert await closed_with(ws) == 4401
    else:
        async with opened(path.format(run=run.id), secret_sent) as ws:
            assert await closed_with(ws) == 4401


async def test_a_stranger_is_told_that_there_is_nothing(run: Run, people: People) -> None:
    charlie = await here(key_of, people, people.charlie)
    for path in (f"/ws/v1/page?topics=run:{run.id}", f"/ws/v1/runs/{run.id}", f"/ws/v1/runs/{uuid4()}"):
        async with opened(path, charlie) as ws:
            assert await closed_with(ws) == 4404
    async with opened("/ws/v1/page?topics=approvals", charlie) as ws:
        assert await hear(ws) == {"type": "approvals", "pending": 0}


@pytest.mark.parametrize(
    "query", ["", "topics=", "topics=weather", "topics=approvals&after=x", "topics=" + ",".join(f"run:{n}" for n in range(9))]
)
async def test_an_address_that_cannot_be_read_is_refused(secret: str, query: str) -> None:
    async with opened(f"/ws/v1/page?{query}", secret) as ws:
        assert await closed_with(ws) == 4400


async def test_a_foreign_page_is_refused_at_the_door(people: People, run: Run) -> None:
    browser = await here(people.browser, people.bob)
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in browser.cookies.items())
    for headers in ({"origin": "https://evil.example"}, {}):
        connected, _ = await socket("/ws/v1/page?topics=approvals", cookie=cookie, **headers).connect()
        assert not connected
    async with opened("/ws/v1/page?topics=approvals", cookie=cookie, origin="http://testserver") as ws:
        assert (await hear(ws))["type"] == "approvals"


async def test_a_socket_closes_when_its_rights_are_revoked(run: Run, secret: str, people: People) -> None:
    principal = await here(principal_of, secret)
    async with opened(f"/ws/v1/page?topics=run:{run.id}", secret) as ws:
        assert (await hear(ws))["seq"] == 1
        alice = await here(people.principal, people.alice)
        await here(revoke_key, alice, key_id=UUID(principal.id))
        assert await closed_with(ws) == 4403
    assert await here(ApiKey.objects.filter(pk=principal.id, revoked_at=None).count) == 0


async def test_a_ping_is_answered_and_nonsense_ends_the_socket(secret: str) -> None:
    async with opened("/ws/v1/page?topics=approvals", secret) as ws:
        assert (await hear(ws))["type"] == "approvals"
        await ws.send_to(text_data='{"type": "ping"}')
        assert await hear(ws) == {"type": "pong"}
        await ws.send_to(text_data="nonsense")
        assert await closed_with(ws) == 4400


async def stream(run: Run, secret: str, **headers: str) -> AsyncIterator[dict[str, str]]:
    """The events of a stream, parsed as a client would."""
    sent = {"Authorization": f"Bearer {secret}", "Accept": "text/event-stream", **headers}
    answer = await AsyncClient().get(f"/api/v1/runs/{run.id}/events", headers=sent)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/event-stream"
    async for chunk in answer.streaming_content:  # type: ignore[attr-defined]
        lines = [line.partition(": ") for line in chunk.decode().strip().split("\n") if not line.startswith(":")]
        if lines:
            yield {name: value for name, _, value in lines}


async def test_a_stream_goes_on_until_the_final_event(run: Run, secret: str) -> None:
    heard: list[str] = []
    async for event in stream(run, secret):
        heard.append(f"{event['id']} {event['event']}")
        assert json.loads(event["data"])["seq"] == int(event["id"])
        if len(heard) == 1:
            await here(write, run, note("live"))
        if len(heard) == 2:
            await here(cancel_run, principal=await here(principal_of, secret), run_id=run.id)
    assert heard == ["1 run.queued", "2 progress.reported", "3 cancel.requested", "4 run.cancelled"]


async def test_a_stream_is_taken_up_where_it_was_cut(run: Run, secret: str) -> None:
    await here(write, run, note("one"), note("two"))
    await here(cancel_run, principal=await here(principal_of, secret), run_id=run.id)
    heard = [event["id"] async for event in stream(run, secret, **{"Last-Event-ID": "3"})]
    assert heard == ["4", "5"]
    assert [event["id"] async for event in stream(run, secret, **{"Last-Event-ID": "5"})] == []


@pytest.mark.slow
async def test_twenty_viewers_that_are_cut_at_random_miss_nothing(run: Run, secret: str) -> None:
    total = 60

    async def view(n: int) -> list[int]:
        seen: list[int] = []
        while not seen or seen[-1] < total:
            async with opened(f"/ws/v1/runs/{run.id}?after={seen[-1] if seen else 0}", secret) as ws:
                for _ in range(3 + n % 7):
                    seen.append((await hear(ws))["seq"])
                    if seen[-1] == total:
                        break
        return seen

    async def grow() -> None:
        for n in range(total - 1):
            await here(write, run, note(str(n)))
            await asyncio.sleep(0.01)

    *views, _ = await asyncio.gather(*(view(n) for n in range(20)), grow())
    assert views == [list(range(1, total + 1))] * 20
