"""Finding passages that bear on a question: the retriever port and the retriever in memory."""

from agents.core.retrieval.memory import InMemoryRetriever
from agents.core.retrieval.port import Document, Found, Retriever

__all__ = ["Document", "Found", "InMemoryRetriever", "Retriever"]
