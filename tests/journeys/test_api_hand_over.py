"""Sessions and hand-over by the API: variables, waiting for an answer, the stream, past values, another version, take-over."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.test import AsyncClient

from agents.models import Run
from journeys.models import Session
from journeys.services.sessions import end_session, get_session
from tests.factories.api import ApiClient, key_of
from tests.factories.people import People
from tests.journeys.conftest import Script
from tests.journeys.talking import publish_talk, until
from trust.core.principal import Principal
from trust.core.roles import Role
from trust.services.keys import authenticate_key

pytestmark = pytest.mark.django_db
NAME = {"name": "first_name", "type": {"kind": "str"}}


@pytest.fixture
def api(people: People) -> ApiClient:
    return ApiClient(key_of(people, people.alice))


@pytest.fixture
def operator(people: People) -> ApiClient:
    return ApiClient(key_of(people, people.alice, Role.OPERATOR))


@pytest.fixture
def stranger(people: People) -> ApiClient:
    return ApiClient(key_of(people, people.charlie))


@pytest.fixture
def session(api: ApiClient, alice: Principal) -> dict[str, Any]:
    publish_talk(alice, variables=[NAME])
    answer = api.post("/journeys/talk/sessions", {"variables": {"first_name": "Ann"}, "context": {"topic": ["old"]}})
    assert answer.status_code == 201, answer.content
    opened: dict[str, Any] = answer.json()
    return opened


def test_session_opens_with_variables_and_context(api: ApiClient, session: dict[str, Any]) -> None:
    assert (session["variables"], session["context"], session["origin"]) == ({"first_name": "Ann"}, {"topic": ["old"]}, "api")
    refused = api.post("/journeys/talk/sessions", {"variables": {"x": 1}})
    assert refused.status_code == 422
    assert refused.json()["problems"][0]["where"] == "variables.x"


def test_operator_takes_over_writes_and_hands_back(api: ApiClient, operator: ApiClient, session: dict[str, Any]) -> None:
    here = f"/conversations/{session['id']}"
    assert api.post(f"/sessions/{session['id']}/ask-for-person", {"why": "It is urgent."}).json()["handling"] == "waiting"
    assert [item["id"] for item in operator.get("/conversations?handling=waiting").json()["items"]] == [session["id"]]
    assert operator.post(f"{here}/take-over").json()["handling"] == "human"
    assert api.post(f"{here}/take-over").status_code == 409
    said = api.post(f"/sessions/{session['id']}/messages", {"client_id": "m1", "text": "Hello?"})
    assert said.status_code == 202
    assert said.json()["run_id"] is None
    assert "Location" not in said
    written = operator.post(f"{here}/messages", {"client_id": "h1", "text": "I am here."})
    assert (written.status_code, written.json()["role"]) == (201, "human")
    assert written.json()["author"]
    told = [m["role"] for m in operator.get(f"{here}/messages").json()["items"]]
    assert told == ["assistant", "system", "system", "user", "human"]
    assert operator.post(f"{here}/hand-back", {"summary": "Settled."}).json()["handling"] == "agent"
    assert operator.post(f"{here}/hand-back", {"summary": ""}).status_code == 409


def test_stranger_finds_no_conversation(stranger: ApiClient, session: dict[str, Any]) -> None:
    assert stranger.get("/conversations").json()["items"] == []
    for path in ("", "/messages"):
        assert stranger.get(f"/conversations/{session['id']}{path}").status_code == 404
    acts: list[tuple[str, Any]] = [("take-over", None), ("hand-back", {}), ("messages", {"client_id": "a", "text": "b"})]
    for path, body in acts:
        assert stranger.post(f"/conversations/{session['id']}/{path}", body).status_code == 404
    others: list[tuple[str, Any]] = [("variables", {"variables": {}}), ("end", None), ("go-on", None), ("ask-for-person", {})]
    for path, body in others:
        assert stranger.post(f"/sessions/{session['id']}/{path}", body).status_code == 404


def test_past_values_are_listed_and_restored(api: ApiClient, session: dict[str, Any]) -> None:
    here = f"/sessions/{session['id']}"
    assert [v["value"] for v in api.get(f"{here}/fields").json()["fields"]["topic"]] == [["old"]]
    Session.objects.update(state={**Session.objects.get().state, "context": {}})
    restored = api.post(f"{here}/fields/restore", {"field": "topic", "seq": 0})
    assert restored.json()["context"] == {"topic": ["old"]}
    assert api.post(f"{here}/fields/restore", {"field": "topic", "seq": 77}).status_code == 422
    assert api.post(f"{here}/fields/restore", {"field": "none", "seq": 0}).status_code == 404


def test_move_is_planned_and_refused_to_the_same_version(api: ApiClient, session: dict[str, Any]) -> None:
    here = f"/sessions/{session['id']}/move"
    assert api.get(here).json() == {"version": 1, "missing": [], "offered": ["talk"]}
    assert api.get(f"{here}?version=9").status_code == 404
    assert api.post(here, {}).status_code == 409


def test_ended_session_says_why(api: ApiClient, session: dict[str, Any]) -> None:
    ended = api.post(f"/sessions/{session['id']}/end")
    assert (ended.json()["status"], ended.json()["ended_because"]) == ("ended", "It was ended by hand.")
    assert api.post(f"/sessions/{session['id']}/variables", {"variables": {}}).status_code == 409


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("engine")
def test_answer_can_be_waited_for(api: ApiClient, session: dict[str, Any], script: Script) -> None:
    script({"json": {"response": "Good day.", "topic": "weather"}})

    def ask() -> Any:
        try:
            return api.post(f"/sessions/{session['id']}/messages?wait_s=30", {"client_id": "m1", "text": "Hi"})
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(ask)
        while not (runs := list(Run.objects.all())):
            time.sleep(0.05)
        until(runs[0], "succeeded")
        answer = asked.result()
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert [m["text"] for m in told["items"]] == ["Good day."]
    assert (told["state"]["turn"], told["message"]["text"]) == ("idle", "Hi")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("engine")
async def test_stream_tells_messages_and_states_until_the_end(people: People, script: Script) -> None:
    alice = await sync_to_async(people.principal)(people.alice)
    await sync_to_async(publish_talk)(alice)
    secret = await sync_to_async(key_of)(people, people.alice)
    client, headers = AsyncClient(), {"Authorization": f"Bearer {secret}"}
    opened = (await client.post("/api/v1/journeys/talk/sessions", "{}", "application/json", headers=headers)).json()
    key = await sync_to_async(authenticate_key)(secret, address="127.0.0.1")
    assert key is not None
    answer = await client.get(f"/api/v1/sessions/{opened['id']}/stream", headers=headers)
    assert answer["Content-Type"] == "text/event-stream"
    heard: list[tuple[str, Any]] = []
    async for chunk in answer.streaming_content:  # type: ignore[attr-defined]
        lines = dict(line.split(": ", 1) for line in chunk.decode().strip().split("\n") if not line.startswith(":"))
        if lines:
            heard.append((lines["event"], json.loads(lines["data"])))
        if len(heard) == 2:
            session = await sync_to_async(get_session)(key, opened["id"])
            await sync_to_async(end_session)(principal=key, session_id=session.id)
    assert [kind for kind, _ in heard] == ["message", "state", "message", "state"]
    assert [heard[0][1]["text"], heard[1][1]["status"], heard[3][1]["status"]] == ["Hello.", "open", "ended"]


@pytest.mark.django_db(transaction=True)
async def test_stream_of_a_stranger_is_a_404(people: People, alice: Principal, session: dict[str, Any]) -> None:
    secret = await sync_to_async(key_of)(people, people.charlie)
    headers = {"Authorization": f"Bearer {secret}"}
    answer = await AsyncClient().get(f"/api/v1/sessions/{session['id']}/stream", headers=headers)
    assert answer.status_code == 404
