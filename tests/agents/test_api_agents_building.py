"""Building agents by the API: preview, try, keep, usage; and two changes of one definition made one."""

from __future__ import annotations

from typing import Any

import pytest

from agents.core.spec.merge import merge_specs
from agents.models import Run
from agents.services.definitions import create_definition, publish_version
from tests.factories.api import ApiClient, key_of
from tests.factories.drafts import agent_draft
from tests.factories.people import People
from trust.core.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def bob(people: People) -> ApiClient:
    return ApiClient(key_of(people, people.bob))


def test_a_preview_is_what_the_strategy_would_send_first(bob: ApiClient) -> None:
    draft = agent_draft(instructions="Be kind.") | {"tools": [{"name": "current_time"}]}
    seen = bob.post("/agents/preview", {"spec": draft, "inputs": {"message": "Hello"}}).json()
    assert seen["messages"][0]["role"] == "system"
    assert seen["messages"][0]["content"].startswith("Be kind.")
    assert seen["messages"][-1] == {"role": "user", "content": 'message: "Hello"'}
    assert [tool["name"] for tool in seen["tools"]] == ["current_time"]
    assert seen["decisions"] == [{"tool": "current_time", "decision": "allow", "reason": "its danger is safe"}]
    assert seen["answer_schema"]["required"] == ["response"]
    assert seen["from_strategy"] is True
    assert seen["tokens"] > 20
    assert not Run.objects.exists()


@pytest.mark.parametrize("strategy", ["chain_of_thought", "react", "planning", "pev", "tree_of_thoughts"])
def test_every_way_of_working_is_previewed_by_its_own_code(bob: ApiClient, strategy: str) -> None:
    plain = bob.post("/agents/preview", {"spec": agent_draft()}).json()
    seen = bob.post("/agents/preview", {"spec": agent_draft() | {"strategy": strategy}})
    assert seen.status_code == 200
    assert "‹message›" in str(seen.json()["messages"])
    assert seen.json()["from_strategy"] is True
    assert plain["messages"]


def test_a_draft_with_problems_is_not_previewed(bob: ApiClient) -> None:
    answer = bob.post("/agents/preview", {"spec": agent_draft() | {"max_repairs": 99}})
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["where"] == "max_repairs"


def test_a_draft_is_tried_before_it_is_published(bob: ApiClient, people: People) -> None:
    create_definition(people.principal(people.bob), "agent", "helper", agent_draft())
    answer = bob.post("/agents/helper/try", {"inputs": {"message": "hi"}}, headers={"Idempotency-Key": "a"})
    assert answer.status_code == 202
    again = bob.post("/agents/helper/try", {"inputs": {"message": "hi"}}, headers={"Idempotency-Key": "a"})
    assert again["Location"] == answer["Location"] == f"/api/v1/runs/{Run.objects.get().id}"
    wrong = bob.post("/agents/helper/try", {"inputs": {"massage": "hi"}})
    assert {problem["where"] for problem in wrong.json()["problems"]} == {"inputs.message", "inputs.massage"}
    assert bob.get("/agents/helper/usage").json() == {"versions": 0, "runs": 1, "journeys": []}


def test_a_kept_draft_answers_nobody_and_an_archived_agent_comes_back(bob: ApiClient, people: People) -> None:
    principal = people.principal(people.bob)
    create_definition(principal, "agent", "helper", agent_draft())
    assert bob.post("/agents/helper/keep", {"title": "Before"}).json()["published"] is False
    assert publish_version(principal, "agent", "helper").number == 1
    bob.delete("/agents/helper")
    assert bob.get("/agents").json()["items"] == []
    assert bob.post("/agents/helper/unarchive").status_code == 200
    assert len(bob.get("/agents").json()["items"]) == 1


def test_strangers_and_readers_cannot_try(people: People) -> None:
    create_definition(people.principal(people.alice), "agent", "helper", agent_draft())
    charlie = ApiClient(key_of(people, people.charlie))
    reader = ApiClient(key_of(people, people.alice, Role.VIEWER))
    assert charlie.post("/agents/helper/try", {"inputs": {"message": "x"}}).status_code == 404
    assert charlie.get("/agents/helper/usage").status_code == 404
    assert reader.post("/agents/helper/try", {"inputs": {"message": "x"}}).status_code == 403


def field(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, **more}


def test_what_only_one_side_changed_is_taken() -> None:
    base = {"a": 1, "list": [field("x"), field("y")], "gone": 1}
    mine = {"a": 2, "list": [field("x", d=1), field("y")], "gone": 1}
    theirs = {"a": 1, "list": [field("x"), field("y"), field("z")], "new": True}
    merged, clashes = merge_specs(base, mine, theirs)
    assert merged == {"a": 2, "list": [field("x", d=1), field("y"), field("z")], "new": True}
    assert clashes == []


def test_what_both_changed_is_chosen_and_mine_stays_otherwise() -> None:
    base, mine, theirs = ({"s": {"t": word, "u": [field("x", d=word)]}} for word in ("base", "mine", "theirs"))
    merged, clashes = merge_specs(base, mine, theirs, {"s.t": "theirs"})
    assert merged == {"s": {"t": "theirs", "u": [field("x", d="mine")]}}
    assert [(clash.path, clash.mine, clash.theirs) for clash in clashes] == [
        ("s.t", "mine", "theirs"),
        ("s.u[x].d", "mine", "theirs"),
    ]
