"""Choosing a provider: detection, explicit names, aliases, prices; never a silent switch."""

from __future__ import annotations

import pytest

from agents.adapters.llm.catalog import PROVIDERS
from agents.adapters.llm.prices import find_price
from agents.adapters.llm.providers import DefaultModel, Providers, detect_provider, find_provider
from agents.adapters.llm.scripted import ScriptedModel
from agents.core.llm.port import ModelError
from agents.core.spec.agent import ModelSpec

NO_MODELS = {"KAIZEN_LOCAL_MODELS": "0"}
EVERY_KEY = {
    "OPENAI_API_KEY": "k",
    "AZURE_AI_INFERENCE_ENDPOINT": "http://127.0.0.1:1",
    "AZURE_AI_INFERENCE_API_KEY": "k",
    "ANTHROPIC_API_KEY": "k",
    "GEMINI_API_KEY": "k",
    "PERPLEXITY_API_KEY": "k",
    "OLLAMA_BASE_URL": "http://127.0.0.1:1",
    "DOCKER_MODEL_RUNNER_URL": "http://127.0.0.1:1",
}


def test_detection_follows_the_documented_order() -> None:
    environ, found = dict(EVERY_KEY), []
    while environ:
        name = detect_provider(environ)
        found.append(name)
        provider = PROVIDERS[name]
        for variable in [*(v for group in provider.needs for v in group), provider.url_variable]:
            environ.pop(variable, None)
    assert found == ["openai", "azure", "anthropic", "google", "perplexity", "ollama", "docker"]


def test_without_any_key_the_demo_model_answers() -> None:
    model, spec = Providers(NO_MODELS).get(ModelSpec())
    assert (model.name, spec.provider) == ("demo", "demo")


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("openai", "OPENAI_API_KEY"),
        ("azure", "AZURE_AI_INFERENCE_ENDPOINT and AZURE_AI_INFERENCE_API_KEY"),
        ("anthropic", "ANTHROPIC_API_KEY"),
        ("google", "GOOGLE_API_KEY or GEMINI_API_KEY"),
        ("gemini", "GOOGLE_API_KEY or GEMINI_API_KEY"),
        ("perplexity", "PERPLEXITY_API_KEY"),
        ("pplx", "PERPLEXITY_API_KEY"),
        ("cohere", "COHERE_API_KEY"),
        ("huggingface", "HUGGINGFACE_API_KEY"),
        ("custom", "OPENAI_BASE_URL"),
        ("mock", "KAIZEN_SCRIPTED"),
    ],
)
def test_an_explicit_provider_that_is_not_configured_names_its_variable(name: str, variable: str) -> None:
    with pytest.raises(ModelError) as caught:
        Providers({**NO_MODELS, "OLLAMA_BASE_URL": "http://127.0.0.1:1"}).get(ModelSpec(provider=name))
    assert caught.value.code == "not_configured"
    assert str(caught.value).endswith(f"is not configured: set {variable}")


def test_an_unknown_provider_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ModelError, match="no provider 'claude'; there is: default, openai, azure"):
        find_provider("claude")


def test_the_choice_goes_before_the_environment_and_the_environment_before_detection() -> None:
    environ = {**NO_MODELS, "OPENAI_API_KEY": "k", "KAIZEN_DEFAULT_PROVIDER": "ollama", "KAIZEN_MODEL": "qwen3"}
    assert Providers(environ).get(ModelSpec())[1].provider == "ollama"
    assert Providers(environ).get(ModelSpec())[1].model == "qwen3"
    assert Providers(environ, DefaultModel("openai", "gpt-4o")).get(ModelSpec())[1].model == "gpt-4o"
    del environ["KAIZEN_DEFAULT_PROVIDER"], environ["KAIZEN_MODEL"]
    assert Providers(environ).get(ModelSpec())[1] == ModelSpec(provider="openai", model="gpt-4o-mini")
    own = Providers({**environ, "KAIZEN_OPENAI_MODEL": "gpt-4.1"}).get(ModelSpec(provider="openai"))
    assert own[1].model == "gpt-4.1"


def test_an_agents_own_model_is_kept() -> None:
    environ = {"OPENAI_API_KEY": "k"}
    assert Providers(environ).get(ModelSpec(provider="openai", model="o4"))[1].model == "o4"


def test_an_endpoint_without_a_usual_model_asks_for_one() -> None:
    with pytest.raises(ModelError, match="no usual model"):
        Providers({"OPENAI_BASE_URL": "http://127.0.0.1:1"}).get(ModelSpec(provider="custom"))


def test_instances_stand_in_by_name() -> None:
    model = ScriptedModel([])
    assert Providers(NO_MODELS, instances={"demo": model}).get(ModelSpec())[0] is model


def test_addresses_of_bare_servers_get_their_path() -> None:
    assert PROVIDERS["ollama"].address({}) == "http://127.0.0.1:11434/v1"
    assert PROVIDERS["ollama"].address({"OLLAMA_BASE_URL": "http://box:1/v1/"}) == "http://box:1/v1"
    assert PROVIDERS["openai"].address({}) == "https://api.openai.com/v1"


def test_prices_come_from_litellms_table_and_unknown_stays_unknown() -> None:
    price = find_price("openai", "gpt-4o-mini")
    assert price is not None
    assert price.cost_microusd(1_000_000, 0) == 150_000
    assert price.cost_microusd(1, 0) == 1  # rounded up
    assert price.cost_microusd(1_000_000, 0, cached_tokens=1_000_000) == 75_000
    assert find_price("openai", "nobody-knows-this") is None
    assert find_price("", "gpt-4o-mini") is None
    assert find_price("gemini", "gemini-2.5-flash") is not None


def test_reading_prices_does_not_import_litellm() -> None:
    import subprocess
    import sys

    find = "from agents.adapters.llm.prices import find_price as find; assert find('openai', 'gpt-4o')"
    code = f"import sys; {find}; print('litellm' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
