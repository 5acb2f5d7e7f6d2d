"""RAGResearchAgent: answers from documents and names those that it used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from agents.core.declare.agent import BaseAgent
from agents.core.declare.config import BaseAgentConfig
from agents.core.declare.fields import InputField, OutputField
from agents.core.declare.results import Result
from agents.core.declare.signature import Signature
from agents.core.retrieval.catalog import register_retriever
from agents.core.retrieval.port import Document, Retriever
from agents.core.spec.agent import DemoRule


@dataclass
class RAGConfig(BaseAgentConfig):
    """``top_k_documents``: on how many documents an answer may rest; below ``similarity_threshold`` none is used."""

    top_k_documents: int = 3
    similarity_threshold: float = 0.3


class RAGResearchSignature(Signature):
    """Answer the question from the documents."""

    query: str = InputField("The question to research", min_length=1)
    answer: str = OutputField("The answer, or that the documents do not hold it")
    sources: list[str] = OutputField("Ids of the documents that the answer used")
    confidence: float = OutputField("How sure the answer is, from 0 to 1", ge=0, le=1)
    relevant_excerpts: list[dict[str, Any]] = OutputField("What was found: id, title, excerpt and similarity")
    retrieval_quality: float = OutputField("How near what was found is to the question, from 0 to 1")


class RAGResearchAgent(BaseAgent):
    """Searches documents and answers from what it finds. ``documents``: texts, ``Document`` objects or dicts with id, title and
    text; or a ``retriever`` of your own."""

    __strategy__ = "rag_research"
    __signature__ = RAGResearchSignature
    __description__ = "Answers questions from documents and names the ones it used."
    __demo__ = (
        DemoRule(
            if_known=("found_documents",),
            set={
                "answer": "From “{found_documents.0.title}”: {found_documents.0.excerpt}",
                "used_sources": ["{found_documents.0.id}"],
                "confidence": 0.5,
            },
        ),
    )
    __config__ = RAGConfig()

    def __init__(
        self,
        config: Any = None,
        signature: Any = None,
        *,
        documents: Iterable[Document | Mapping[str, Any] | str] = (),
        retriever: Retriever | None = None,
        **options: Any,
    ):
        own: dict[str, Any] = {"documents": [_document(item, n).model_dump() for n, item in enumerate(documents, 1)]}
        if retriever is not None:
            own = {"retriever": register_retriever(f"{retriever.name}-{id(retriever):x}", retriever)}
        super().__init__(config, signature, **options)
        params = {**self.spec.strategy_params, **{name: value for name, value in own.items() if value}}
        self.spec = self.spec.model_copy(update={"strategy_params": params})

    def ask(self, query: str) -> Result:
        """``answer``, ``sources``, ``confidence``, ``relevant_excerpts`` and ``retrieval_quality``."""
        return self.run(query=query.strip())

    research = ask


def _document(item: Document | Mapping[str, Any] | str, number: int) -> Document:
    if isinstance(item, Document):
        return item
    return Document(id=f"document-{number}", text=item) if isinstance(item, str) else Document.model_validate(dict(item))
