"""The effective prompt of a pathway: guidelines of all levels, once each, and where they come from; as page and API."""

from __future__ import annotations

from typing import Any

import pytest

from agents.services.definitions import create_definition
from journeys.services.pathway_preview import preview_pathway
from tests.factories.api import ApiClient, key_of
from tests.factories.people import People
from tests.journeys.talking import talk_draft
from trust.core.errors import Invalid, NotFound
from trust.core.principal import Principal

pytestmark = pytest.mark.django_db


def draft() -> dict[str, Any]:
    made = talk_draft(guidelines=["Be kind.", "Be brief."])
    made["pathways"][0]["guidelines"] = ["Be brief.", "Ask one thing at a time."]
    made["agents"]["talker"]["signature"]["guidelines"] = ["Be kind.", "Never guess."]
    return made


def test_guidelines_of_all_levels_reach_the_prompt_once_and_in_order(alice: Principal) -> None:
    (prompt,) = preview_pathway(alice, draft(), "talk", {"message": "Good morning"})
    assert [(g.text, g.level) for g in prompt.guidelines] == [
        ("Be kind.", "journey"),
        ("Be brief.", "journey"),
        ("Ask one thing at a time.", "pathway"),
        ("Never guess.", "agent"),
    ]
    system = prompt.preview.messages[0].content
    places = [system.index(g.text) for g in prompt.guidelines]
    assert places == sorted(places)
    assert all(system.count(g.text) == 1 for g in prompt.guidelines)
    assert "Good morning" in prompt.preview.messages[-1].content


def test_agents_within_a_pipeline_have_their_prompts_too(alice: Principal) -> None:
    made = draft()
    agent = made["agents"]["talker"]
    members = [{"name": name, "spec": {**agent, "name": name}} for name in ("North", "South")]
    made["agents"]["talker"] = {"kind": "pipeline", "name": "Views", "pattern": "parallel", "members": members}
    prompts = preview_pathway(alice, made, "talk")
    assert [p.name for p in prompts] == ["talker / North", "talker / South"]
    assert all("Ask one thing at a time." in p.preview.messages[0].content for p in prompts)


def test_problems_of_the_draft_and_unknown_pathways_are_told(alice: Principal) -> None:
    with pytest.raises(Invalid, match="unknown agent 'nobody'"):
        preview_pathway(alice, talk_draft(pathways=[{"id": "talk", "agents": ["nobody"]}]), "talk")
    with pytest.raises(NotFound, match="the pathways are: talk"):
        preview_pathway(alice, draft(), "elsewhere")


def test_api_tells_the_prompts_of_a_draft_that_need_not_be_stored(people: People) -> None:
    client = ApiClient(key_of(people, people.bob))
    answer = client.post("/journeys/preview", {"spec": draft(), "pathway": "talk"})
    assert answer.status_code == 200, answer.content
    (prompt,) = answer.json()["prompts"]
    assert prompt["guidelines"][0] == {"text": "Be kind.", "level": "journey"}
    assert prompt["messages"][0]["role"] == "system"
    refused = client.post("/journeys/preview", {"spec": {}, "pathway": "talk"})
    assert refused.status_code == 422


def test_builder_shows_the_prompt_to_who_builds_and_404_to_strangers(people: People, alice: Principal) -> None:
    create_definition(alice, "journey", "talk", draft())
    address = "/journeys/talk/build/prompt/talk/"
    page = people.browser(people.alice).get(address)
    assert page.status_code == 200
    text = page.content.decode()
    assert "Ask one thing at a time." in text and "pathway" in text and "about" in text
    assert people.browser(people.charlie).get(address).status_code == 404
