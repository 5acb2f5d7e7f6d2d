"""Tests, rounds, coverage, the gate and the laboratory over REST: what a page can do, a program can do."""

from __future__ import annotations

from typing import Any

import pytest

from agents.models import Run
from tests.factories.api import ApiClient, key_of
from tests.factories.people import People
from tests.journeys.testing.drafts import desk_draft, finish

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine")]
CASE: dict[str, Any] = {
    "name": "bill",
    "turns": [{"says": "My invoice is wrong", "expect": [{"check": "pathway", "params": {"pathway": "billing"}}]}],
}


@pytest.fixture
def bob(people: People) -> ApiClient:
    client = ApiClient(key_of(people, people.bob))
    assert client.post("/journeys", {"slug": "desk", "draft": desk_draft()}).status_code == 201
    return client


def test_a_test_is_made_read_changed_exported_and_deleted(bob: ApiClient, people: People) -> None:
    made = bob.post("/journeys/desk/tests", {"case": CASE}).json()
    where = f"/journeys/desk/tests/{made['id']}"
    assert bob.post("/journeys/desk/tests", {"case": CASE}).status_code == 409
    assert bob.get(where).json()["case"]["turns"][0]["says"] == "My invoice is wrong"
    assert bob.put(where, {"case": {**CASE, "name": "invoice"}, "enabled": False}).json()["enabled"] is False
    text = bob.get("/journeys/desk/tests/export").json()["yaml"]
    assert bob.post("/journeys/desk/tests/import", {"yaml": text}).json() == {"created": [], "changed": [], "same": ["invoice"]}
    refused = bob.post("/journeys/desk/tests", {"case": {"name": "x", "turns": []}})
    assert (refused.status_code, refused.json()["problems"][0]["where"]) == (422, "turns")
    charlie = ApiClient(key_of(people, people.charlie))
    assert charlie.get(where).status_code == 404
    assert charlie.delete(where).status_code == 404
    assert bob.delete(where).status_code == 204
    assert bob.get("/journeys/desk/tests").json()["items"] == []


def test_a_round_opens_the_gate_and_covers(bob: ApiClient) -> None:
    gate = bob.put("/journeys/desk/publish-gate", {"require_tests": True, "min_coverage": 50}).json()
    assert (gate["is_open"], gate["coverage"]) == (False, 0)
    refused = bob.post("/journeys/desk/publish", {})
    assert (refused.status_code, refused.json()["code"]) == (422, "gate_closed")
    assert {p["where"] for p in refused.json()["problems"]} == {"tests", "transitions.to_billing", "transitions.to_refund"}
    bob.post("/journeys/desk/tests", {"case": CASE})
    started = bob.post("/journeys/desk/test-rounds", {})
    assert started.status_code == 202
    finish(Run.objects.get(pk=started.json()["run"]))
    found = bob.get(started["Location"].removeprefix("/api/v1")).json()
    assert (found["state"], found["passed"]) == ("passed", 1)
    whole = bob.get(f"/journeys/desk/test-results/{found['results'][0]['id']}").json()
    assert whole["turns"][0]["reply"] == "This is billing."
    coverage = bob.get("/journeys/desk/coverage").json()
    assert coverage["percent"]["transition"] == 50
    assert coverage["edges"]["to_billing"]["covered"] is True
    assert bob.get("/journeys/desk/publish-gate").json()["is_open"] is True
    assert bob.post("/journeys/desk/publish", {}).status_code == 201
    assert bob.get("/journeys/desk/coverage?version=1").json()["what"] == "v1"


def test_intents_are_measured(bob: ApiClient) -> None:
    labels = [{"text": "I want my money back", "intent": "bill"}, {"text": "My invoice is wrong", "intent": "bill"}]
    assert bob.post("/journeys/desk/utterances", {"utterances": labels}).json() == {"added": 2}
    started = bob.post("/journeys/desk/intent-runs", {"provider": "demo"})
    finish(Run.objects.get(pk=started.json()["run"]))
    found = bob.get(started["Location"].removeprefix("/api/v1")).json()
    assert (found["state"], found["agreement"]) == ("done", 50)
    assert (found["report"]["pairs"][0]["a"], found["report"]["pairs"][0]["b"]) == ("bill", "refund")
    (first, _) = bob.get("/journeys/desk/utterances").json()["items"]
    assert bob.delete(f"/journeys/desk/utterances/{first['id']}").status_code == 204
    assert bob.post("/journeys/desk/intent-runs", {"pathways": ["nowhere"]}).status_code == 422


def test_assertions_are_listed_with_their_schemas(bob: ApiClient) -> None:
    found = {row["name"]: row for row in bob.get("/test-assertions").json()["items"]}
    assert "pathway" in found["pathway"]["params"]["properties"]
