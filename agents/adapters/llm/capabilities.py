"""What a provider's model can do, as far as that is known: tools, images, sound, structured output, sizes.

``None`` means that nobody here knows. A no is only said where it is certain; guessing is refused.
"""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass
from typing import Any, Literal

from agents.adapters.llm.catalog import Provider
from agents.adapters.llm.model_table import find_entry, list_models
from agents.core.llm.port import Capabilities

Structured = Literal["strict", "grammar", "instructions"]

# Where LiteLLM's table names every ability of a model, so that what it leaves out is a no.
_COMPLETE = ("openai", "anthropic", "gemini")
# Open models that run on one's own machine are in no table; these families are known for what they see.
_SEEING = ("llava", "bakllava", "moondream", "minicpm-v", "gemma3", "llama3.2-vision", "llama4", "qwen2.5vl", "qwen3-vl", "vl")


@dataclass(frozen=True, slots=True)
class Facts:
    """``strict_schema``: whether a JSON schema can be enforced. ``context`` and ``longest_output`` in tokens."""

    tools: bool | None = None
    vision: bool | None = None
    audio: bool | None = None
    strict_schema: bool | None = None
    context: int | None = None
    longest_output: int | None = None


_WITHIN = {
    "demo": Facts(tools=True, vision=True, audio=True, strict_schema=True),  # it tells size and color, and that it is no AI
    "local": Facts(tools=True, vision=False, audio=False, strict_schema=True, context=4096, longest_output=4096),
    "scripted": Facts(tools=True, vision=True, audio=True, strict_schema=True),
}


@functools.lru_cache(maxsize=1024)
def find_facts(provider: Provider, model: str) -> Facts:
    """What is known of ``model`` at ``provider``."""
    if provider.name in _WITHIN:
        return _WITHIN[provider.name]
    prefix = provider.prefix
    if not prefix and "/" in model:
        prefix, _, model = model.partition("/")
    entry = find_entry(prefix, model)
    if entry is None and prefix == "azure_ai":
        entry = find_entry("azure", model)
    if entry is None and provider.free:
        entry = find_entry(prefix, model.partition(":")[0])
    if entry is not None:
        return _from_entry(entry, complete=prefix in _COMPLETE)
    family = model.lower().rpartition("/")[2].partition(":")[0]
    seen = provider.free and any(family.startswith(name) or family.endswith(name) for name in _SEEING)
    return Facts(vision=True if seen else None)


def structured_output(provider: Provider, model: str) -> Structured:
    """How a schema is kept: enforced by the provider, by a grammar in this process, or asked for in words and checked."""
    if provider.name == "local":
        return "grammar"
    sure = provider.strict_schema or provider.name in _WITHIN
    return "strict" if sure and find_facts(provider, model).strict_schema is not False else "instructions"


def capabilities_of(provider: Provider, model: str, *, strict: bool) -> Capabilities:
    """The port's form of it; ``strict`` is what the adapter does with schemas now."""
    facts = find_facts(provider, model)
    return Capabilities(
        json_schema="strict" if strict else "instructions",
        tools=facts.tools is not False,
        vision=facts.vision,
        audio=facts.audio,
        notice=provider.notice,
    )


@functools.lru_cache(maxsize=256)
def find_able(provider: Provider, ability: str, most: int = 4) -> tuple[str, ...]:
    """Some models of ``provider`` that have ``ability``, a field of ``Facts``: the usual one first, then short names."""
    usual = (provider.model,) if provider.model and getattr(find_facts(provider, provider.model), ability) else ()
    names = sorted(list_models(provider.prefix), key=lambda name: (len(name), name))
    others = (name for name in names if name not in usual and getattr(find_facts(provider, name), ability))
    return (*usual, *itertools.islice(others, most - len(usual)))


def _from_entry(entry: dict[str, Any], *, complete: bool) -> Facts:
    modalities = entry.get("supported_modalities")

    def known(name: str, modality: str = "") -> bool | None:
        if isinstance(entry.get(name), bool):
            return bool(entry[name])
        if modality and isinstance(modalities, list):
            return modality in modalities
        return False if complete else None

    return Facts(
        tools=known("supports_function_calling"),
        vision=known("supports_vision", "image"),
        audio=known("supports_audio_input", "audio"),
        strict_schema=known("supports_response_schema"),
        context=_size(entry.get("max_input_tokens") or entry.get("max_tokens")),
        longest_output=_size(entry.get("max_output_tokens")),
    )


def _size(value: Any) -> int | None:
    return int(value) if isinstance(value, int | float) and value > 0 else None
