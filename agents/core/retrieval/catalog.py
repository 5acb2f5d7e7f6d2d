"""The retrievers by name. A third party adds its own by ``register_retriever`` or an entry point of ``kaizen.retrievers``."""

from __future__ import annotations

import importlib
import threading
from importlib.metadata import entry_points
from typing import cast

from agents.core.llm.port import Embedder
from agents.core.retrieval.port import Retriever
from agents.core.runtime.errors import RuntimeFault

GROUP = "kaizen.retrievers"
IN_MEMORY = "in_memory"  # over the documents that the agent and its inputs bring along
EMBEDDER = "agents.adapters.llm.factories:usual_embedder"  # by name: the core does not import its adapters


class UnknownRetriever(RuntimeFault):
    code = "unknown_retriever"


def get_retriever(name: str) -> Retriever:
    """A registered retriever. Raises ``UnknownRetriever`` that lists the known names."""
    with _LOCK:
        if name not in _KNOWN:
            for point in entry_points(group=GROUP):
                _KNOWN.setdefault(point.name, point.load()())
        if name not in _KNOWN:
            raise UnknownRetriever(f"no retriever {name!r}; there is: {', '.join([IN_MEMORY, *sorted(_KNOWN)])}")
        return _KNOWN[name]


def register_retriever(name: str, retriever: Retriever) -> str:
    """Makes ``retriever`` known in this process; taking a name that another one has is an error."""
    with _LOCK:
        if name == IN_MEMORY or _KNOWN.setdefault(name, retriever) is not retriever:
            raise ValueError(f"retriever {name!r} is declared twice")
    return name


def usual_embedder() -> Embedder:
    """The local sentence embeddings where they are installed, else the lexical ones; made once."""
    with _LOCK:
        if not _EMBEDDER:
            module, _, function = EMBEDDER.partition(":")
            _EMBEDDER.append(cast("Embedder", getattr(importlib.import_module(module), function)()))
        return _EMBEDDER[0]


_LOCK = threading.Lock()
_KNOWN: dict[str, Retriever] = {}
_EMBEDDER: list[Embedder] = []
