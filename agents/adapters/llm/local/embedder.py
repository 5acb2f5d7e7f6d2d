"""Sentence embeddings by MiniLM: through llama.cpp where it is installed, else in numpy. Loaded on first use."""

from __future__ import annotations

import importlib.util
import logging
import threading
from collections.abc import Callable
from pathlib import Path

from agents.adapters.llm.local.weights import has_runtime, minilm_weights
from agents.core.llm.port import Embedder

log = logging.getLogger(__name__)
_CONTEXT = 512
Embed = Callable[[list[str]], list[list[float]]]


class MiniLMEmbedder:
    """Meaning, not spelling: 384 dimensions, English, 3 to 7 ms a short text."""

    name = "all-MiniLM-L6-v2"
    near = 0.43

    def __init__(self, folder: Path, cache: Path):
        self._folder = folder
        self._cache = cache
        self._lock = threading.Lock()
        self._embed: Embed | None = None

    def embed(self, texts: list[str]) -> list[list[float]]:
        with self._lock:
            if self._embed is None:
                self._embed = self._load()
            return self._embed(texts) if texts else []

    def _load(self) -> Embed:
        if has_runtime():
            try:
                return _through_llama(self._folder, self._cache)
            except (OSError, RuntimeError) as error:
                log.warning("llama.cpp cannot run the embeddings, numpy takes over: %s", error)
        from agents.adapters.llm.local.minilm import MiniLM

        return MiniLM(self._folder).embed


def find_embedder(folder: Path) -> Embedder | None:
    """The embedder over the weights below ``folder``; ``None`` when they or numpy are not installed."""
    weights = minilm_weights(folder)
    if weights is None or importlib.util.find_spec("numpy") is None:
        return None
    return MiniLMEmbedder(weights, folder)


def _through_llama(folder: Path, cache: Path) -> Embed:
    from agents.adapters.llm.local.gguf import write_gguf
    from agents.adapters.llm.local.server import load_server

    server = load_server(write_gguf(folder, cache / "all-minilm-l6-v2.f16.gguf"), context=_CONTEXT, embed=True)

    def embed(texts: list[str]) -> list[list[float]]:
        # llama.cpp refuses what does not fit its context; 1,200 characters always do in English text
        answer = server.handle_embeddings({"input": [t[:1200] or " " for t in texts], "model": "minilm"})
        if "data" not in answer:
            raise RuntimeError(f"the embedding model answered: {str(answer)[:200]}")
        return [item["embedding"] for item in sorted(answer["data"], key=lambda item: item["index"])]

    return embed
