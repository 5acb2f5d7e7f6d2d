"""The other doors: a journey as MCP tool, in the terminal, and published from Python."""

from __future__ import annotations

import asyncio
import io
import json
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import Client

from agents.core.runtime.calls import ToolFailed
from agents.services.mcp_builtin import provided_tools
from journeys import DeployFailed, deploy_journey
from journeys.gallery.healthcare_referral.journey import HealthcareReferral
from journeys.models import Session
from journeys.services.reach.deployments import save_deployment
from journeys.services.sessions import end_session, open_session
from journeys.services.terminal_chat import TerminalChat
from tests.factories.api import ApiClient, key_of
from tests.factories.people import People
from tests.journeys.conftest import Script
from tests.journeys.talking import publish_talk
from trust.core.principal import Principal

pytestmark = pytest.mark.django_db
NAME = {"name": "first_name", "type": {"kind": "str"}}


def rpc(secret: str, method: str, **params: Any) -> Any:
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    headers = {
        "Authorization": f"Bearer {secret}",
        "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": "2025-06-18",
    }
    answer = Client().post("/mcp/", json.dumps(body), "application/json", headers=headers)
    assert answer.status_code == 200, answer.content
    return answer.json()["result"]


@pytest.mark.django_db(transaction=True)
def test_journey_that_is_switched_on_is_an_mcp_tool_of_its_own_organization(
    alice: Principal, charlie: Principal, people: People
) -> None:
    slug = publish_talk(alice, variables=[NAME], description="Talks about topics.")
    assert provided_tools(alice) == {}
    save_deployment(principal=alice, slug=slug, changes={"mcp_on": True})
    [tool] = provided_tools(alice).values()
    assert tool.tool.name == "journey__talk"
    assert "Talks about topics." in tool.tool.description
    assert "first_name" in tool.tool.description
    assert provided_tools(charlie) == {}
    listed = [each["name"] for each in rpc(key_of(people, people.alice), "tools/list")["tools"]]
    assert "journey__talk" in listed
    assert "journey__talk" not in [each["name"] for each in rpc(key_of(people, people.charlie), "tools/list")["tools"]]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("arguments", "told"),
    [({}, "say something"), ({"x": 1}, "the arguments are"), ({"session": "nonsense"}, "is no id"), ({"message": 7}, "text")],
)
def test_call_that_cannot_be_is_refused_with_words(alice: Principal, arguments: dict[str, Any], told: str) -> None:
    save_deployment(principal=alice, slug=publish_talk(alice), changes={"mcp_on": True})
    served = provided_tools(alice)["journey__talk"]
    with pytest.raises(ToolFailed, match=told):
        async_to_sync(_called)(served, alice, arguments)


async def _called(served: Any, principal: Principal, arguments: dict[str, Any]) -> Any:
    return await served.call(principal, arguments, "")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("engine")
def test_terminal_talks_streams_nothing_twice_and_goes_on(alice: Principal, script: Script) -> None:
    script({"json": {"response": "Good day to you."}}, {"json": {"response": "And again."}})
    session = open_session(principal=alice, slug=publish_talk(alice), origin="cli")
    out = io.StringIO()
    chat = TerminalChat(alice, session, io.StringIO("Hi\n"), out, as_json=False, patience_s=0)
    asyncio.run(chat.talk())
    assert "assistant: Hello." in out.getvalue()
    assert out.getvalue().count("Good day to you.") == 1
    lines = io.StringIO()
    again = TerminalChat(alice, session, io.StringIO('{"text": "Once more"}\n'), lines, as_json=True, patience_s=0)
    asyncio.run(again.talk())
    said = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert [each["text"] for each in said if each["type"] == "message"] == ["Hello.", "Good day to you.", "And again."]


@pytest.mark.django_db(transaction=True)
def test_terminal_ends_with_the_session(alice: Principal) -> None:
    session = open_session(principal=alice, slug=publish_talk(alice), origin="cli")
    end_session(principal=alice, session_id=session.pk)
    out = io.StringIO()
    asyncio.run(TerminalChat(alice, session, io.StringIO("Hi\n"), out, as_json=False, patience_s=0).talk())
    assert "has ended" in out.getvalue()


def test_journey_class_is_published_in_this_process_and_once(alice: Principal, people: People) -> None:
    done = deploy_journey(HealthcareReferral, slug="clinic", organization="acme")
    again = deploy_journey(HealthcareReferral, slug="clinic", organization="acme")
    assert (done.version, again.version, done.digest == again.digest) == (1, 1, True)
    assert done.addresses["widget"].endswith("/widget/acme/clinic.js")
    assert open_session(principal=alice, slug="clinic").version_label == "v1"


def test_deploying_says_what_is_wrong(alice: Principal, people: People) -> None:
    with pytest.raises(DeployFailed, match="both"):
        deploy_journey(HealthcareReferral, slug="clinic", site="https://x.example")
    with pytest.raises(DeployFailed, match="no address"):
        deploy_journey(HealthcareReferral, slug="clinic", site="file:///etc", key="k")
    with pytest.raises(DeployFailed, match="neither a spec"):
        deploy_journey(HealthcareReferral, slug="clinic", agents={"a": 7})
    with pytest.raises(DeployFailed, match="small letters"):
        deploy_journey(HealthcareReferral, slug="Not A Slug", organization="acme")


def test_doors_are_opened_over_the_api(people: People, alice: Principal) -> None:
    publish_talk(alice)
    api, stranger = ApiClient(key_of(people, people.alice)), ApiClient(key_of(people, people.charlie))
    assert api.get("/journeys/talk/deployment").json()["widget_on"] is False
    changed = api.put(
        "/journeys/talk/deployment", {"widget_on": True, "origins": ["https://a.example/"], "look": {"title": "Hi"}}
    )
    assert (changed.json()["origins"], changed.json()["look"]["title"]) == (["https://a.example"], "Hi")
    assert api.put("/journeys/talk/deployment", {"look": {"colour": "red"}}).status_code == 422
    assert api.put("/journeys/talk/deployment", {"origins": ["*"]}).status_code == 422
    made = api.post("/journeys/talk/deployment/secret").json()["secret"]
    assert api.get("/journeys/talk/deployment").json()["secret_hint"] == made[:6]
    assert stranger.get("/journeys/talk/deployment").status_code == 404
    assert stranger.put("/journeys/talk/deployment", {"widget_on": False}).status_code == 404
    assert Session.objects.count() == 0
