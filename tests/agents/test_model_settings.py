"""The organization's default model: chosen, taken back, refused, and what pages are told about it."""

from __future__ import annotations

import pytest

from agents.core.spec.agent import ModelSpec
from agents.services.models import describe_model, list_providers, resolve_models, set_default_model
from tests.factories.nearby import open_this_machine
from tests.factories.people import People
from trust.core.errors import Invalid
from trust.core.principal import Principal

pytestmark = pytest.mark.django_db
KEYS = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "ANTHROPIC_API_KEY", "GOOGLE_API_KEY", "GEMINI_API_KEY", "PERPLEXITY_API_KEY",
        "AZURE_AI_INFERENCE_ENDPOINT", "OLLAMA_BASE_URL", "DOCKER_MODEL_RUNNER_URL", "KAIZEN_SCRIPTED")  # fmt: skip


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in KEYS:
        monkeypatch.delenv(name, raising=False)


def test_without_a_key_the_demo_model_answers_and_says_what_it_is(alice: Principal) -> None:
    described = describe_model(alice)
    assert (described.provider, described.chosen, described.problem) == ("demo", False, "")
    assert described.notice == "Demo model: fixed rules, not an AI."
    assert resolve_models(alice.organization_id).get(ModelSpec())[0].name == "demo"


def test_a_choice_holds_for_the_next_run_of_its_organization_only(
    alice: Principal, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "k")
    assert describe_model(alice).provider == "anthropic"
    set_default_model(principal=alice, provider="demo")
    assert describe_model(alice).chosen
    assert resolve_models(alice.organization_id).get(ModelSpec())[0].name == "demo"
    charlie = people.principal(people.charlie)
    assert charlie.organization_id != alice.organization_id
    assert describe_model(charlie).provider == "anthropic"
    assert set_default_model(principal=alice, provider="").provider == "anthropic"


def test_a_provider_that_cannot_answer_is_not_chosen(alice: Principal) -> None:
    open_this_machine(alice)
    with pytest.raises(Invalid, match="set OPENAI_API_KEY"):
        set_default_model(principal=alice, provider="openai")
    with pytest.raises(Invalid, match="no provider 'hal'"):
        set_default_model(principal=alice, provider="hal")
    with pytest.raises(Invalid, match="usual model"):
        set_default_model(principal=alice, provider="custom", base_url="http://127.0.0.1:9009/v1")
    assert not describe_model(alice).chosen


HIDDEN = ["http://2852039166/v1", "http://0xA9FEA9FE/v1", "http://[::ffff:169.254.169.254]/v1", "http://[fe80::1%25lo]/v1"]


@pytest.mark.parametrize("address", ["ftp://x", "http://", "http://169.254.169.254/v1", "http://u:p@host/v1", *HIDDEN])
def test_an_address_that_no_model_has_is_refused(alice: Principal, address: str) -> None:
    with pytest.raises(Invalid):
        set_default_model(principal=alice, provider="custom", model="m", base_url=address)


def test_an_address_goes_to_the_custom_provider_without_the_environments_key(
    alice: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    open_this_machine(alice)
    set_default_model(principal=alice, provider="custom", model="m", base_url="http://127.0.0.1:9009/v1/")
    model, spec = resolve_models(alice.organization_id).get(ModelSpec())
    assert (spec.provider, spec.model) == ("custom", "m")
    assert "secret" not in str(vars(model.inner))  # type: ignore[attr-defined]
    with pytest.raises(Invalid, match="only the provider 'custom'"):
        set_default_model(principal=alice, provider="openai", base_url="http://127.0.0.1:9009/v1")


def test_the_list_says_what_is_missing(alice: Principal) -> None:
    rows = {row.name: row for row in list_providers(alice)}
    assert rows["openai"].why_not == "set OPENAI_API_KEY"
    assert rows["demo"].is_default
    assert rows["demo"].configured
    assert not rows["demo"].is_ai
    assert rows["custom"].takes_address
    assert "scripted" not in rows
