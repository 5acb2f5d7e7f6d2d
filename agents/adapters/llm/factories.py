"""Makes the adapter of a provider out of the environment. Each imports its adapter on first use: some are heavy."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from agents.adapters.llm.catalog import Provider
from agents.core.llm.port import ChatModel, Embedder

if TYPE_CHECKING:
    from agents.adapters.egress import EgressRules


def lean(provider: Provider, environ: Mapping[str, str], base_url: str = "", rules: EgressRules | None = None) -> ChatModel:
    """The OpenAI-compatible adapter. A key never goes to an address that did not come with it; ``rules`` guard one that
    people typed."""
    from agents.adapters.llm.openai_compatible import OpenAICompatible

    key = "" if base_url else provider.key(environ)
    return _retrying(OpenAICompatible(provider, base_url or provider.address(environ), key, rules), key)


def litellm(provider: Provider, environ: Mapping[str, str], base_url: str = "", rules: EgressRules | None = None) -> ChatModel:
    from agents.adapters.llm.litellm_adapter import LiteLLM

    key = provider.key(environ)
    return _retrying(LiteLLM(provider, provider.address(environ), key, rules), key)


def demo(provider: Provider, environ: Mapping[str, str], base_url: str = "", rules: EgressRules | None = None) -> ChatModel:
    from agents.adapters.llm.demo import DemoModel

    return DemoModel(embedder(environ), float(environ.get("KAIZEN_DEMO_TOKENS_PER_S") or 60))


def local(provider: Provider, environ: Mapping[str, str], base_url: str = "", rules: EgressRules | None = None) -> ChatModel:
    from agents.adapters.llm.local.chat import LocalModel

    return LocalModel(models_dir(environ))


def scripted(provider: Provider, environ: Mapping[str, str], base_url: str = "", rules: EgressRules | None = None) -> ChatModel:
    from agents.adapters.llm.scripted import ScriptedModel

    return ScriptedModel.from_file(environ["KAIZEN_SCRIPTED"])


def _retrying(model: ChatModel, key: str) -> ChatModel:
    from agents.adapters.llm.faults import clean_error
    from agents.core.llm.retry import Retrying

    return Retrying(model, asyncio.sleep, random.random, lambda error: clean_error(error, key))


def embedder(environ: Mapping[str, str]) -> Embedder:
    """The local sentence embeddings when they are installed and wanted, else the lexical ones."""
    from agents.core.llm.lexical import LexicalEmbedder

    if (environ.get("KAIZEN_LOCAL_MODELS") or "1").lower() not in ("0", "false", "no", "off"):
        from agents.adapters.llm.local.embedder import find_embedder

        found = find_embedder(models_dir(environ))
        if found is not None:
            return found
    return LexicalEmbedder()


def models_dir(environ: Mapping[str, str]) -> Path:
    """The folder with the weights: ``KAIZEN_MODELS_DIR``, else ``models`` in the data folder."""
    chosen = environ.get("KAIZEN_MODELS_DIR")
    return Path(chosen) if chosen else Path(environ.get("KAIZEN_DATA") or "var") / "models"


def usual_embedder() -> Embedder:
    """The embedder by this process's own environment."""
    return embedder(os.environ)
