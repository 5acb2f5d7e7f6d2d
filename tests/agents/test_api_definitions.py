"""Drafts, versions, diffs and checks of every kind of definition over REST."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.factories.api import ApiClient, key_of
from tests.factories.drafts import agent_draft, journey_draft, signature_draft
from tests.factories.people import People
from trust.core.roles import Role

pytestmark = pytest.mark.django_db
DRAFTS: dict[str, Callable[..., dict[str, Any]]] = {
    "signatures": signature_draft,
    "agents": agent_draft,
    "journeys": journey_draft,
}


@pytest.fixture
def bob(people: People) -> ApiClient:
    return ApiClient(key_of(people, people.bob))


@pytest.fixture
def charlie(people: People) -> ApiClient:
    return ApiClient(key_of(people, people.charlie))


def create(client: ApiClient, plural: str, slug: str = "mine", draft: dict[str, Any] | None = None) -> dict[str, Any]:
    answer = client.post(f"/{plural}", {"slug": slug, "draft": draft or DRAFTS[plural]()})
    assert answer.status_code == 201, answer.content
    told: dict[str, Any] = answer.json()
    return told


@pytest.mark.parametrize("plural", DRAFTS)
def test_a_definition_goes_from_draft_to_versions(bob: ApiClient, plural: str) -> None:
    made = bob.post(f"/{plural}", {"slug": "mine", "draft": DRAFTS[plural]()})
    assert made["Location"] == f"/api/v1/{plural}/mine"
    if plural == "journeys":
        assert bob.get("/journeys/mine/preflight").json()["errors"] == 0
    else:
        assert bob.post(f"/{plural}/mine/preflight").json() == {"problems": [], "warnings": []}

    first = bob.post(f"/{plural}/mine/publish", {"notes": "first"})
    assert (first.status_code, first.json()["number"]) == (201, 1)
    assert first["Location"] == f"/api/v1/{plural}/mine/versions/1"
    assert bob.post(f"/{plural}/mine/publish", {}).status_code == 200  # the same content again

    changed = {**DRAFTS[plural](), "name": "Other"}
    saved = bob.put(f"/{plural}/mine/draft", {"draft": changed}, headers={"If-Match": made["ETag"]})
    assert saved.status_code == 200, saved.content
    assert saved["ETag"] != made["ETag"]
    assert bob.post(f"/{plural}/mine/publish", {}).json()["number"] == 2

    assert [v["number"] for v in bob.get(f"/{plural}/mine/versions").json()["items"]] == [2, 1]
    assert bob.get(f"/{plural}/mine/versions/1").json()["spec"]["name"] != "Other"
    changes = bob.get(f"/{plural}/mine/diff?a=1&b=2").json()["changes"]
    assert [(c["path"], c["after"]) for c in changes] == [("name", "Other")]

    restored = bob.post(f"/{plural}/mine/versions/1/restore", {})
    assert restored.json()["draft"]["name"] == DRAFTS[plural]()["name"]
    assert bob.get(f"/{plural}/mine").json()["published_version"] == 2


@pytest.mark.parametrize("plural", DRAFTS)
def test_nothing_of_others_exists_for_a_stranger(bob: ApiClient, charlie: ApiClient, plural: str) -> None:
    create(bob, plural)
    assert bob.post(f"/{plural}/mine/publish", {}).status_code == 201
    assert charlie.get(f"/{plural}").json() == {"items": [], "next": None}
    body = {"draft": DRAFTS[plural](), "expected_revision": 1}
    refused = [
        charlie.get(f"/{plural}/mine"),
        charlie.put(f"/{plural}/mine/draft", body),
        charlie.delete(f"/{plural}/mine"),
        charlie.get("/journeys/mine/preflight") if plural == "journeys" else charlie.post(f"/{plural}/mine/preflight"),
        charlie.post(f"/{plural}/mine/publish", {}),
        charlie.get(f"/{plural}/mine/versions"),
        charlie.get(f"/{plural}/mine/versions/1"),
        charlie.post(f"/{plural}/mine/versions/1/restore", {}),
        charlie.get(f"/{plural}/mine/diff?a=1&b=1"),
    ]
    assert [answer.status_code for answer in refused] == [404] * len(refused)


def test_a_stale_draft_is_a_conflict_that_names_who_was_faster(people: People, bob: ApiClient) -> None:
    create(bob, "agents")
    alice = ApiClient(key_of(people, people.alice))
    assert alice.put("/agents/mine/draft", {"draft": agent_draft("A"), "expected_revision": 1}).status_code == 200
    late = bob.put("/agents/mine/draft", {"draft": agent_draft("B"), "expected_revision": 1})
    assert late.status_code == 409
    assert "Alice's key" in late.json()["detail"]
    assert bob.get("/agents/mine").json()["name"] == "A"


@pytest.mark.parametrize(("headers", "expected"), [({}, None), ({"If-Match": '"2"'}, 1), ({"If-Match": "yesterday"}, None)])
def test_saving_names_the_edited_revision_exactly_once(bob: ApiClient, headers: dict[str, str], expected: int | None) -> None:
    create(bob, "agents")
    answer = bob.put("/agents/mine/draft", {"draft": agent_draft(), "expected_revision": expected}, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["problems"]


def test_a_slug_is_taken_once(bob: ApiClient) -> None:
    create(bob, "agents")
    assert bob.post("/agents", {"slug": "mine", "draft": {}}).status_code == 409


def test_an_incomplete_draft_is_kept_and_not_published(bob: ApiClient) -> None:
    create(bob, "signatures", draft={"name": "Half"})
    assert bob.post("/signatures/mine/preflight").json()["problems"]
    refused = bob.post("/signatures/mine/publish", {})
    assert refused.status_code == 422
    assert refused.json()["problems"]


def test_a_journey_that_names_an_unknown_agent_is_told_the_known_ones(bob: ApiClient) -> None:
    create(bob, "agents", "helper")
    bob.post("/agents/helper/publish", {})
    draft = journey_draft()
    draft["pathways"][0]["agents"] = ["helpr"]
    create(bob, "journeys", draft=draft)
    refused = bob.post("/journeys/mine/publish", {})
    assert refused.status_code == 422
    assert "'helpr'" in refused.json()["problems"][0]["message"]
    assert "helper" in refused.json()["problems"][0]["message"]


def test_an_archived_definition_leaves_the_lists(bob: ApiClient) -> None:
    create(bob, "agents")
    assert bob.delete("/agents/mine").status_code == 204
    assert bob.get("/agents").json()["items"] == []


def test_a_list_comes_in_pages(bob: ApiClient) -> None:
    for n in range(5):
        create(bob, "agents", f"a{n}")
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = bob.get(f"/agents?limit=2&cursor={cursor}").json()
        seen += [item["slug"] for item in page["items"]]
        cursor = page["next"]
    assert seen == [f"a{n}" for n in range(5)]


def test_a_viewer_reads_and_does_not_build(people: People, bob: ApiClient) -> None:
    create(bob, "agents")
    viewer = ApiClient(key_of(people, people.alice, Role.VIEWER))
    assert viewer.get("/agents/mine").status_code == 200
    assert viewer.delete("/agents/mine").status_code == 403


@pytest.mark.parametrize("kind", ["signature", "agent", "journey"])
def test_the_json_schema_of_a_kind_is_there(bob: ApiClient, kind: str) -> None:
    assert bob.get(f"/schemas/{kind}").json()["schema_document"]["properties"]["name"]


def test_an_unknown_kind_has_no_schema(bob: ApiClient) -> None:
    assert bob.get("/schemas/pipe").status_code == 404
