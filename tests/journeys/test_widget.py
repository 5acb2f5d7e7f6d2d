"""The widget without a browser: who gets in from where, what a token opens, what a stranger, a forger and a flood get."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from journeys.core.identity import write_identity
from journeys.models import Session
from journeys.services.hand_over import take_over, write_as_human
from journeys.services.reach.deployments import make_secret, save_deployment
from tests.factories.people import People
from tests.journeys.talking import publish_talk
from trust.core.errors import Invalid
from trust.core.principal import Principal

pytestmark = pytest.mark.django_db
SHOP = "https://shop.example"
BASE = "/widget/acme/talk/"
NAME = {"name": "first_name", "type": {"kind": "str"}}


class Page:
    """A page at ``origin`` that embeds the widget, as its browser calls."""

    def __init__(self, origin: str = SHOP):
        self.http, self.origin, self.token = Client(raise_request_exception=False), origin, ""

    def call(self, path: str, body: Any = None, **headers: str) -> Any:
        sent = {"Origin": self.origin, **({"Authorization": f"Bearer {self.token}"} if self.token else {}), **headers}
        if body is None:
            return self.http.get(BASE + path, headers=sent)
        return self.http.post(
            BASE + path, body if isinstance(body, str) else json.dumps(body), "application/json", headers=sent
        )

    def begin(self, **body: Any) -> Any:
        answer = self.call("sessions/", body)
        self.token = answer.json().get("token", "")
        return answer


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def widget(alice: Principal) -> str:
    slug = publish_talk(alice, variables=[NAME])
    save_deployment(principal=alice, slug=slug, changes={"widget_on": True, "origins": [SHOP]})
    return slug


@pytest.fixture
def secret(alice: Principal, widget: str) -> str:
    return make_secret(principal=alice, slug=widget)[1]


def identity(secret: str, **claims: Any) -> str:
    return write_identity({"sub": "customer-7", "exp": time.time() + 600, **claims}, secret)


def test_visitor_begins_talks_and_comes_back_with_the_token(widget: str) -> None:
    page = Page()
    begun = page.begin(variables={"first_name": "Ann"}).json()
    assert [m["text"] for m in begun["messages"]] == ["Hello."]
    said = page.call("messages/", {"client_id": "m1", "text": "Good day"})
    assert said.json()["message"]["text"] == "Good day"
    session = Session.objects.get()
    assert (session.origin, session.owner[:6], session.variables) == ("widget", "guest:", {"first_name": "Ann"})
    again = Page()
    again.token = page.token
    assert [m["text"] for m in again.call("news/").json()["messages"]] == ["Hello.", "Good day"]
    assert again.call("news/?after=1").json()["messages"][0]["client_id"] == "m1"


def test_answers_may_be_read_by_the_embedding_page_only(widget: str) -> None:
    allowed = Page().call("config/")
    assert allowed["Access-Control-Allow-Origin"] == SHOP
    assert "Origin" in allowed["Vary"]
    assert "Access-Control-Allow-Credentials" not in allowed
    for origin in ("https://evil.example", "null", f"{SHOP}.evil.example", "http://shop.example", ""):
        refused = Page(origin).call("config/")
        assert refused.status_code == 403, origin
    assert Page().http.options(f"{BASE}messages/", headers={"Origin": SHOP}).status_code == 204


def test_id_of_a_session_is_no_credential(widget: str) -> None:
    page = Page()
    page.begin()
    session = Session.objects.get()
    for token in ("", str(session.pk), page.token[:-2], f"{page.token}x", "a" * 5000, "eyJ9.a.b"):
        other = Page()
        other.token = token
        assert other.call("news/").status_code == 403, token[:40]
        assert other.call("messages/", {"text": "mine now"}).status_code == 403
    assert session.messages.filter(role="user").count() == 0


def test_token_is_good_for_its_origin_and_journey_only(alice: Principal, widget: str) -> None:
    save_deployment(principal=alice, slug=widget, changes={"origins": [SHOP, "https://other.example"]})
    page = Page()
    page.begin()
    other = Page("https://other.example")
    other.token = page.token
    assert other.call("news/").status_code == 403
    assert page.call("news/").status_code == 200


def test_origin_that_is_taken_off_the_list_is_out_at_once(alice: Principal, widget: str) -> None:
    page = Page()
    page.begin()
    save_deployment(principal=alice, slug=widget, changes={"origins": []})
    assert page.call("news/").status_code == 403


def test_token_ends_by_its_time(widget: str, monkeypatch: pytest.MonkeyPatch) -> None:
    page = Page()
    page.begin()
    monkeypatch.setattr("journeys.services.reach.visitors.TOKEN_S", -1)
    assert page.call("news/").status_code == 403


def test_switched_off_widget_is_not_there(alice: Principal, widget: str) -> None:
    assert Client().get("/widget/acme/talk.js").status_code == 200
    save_deployment(principal=alice, slug=widget, changes={"widget_on": False})
    for path in ("/widget/acme/talk.js", BASE, f"{BASE}config/", "/widget/acme/none.js", "/widget/none/talk/config/"):
        assert Client().get(path, headers={"Origin": SHOP}).status_code == 404, path


def test_identified_person_goes_on_with_their_session_on_another_device(widget: str, secret: str) -> None:
    phone, desk = Page(), Page()
    phone.begin(identity=identity(secret, name="Ann", variables={"first_name": "Ann"}))
    phone.call("messages/", {"client_id": "m1", "text": "From my phone"})
    begun = desk.begin(identity=identity(secret)).json()
    assert [m["text"] for m in begun["messages"]] == ["Hello.", "From my phone"]
    session = Session.objects.get()
    assert (session.end_user, session.owner_label, session.variables) == ("customer-7", "Ann", {"first_name": "Ann"})
    assert "customer-7" not in session.owner


@pytest.mark.parametrize(
    "claims",
    [{"exp": 1}, {"exp": None}, {"exp": time.time() + 10**7}, {"sub": ""}, {"sub": 7}, {"aud": "other"}, {"nbf": 9e12}],
)
def test_identity_that_cannot_be_relied_on_is_refused(widget: str, secret: str, claims: dict[str, Any]) -> None:
    assert Page().begin(identity=identity(secret, **claims)).status_code == 403
    assert not Session.objects.exists()


def test_forged_identity_is_refused(alice: Principal, widget: str, secret: str) -> None:
    good = identity(secret)
    head, claims, signature = good.split(".")
    none = "eyJhbGciOiJub25lIn0"  # {"alg":"none"}
    for forged in (identity("wrong"), f"{none}.{claims}.", f"{none}.{claims}.{signature}", f"{head}.{claims}", "x.y.z", "…"):
        assert Page().begin(identity=forged).status_code == 403, forged[:30]
    make_secret(principal=alice, slug=widget)
    assert Page().begin(identity=good).status_code == 403, "the secret before no longer signs"


def test_anonymous_visitor_is_refused_where_an_identity_is_asked_for(alice: Principal, widget: str, secret: str) -> None:
    save_deployment(principal=alice, slug=widget, changes={"anonymous": False})
    assert Page().begin().status_code == 403
    assert Page().begin(identity=identity(secret)).status_code == 200


def test_one_time_link_continues_once(widget: str) -> None:
    page = Page()
    page.begin()
    page.call("messages/", {"client_id": "m1", "text": "Keep this"})
    code = page.call("link/", {}).json()["link"].partition("#resume=")[2]
    other = Page("http://testserver")
    assert [m["text"] for m in other.begin(resume=code).json()["messages"]] == ["Hello.", "Keep this"]
    assert Page("http://testserver").begin(resume=code).status_code == 403
    assert Page("http://testserver").begin(resume="guess").status_code == 403


def test_person_takes_over_and_the_visitor_reads_them_by_name(alice: Principal, widget: str) -> None:
    page = Page()
    page.begin()
    assert page.call("person/", {"want": True}).json()["state"]["handling"] == "waiting"
    session = Session.objects.get()
    take_over(principal=alice, session_id=session.pk)
    write_as_human(principal=alice, session_id=session.pk, client_id="h", text="I am Alice.")
    news = page.call("news/").json()
    assert [(m["role"], m["author"]) for m in news["messages"]][-1] == ("human", "Alice")
    assert news["state"]["operator"] == "Alice"
    assert page.call("person/", {"want": False}).status_code == 409


def test_visitor_ends_their_conversation(widget: str) -> None:
    page = Page()
    page.begin()
    assert page.call("end/", {}).json()["state"]["status"] == "ended"
    assert page.call("messages/", {"text": "more"}).status_code == 409


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "[]",
        '"text"',
        "[" * 50_000,
        '{"text": "a\\u0000b"}',
        '{"text": "\\ud800"}',
        '{"text": 7}',
        '{"text": ""}',
        '{"text": "hi", "client_id": "' + "c" * 101 + '"}',
        '{"text": "' + "x" * 20_001 + '"}',
        '{"text": "' + "x" * 70_000 + '"}',
        b"\xff\xfe".decode("latin-1"),
    ],
)
def test_nonsense_is_refused_with_a_sentence(widget: str, body: str) -> None:
    page = Page()
    page.begin()
    for path in ("messages/", "sessions/", "answer/", "person/"):
        answer = page.call(path, body)
        assert answer.status_code < 500, (path, answer.content[:200])
    assert page.call("messages/", body).status_code == 422
    assert page.call("messages/", body).json()["message"]


def test_flood_of_messages_is_stopped(widget: str) -> None:
    page = Page()
    page.begin()
    answers = [page.call("messages/", {"client_id": f"m{n}", "text": "hi"}).status_code for n in range(31)]
    assert answers == [200] * 30 + [429]


def test_visitor_never_sees_context_names_or_errors(widget: str) -> None:
    page = Page()
    text = page.begin().content.decode() + page.call("news/").content.decode() + page.call("config/").content.decode()
    for inner in ("pathway", "context", "run_id", "talker", "payload"):
        assert inner not in text


def test_chat_page_may_be_framed_by_allowed_origins_and_no_other_page_by_anybody(people: People, widget: str) -> None:
    page = Client().get(BASE)
    assert f"frame-ancestors {SHOP}" in page["Content-Security-Policy"]
    assert "X-Frame-Options" not in page
    assert "script-src 'self'" in page["Content-Security-Policy"]
    other = people.browser(people.alice).get("/journeys/talk/deploy/")
    assert "frame-ancestors 'none'" in other["Content-Security-Policy"]
    assert other["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    "origin", ["*", "shop.example", "http://shop.example", "https://a.example/path", "https://u:p@a.example", "javascript:1"]
)
def test_origin_that_is_none_is_refused_with_what_is_allowed(alice: Principal, widget: str, origin: str) -> None:
    with pytest.raises(Invalid, match="write https://shop.example"):
        save_deployment(principal=alice, slug=widget, changes={"origins": [origin]})


def test_deploy_page_saves_each_part_and_shows_the_secret_once(people: People, widget: str) -> None:
    browser = people.browser(people.alice)
    here = "/journeys/talk/deploy/"
    browser.post(f"{here}save/", {"part": "widget", "widget_on": "on", "origins": "http://localhost:3000\nhttps://a.example"})
    browser.post(
        f"{here}save/",
        {"part": "look", "title": "Shop help", "colour": "#aa2200", "scheme": "dark", "position": "left", "language": "en"},
    )
    shown = browser.get(here).content.decode()
    assert "http://localhost:3000" in shown
    assert "#aa2200" in shown
    assert "/widget/acme/talk.js" in shown
    assert "kaizen chat talk" in shown
    refused = browser.post(f"{here}save/", {"part": "widget", "origins": "nonsense"})
    assert (refused.status_code, "is no origin" in refused.content.decode()) == (422, True)
    made = browser.post(f"{here}secret/").content.decode()
    assert "never shown again" in made
    assert "never shown again" not in browser.get(here).content.decode()


def test_stranger_finds_no_deploy_page(people: People, widget: str) -> None:
    charlie = people.browser(people.charlie)
    assert charlie.get("/journeys/talk/deploy/").status_code == 404
    assert charlie.post("/journeys/talk/deploy/save/", {"part": "mcp"}).status_code == 404
    assert charlie.post("/journeys/talk/deploy/secret/").status_code == 404
