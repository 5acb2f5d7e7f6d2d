"""What models can do: known from the table, said where it is certain, and checked when an agent is saved."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from agents.adapters.llm.capabilities import find_able, find_facts, structured_output
from agents.adapters.llm.catalog import PROVIDERS
from agents.adapters.llm.providers import Providers
from agents.core.spec.agent import ModelSpec
from agents.core.spec.runnable import parse_spec
from agents.services.capabilities import Findings, check_capabilities
from agents.services.definitions import create_definition, list_warnings, preflight, publish_version
from agents.services.models import set_default_model
from tests.factories.api import ApiClient, key_of
from tests.factories.people import People, make_people
from trust.core.errors import Invalid

CLOCK = [{"name": "current_time"}]


@pytest.fixture
def people(db: None, monkeypatch: pytest.MonkeyPatch) -> People:
    for provider in PROVIDERS.values():
        for name in (*provider.key_variables, *(v for group in provider.needs for v in group), provider.url_variable):
            monkeypatch.delenv(name or "KAIZEN_TEST_NOTHING", raising=False)
    return make_people()


@pytest.mark.parametrize(
    ("provider", "model", "tools", "vision", "audio"),
    [
        ("openai", "gpt-4o-mini", True, True, False),
        ("openai", "gpt-3.5-turbo", True, False, False),  # the table leaves out what OpenAI's models lack
        ("anthropic", "claude-haiku-4-5", True, True, False),
        ("google", "gemini-2.5-flash", True, True, True),
        ("perplexity", "sonar", None, None, None),  # of others, what is left out is not known
        ("openai", "a-model-of-tomorrow", None, None, None),
        ("ollama", "llava:13b", None, True, None),
        ("ollama", "somebody/qwen3-vl:8b", None, True, None),
        ("ollama", "phi9", None, None, None),
        ("demo", "rules", True, True, True),
        ("local", "smollm2-135m-instruct", True, False, False),
    ],
)
def test_abilities_are_known_or_said_to_be_unknown(
    provider: str, model: str, tools: bool | None, vision: bool | None, audio: bool | None
) -> None:
    facts = find_facts(PROVIDERS[provider], model)
    assert (facts.tools, facts.vision, facts.audio) == (tools, vision, audio)


def test_sizes_and_the_form_of_structured_output_are_known() -> None:
    facts = find_facts(PROVIDERS["openai"], "gpt-4o-mini")
    assert (facts.context, facts.longest_output) == (128_000, 16_384)
    assert structured_output(PROVIDERS["openai"], "gpt-4o-mini") == "strict"
    assert structured_output(PROVIDERS["openai"], "gpt-3.5-turbo") == "instructions"
    assert structured_output(PROVIDERS["openai"], "a-model-of-tomorrow") == "strict"  # tried, and given up when it is refused
    assert structured_output(PROVIDERS["local"], "smollm2-135m-instruct") == "grammar"
    assert structured_output(PROVIDERS["anthropic"], "claude-haiku-4-5") == "instructions"


def test_every_adapter_tells_the_same_abilities() -> None:
    providers = Providers({"OPENAI_API_KEY": "k", "ANTHROPIC_API_KEY": "k", "KAIZEN_LOCAL_MODELS": "0"})
    for provider, model in (("openai", "gpt-4o-mini"), ("openai", "gpt-3.5-turbo"), ("anthropic", "claude-haiku-4-5")):
        adapter, spec = providers.get(ModelSpec(provider=provider, model=model))
        told, facts = adapter.capabilities(spec), find_facts(PROVIDERS[provider], model)
        assert (told.tools, told.vision, told.audio) == (facts.tools, facts.vision, facts.audio)
        assert told.json_schema == structured_output(PROVIDERS[provider], model)


def test_models_that_can_are_named_the_usual_one_first() -> None:
    able = find_able(PROVIDERS["openai"], "vision")
    assert able[0] == "gpt-4o-mini"
    assert len(able) == 4
    assert all(find_facts(PROVIDERS["openai"], name).vision for name in able)
    assert find_able(PROVIDERS["custom"], "vision") == ()


def test_certain_lacks_are_problems_and_say_what_can() -> None:
    found = _check(_agent("openai", "gpt-3.5-turbo", inputs=[{"name": "photo", "type": {"kind": "file", "accepts": "image"}}]))
    assert [problem["where"] for problem in found.problems] == ["signature.inputs.photo"]
    assert "OpenAI gpt-3.5-turbo cannot take images; of OpenAI, these can: gpt-4o-mini" in found.problems[0]["message"]
    assert found.warnings == ()


def test_tools_need_a_model_that_calls_them() -> None:
    assert not _check(_agent("openai", "gpt-4o-mini", tools=CLOCK)).problems
    none = next(n for n in _names("google") if find_facts(PROVIDERS["google"], n).tools is False)
    found = _check(_agent("google", none, tools=CLOCK))
    assert [problem["where"] for problem in found.problems] == ["tools"]
    assert "cannot call tools" in found.problems[0]["message"]


def test_what_nobody_knows_is_a_warning() -> None:
    found = _check(_agent("ollama", "phi9", tools=CLOCK))
    assert found.problems == ()
    assert [problem["where"] for problem in found.warnings] == ["tools"]
    assert "not known whether Ollama phi9 can call tools" in found.warnings[0]["message"]


def test_files_are_found_however_deep_they_are() -> None:
    image = {"kind": "file", "accepts": "image"}
    deep = {"kind": "optional", "of": {"kind": "list", "of": image}}
    assert len(_check(_agent("openai", "gpt-3.5-turbo", inputs=[{"name": "photos", "type": deep}])).problems) == 1
    anything = {"kind": "file", "accepts": "any"}
    assert _check(_agent("openai", "gpt-3.5-turbo", inputs=[{"name": "file", "type": anything}])) == Findings()


def test_sound_needs_a_model_that_hears() -> None:
    sound = [{"name": "call", "type": {"kind": "file", "accepts": "audio"}}]
    assert "cannot take sound" in _check(_agent("anthropic", "claude-haiku-4-5", inputs=sound)).problems[0]["message"]
    assert _check(_agent("google", "gemini-2.5-flash", inputs=sound)) == Findings()


def test_an_answer_longer_than_the_model_writes_is_a_warning() -> None:
    agent = _agent("openai", "gpt-4o-mini")
    agent["model"]["max_tokens"] = 100_000
    assert "writes at most 16384" in _check(agent).warnings[0]["message"]


def test_lacks_of_the_default_model_are_warnings_that_name_it(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    photo = [{"name": "photo", "type": {"kind": "file", "accepts": "image"}}]
    alice = people.principal(people.alice)
    set_default_model(principal=alice, provider="openai", model="gpt-3.5-turbo")
    draft = _agent("default", "", inputs=photo)
    create_definition(alice, "agent", "looker", draft)
    warned = list_warnings("agent", draft, alice)
    assert "the default model, OpenAI gpt-3.5-turbo, cannot take images" in warned[0]["message"]
    assert preflight("agent", draft, alice) == []
    publish_version(alice, "agent", "looker")
    set_default_model(principal=alice, provider="ollama", model="llava")
    assert list_warnings("agent", draft, alice) == []


def test_an_agent_whose_model_cannot_is_not_published_and_the_api_says_why(people: People) -> None:
    alice = people.principal(people.alice)
    client = ApiClient(key_of(people, people.alice))
    photo = [{"name": "photo", "type": {"kind": "file", "accepts": "image"}}]
    create_definition(alice, "agent", "blind", _agent("openai", "gpt-3.5-turbo", inputs=photo))
    with pytest.raises(Invalid, match="cannot take images"):
        publish_version(alice, "agent", "blind")
    told = client.post("/agents/blind/preflight").json()
    assert "cannot take images" in told["problems"][0]["message"]
    create_definition(alice, "agent", "unsure", _agent("ollama", "phi9", tools=CLOCK))
    told = client.post("/agents/unsure/preflight").json()
    assert told["problems"] == []
    assert "not known" in told["warnings"][0]["message"]
    assert client.post("/agents/unsure/publish", {}).status_code == 201


def _check(agent: dict[str, Any]) -> Findings:
    return check_capabilities(uuid4(), parse_spec(agent, kind="agent"))


def _names(provider: str) -> list[str]:
    from agents.adapters.llm.model_table import list_models

    return list_models(PROVIDERS[provider].prefix)


def _agent(provider: str, model: str, inputs: Any = (), tools: Any = ()) -> dict[str, Any]:
    signature = {
        "kind": "signature",
        "schema_version": 1,
        "name": "Look",
        "inputs": [{"name": "question", "type": {"kind": "str"}}, *inputs],
        "outputs": [{"name": "answer", "type": {"kind": "str"}}],
    }
    return {
        "kind": "agent",
        "schema_version": 1,
        "name": "looker",
        "signature": signature,
        "model": {"provider": provider, "model": model},
        "tools": list(tools),
    }
