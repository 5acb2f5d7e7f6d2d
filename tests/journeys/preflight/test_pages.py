"""Preflight over pages and the API: everybody of the organization may look, builders may fix, strangers find nothing."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from agents.services.definitions import create_definition, get_definition, publish_draft, save_draft
from tests.factories.api import ApiClient, key_of
from tests.factories.people import make_people
from tests.journeys.preflight.drafts import booker_input, broken, sound

pytestmark = pytest.mark.django_db
DRAFT = broken(lambda d: booker_input(d, "years").update(type={"kind": "str"}))


def test_a_problem_is_shown_with_its_place_and_fixed_by_a_form() -> None:
    people = make_people()
    create_definition(people.principal(people.bob), "journey", "clinic", DRAFT)
    client, stranger = Client(), Client()
    client.force_login(people.bob)
    stranger.force_login(people.charlie)
    shown = client.get("/journeys/clinic/build/problems/", headers={"HX-Request": "true"}).content.decode()
    assert 'data-at="pathway:booking" data-tab="mapping" data-field="bindings.years"' in shown
    assert "Convert it: string(age)" in shown
    assert stranger.get("/journeys/clinic/build/problems/").status_code == 404
    assert stranger.get("/journeys/clinic/build/manifest/").status_code == 404
    report = ApiClient(key_of(people, people.bob)).get("/journeys/clinic/preflight").json()
    (finding,) = [f for f in report["findings"] if f["level"] == "error"]
    fix = {"revision": 1, "ops": json.dumps(finding["fixes"][0]["ops"])}
    assert client.post("/journeys/clinic/build/do/", fix).status_code == 302
    assert get_definition(people.principal(people.bob), "journey", "clinic").draft["pathways"][1]["bindings"] == {
        "years": "=string(age)"
    }
    after = ApiClient(key_of(people, people.bob)).get("/journeys/clinic/preflight").json()
    assert (after["errors"], after["mappings"]["booking"]) == (0, "ok")


def test_a_sent_draft_is_checked_and_nothing_is_stored() -> None:
    people = make_people()
    client = ApiClient(key_of(people, people.bob))
    told = client.post("/journeys/preflight", {"draft": DRAFT}).json()
    assert [f["code"] for f in told["findings"] if f["level"] == "error"] == ["input_type"]
    assert client.get("/journeys").json()["items"] == []


def test_a_manifest_is_computed_for_the_draft() -> None:
    people = make_people()
    create_definition(people.principal(people.bob), "journey", "clinic", DRAFT)
    client = ApiClient(key_of(people, people.bob))
    assert client.get("/journeys/clinic/manifest").json()["lines"][-1]["sentence"] == "a conversation can spend up to 0.50 USD"
    assert ApiClient(key_of(people, people.charlie)).get("/journeys/clinic/manifest").status_code == 404


def test_the_manifest_page_says_what_a_draft_may_do_more_than_what_is_published() -> None:
    people = make_people()
    bob = people.principal(people.bob)
    create_definition(bob, "journey", "clinic", sound())
    publish_draft(bob, "journey", "clinic")
    draft = get_definition(bob, "journey", "clinic").draft
    draft["agents"]["booker"]["tools"] = [{"name": "current_time"}]
    client = people.browser(people.bob)
    before = client.get("/journeys/clinic/build/manifest/").content.decode()
    assert "Against version" not in before
    assert '<a href="/journeys/" aria-current="page">' in before  # every page below belongs to an entry of the navigation
    save_draft(bob, "journey", "clinic", draft, 1)
    after = client.get("/journeys/clinic/build/manifest/").content.decode()
    assert "Against version 1, which is published, it may do more:" in after
    assert '<li data-sign="+"><code>+</code><span>booker can read by current_time' in after
    assert 'data-verb="reads"' in after
