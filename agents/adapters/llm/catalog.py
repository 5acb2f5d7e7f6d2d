"""The providers by name: what each needs from the environment, its usual model, and the adapter that speaks to it.

A new one is one entry here. Owns no request; ``providers`` finds the one that an agent asks for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

_LEAN = "agents.adapters.llm.factories:lean"
_LITELLM = "agents.adapters.llm.factories:litellm"


@dataclass(frozen=True, slots=True)
class Provider:
    """One way to a model.

    ``needs``: groups of variables; of each group one must be set. ``url_variable`` holds its address, ``url`` the usual one.
    ``prefix`` is LiteLLM's name for it, which also finds its prices. ``detected`` providers are chosen by themselves, in
    the order of the catalog, when an organization has chosen none and their variables are set. ``own_address``: whether an
    organization may or must enter an address of its own. ``models_url`` lists the models, ``keys_url`` is where keys are made.
    """

    name: str
    title: str
    factory: str
    model: str = ""
    needs: tuple[tuple[str, ...], ...] = ()
    detected: bool = False
    key_variables: tuple[str, ...] = ()
    url_variable: str = ""
    url: str = ""
    url_path: str = ""
    prefix: str = ""
    strict_schema: bool = False
    free: bool = False
    notice: str = ""
    own_address: Literal["", "may", "must"] = ""
    models_url: str = ""
    keys_url: str = ""

    @property
    def takes_key(self) -> bool:
        return bool(self.key_variables)

    def missing(self, environ: Mapping[str, str]) -> str:
        """Empty when configured, else what to set."""
        lacking = [" or ".join(group) for group in self.needs if not any(environ.get(name) for name in group)]
        return f"set {' and '.join(lacking)}" if lacking else ""

    def is_detected(self, environ: Mapping[str, str]) -> bool:
        """Whether its variables are there: a usual address alone is not enough to be chosen unasked."""
        if not self.detected or self.missing(environ):
            return False
        return bool(self.needs) or bool(environ.get(self.url_variable))

    def key(self, environ: Mapping[str, str]) -> str:
        return next((environ[name] for name in self.key_variables if environ.get(name)), "")

    def address(self, environ: Mapping[str, str]) -> str:
        """The base address without a slash at the end, ``url_path`` added where a bare server address was given."""
        base = ((environ.get(self.url_variable) if self.url_variable else "") or self.url).rstrip("/")
        return base if not base or base.endswith(self.url_path) else base + self.url_path


_ALL = (
    Provider(
        "openai",
        "OpenAI",
        _LEAN,
        "gpt-4o-mini",
        (("OPENAI_API_KEY",),),
        True,
        ("OPENAI_API_KEY",),
        url_variable="OPENAI_BASE_URL",
        url="https://api.openai.com/v1",
        prefix="openai",
        strict_schema=True,
        keys_url="https://platform.openai.com/api-keys",
    ),
    Provider(
        "azure",
        "Azure AI Foundry",
        _LITELLM,
        "gpt-4o",
        (("AZURE_AI_INFERENCE_ENDPOINT",), ("AZURE_AI_INFERENCE_API_KEY",)),
        True,
        ("AZURE_AI_INFERENCE_API_KEY",),
        url_variable="AZURE_AI_INFERENCE_ENDPOINT",
        prefix="azure_ai",
        strict_schema=True,
        own_address="must",
        keys_url="https://ai.azure.com",
    ),
    Provider(
        "anthropic",
        "Anthropic",
        _LITELLM,
        "claude-haiku-4-5",
        (("ANTHROPIC_API_KEY",),),
        True,
        ("ANTHROPIC_API_KEY",),
        prefix="anthropic",
        models_url="https://api.anthropic.com/v1/models",
        keys_url="https://console.anthropic.com/settings/keys",
    ),
    Provider(
        "google",
        "Google Gemini",
        _LITELLM,
        "gemini-2.5-flash",
        (("GOOGLE_API_KEY", "GEMINI_API_KEY"),),
        True,
        ("GOOGLE_API_KEY", "GEMINI_API_KEY"),
        prefix="gemini",
        strict_schema=True,
        models_url="https://generativelanguage.googleapis.com/v1beta/models",
        keys_url="https://aistudio.google.com/apikey",
    ),
    Provider(
        "perplexity",
        "Perplexity",
        _LITELLM,
        "sonar",
        (("PERPLEXITY_API_KEY",),),
        True,
        ("PERPLEXITY_API_KEY",),
        prefix="perplexity",
        keys_url="https://www.perplexity.ai/settings/api",
    ),
    Provider(
        "ollama",
        "Ollama",
        _LEAN,
        "llama3.2",
        detected=True,
        url_variable="OLLAMA_BASE_URL",
        url="http://127.0.0.1:11434",
        url_path="/v1",
        prefix="ollama",
        strict_schema=True,
        free=True,
        own_address="may",
    ),
    Provider(
        "docker",
        "Docker Model Runner",
        _LEAN,
        "ai/llama3.2",
        detected=True,
        url_variable="DOCKER_MODEL_RUNNER_URL",
        url="http://127.0.0.1:12434/engines/v1",
        url_path="/v1",
        prefix="docker",
        strict_schema=True,
        free=True,
        own_address="may",
    ),
    Provider(
        "cohere",
        "Cohere",
        _LITELLM,
        "command-r-08-2024",
        (("COHERE_API_KEY",),),
        key_variables=("COHERE_API_KEY",),
        prefix="cohere_chat",
        models_url="https://api.cohere.com/v1/models",
        keys_url="https://dashboard.cohere.com/api-keys",
    ),
    Provider(
        "huggingface",
        "Hugging Face",
        _LITELLM,
        "meta-llama/Llama-3.1-8B-Instruct",
        (("HUGGINGFACE_API_KEY",),),
        key_variables=("HUGGINGFACE_API_KEY",),
        prefix="huggingface",
        models_url="https://router.huggingface.co/v1/models",
        keys_url="https://huggingface.co/settings/tokens",
    ),
    Provider(
        "custom",
        "OpenAI-compatible endpoint",
        _LEAN,
        "",
        (("OPENAI_BASE_URL",),),
        True,
        ("OPENAI_API_KEY",),
        url_variable="OPENAI_BASE_URL",
        strict_schema=True,
        own_address="must",
    ),
    Provider("litellm", "Any provider of LiteLLM", _LITELLM),
    Provider(
        "local",
        "Small model in this process",
        "agents.adapters.llm.factories:local",
        "smollm2-135m-instruct",
        free=True,
        notice="Local model: very small, runs without a key, and is often wrong.",
    ),
    Provider(
        "demo",
        "Demo model",
        "agents.adapters.llm.factories:demo",
        "rules",
        free=True,
        notice="Demo model: fixed rules, not an AI.",
    ),
    Provider(
        "scripted",
        "Scripted model",
        "agents.adapters.llm.factories:scripted",
        "script",
        (("KAIZEN_SCRIPTED",),),
        free=True,
        notice="Scripted model: replies written down before, for tests.",
    ),
)
PROVIDERS: dict[str, Provider] = {provider.name: provider for provider in _ALL}
ALIASES = {"gemini": "google", "pplx": "perplexity", "mock": "scripted"}
FALLBACK = "demo"
