"""The live topic of a session: every turn on one socket, for its owner only."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.db import connections

from agents.core.runtime.events import EventType, NewEvent
from agents.models.run import Run
from agents.services.runs import append_events
from kaizen_site.asgi import application
from tests.factories.api import ApiClient, key_of
from tests.factories.drafts import journey_draft
from tests.factories.people import People

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
async def _give_back() -> AsyncIterator[None]:
    """The thread of thread-sensitive calls outlives the test; its connection must not, or the database cannot be dropped."""
    yield
    await sync_to_async(connections.close_all)()


@pytest.fixture
def bob(people: People) -> ApiClient:
    client = ApiClient(key_of(people, people.bob))
    client.post("/journeys", {"slug": "referral", "draft": journey_draft()})
    assert client.post("/journeys/referral/publish", {}).status_code == 201
    return client


def say(client: ApiClient, session: str, n: int) -> str:
    answer = client.post(f"/sessions/{session}/messages", {"client_id": f"m{n}", "text": f"message {n}"})
    run_id: str = answer.json()["run_id"]
    return run_id


def note(run_id: str) -> None:
    append_events(Run.objects.get(pk=run_id), [NewEvent(EventType.PROGRESS_REPORTED, "", {"note": "x"})])


async def connect(secret: str, query: str) -> WebsocketCommunicator:
    headers = [(b"authorization", f"Bearer {secret}".encode()), (b"host", b"testserver")]
    ws = WebsocketCommunicator(application, f"/ws/v1/page?{query}", headers=headers)
    connected, _ = await ws.connect(timeout=5)
    assert connected
    return ws


async def hear(ws: WebsocketCommunicator) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(await ws.receive_from(timeout=5))
    return message


async def test_a_page_hears_every_turn_after_its_cursor_and_new_ones(bob: ApiClient) -> None:
    in_thread = sync_to_async
    session = (await in_thread(bob.post)("/journeys/referral/sessions", {})).json()["id"]
    first, second = [await in_thread(say)(bob, session, n) for n in (1, 2)]
    ws = await connect(bob.secret, f"topics=session:{session},approvals&after={first}:1")
    state = await hear(ws)
    assert state == {"type": "approvals", "pending": 0}
    replayed = await hear(ws)
    assert (replayed["run"], replayed["seq"], replayed["topic"]) == (second, 1, f"session:{session}")
    await in_thread(note)(first)
    message = await hear(ws)
    assert (message["run"], message["seq"]) == (first, 2)
    third = await in_thread(say)(bob, session, 3)
    message = await hear(ws)
    assert (message["run"], message["seq"], message["event"]["type"]) == (third, 1, "run.queued")
    await ws.disconnect()


async def test_a_session_that_is_deleted_or_anothers_has_no_topic(people: People, bob: ApiClient) -> None:
    in_thread = sync_to_async
    session = (await in_thread(bob.post)("/journeys/referral/sessions", {})).json()["id"]
    colleague, charlie = [await in_thread(key_of)(people, user) for user in (people.bob, people.charlie)]
    for secret in (colleague, charlie):
        ws = await connect(secret, f"topics=session:{session}")
        assert (await ws.receive_output(timeout=5))["code"] == 4404
    await in_thread(bob.delete)(f"/sessions/{session}")
    ws = await connect(bob.secret, f"topics=session:{session}")
    assert (await ws.receive_output(timeout=5))["code"] == 4404
