"""Research over documents: search, answer from what was found, and name as sources only what the answer really used.

After Lewis et al., "Retrieval-Augmented Generation for Knowledge-Intensive NLP Tasks" (2020).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pydantic import Field

from agents.core.llm.demo_guess import empty
from agents.core.retrieval.catalog import IN_MEMORY, get_retriever, usual_embedder
from agents.core.retrieval.memory import InMemoryRetriever
from agents.core.retrieval.port import Document, Found, Retriever
from agents.core.runtime.context import RunContext, StepCall
from agents.core.runtime.effects import Effect
from agents.core.spec.agent import AgentSpec
from agents.core.spec.types import Frozen, ScalarType
from agents.core.strategies.parts.answer import fill_outputs, in_order, open_outputs
from agents.core.strategies.parts.inputs import main_text
from agents.core.strategies.parts.question import Question, ask_question, make_question, texts

ANSWER = (
    "Answer only from the documents you are given. List in used_sources the id of every document whose content your answer "
    "rests on, and no other; where they do not answer the question, say so and leave the list empty."
)
NOTHING = "No document that bears on the question was found{among}, so there is no answer."


class RAGResearchParams(Frozen):
    top_k_documents: int = Field(default=3, ge=1, le=50, description="How many documents the answer may rest on at most.")
    similarity_threshold: float = Field(
        default=0.3, ge=0, le=1, description="Documents that are less near to the question than this are left out."
    )
    retriever: str = Field(default=IN_MEMORY, description="Where to search: in_memory is the documents named here.")
    documents: tuple[Document, ...] = Field(
        default=(), description="Documents to search, each with id, title and text; an input named documents adds more."
    )


class RAGResearch:
    """Search, then answer with sources."""

    title = "Research with retrieval"
    Params = RAGResearchParams
    provides: dict[str, str] = {
        "sources": "Ids of the documents that the answer used",
        "relevant_excerpts": "Title, excerpt and similarity of what was found",
        "retrieval_quality": "How near what was found is to the question, from 0 to 1",
    }

    async def run(self, ctx: RunContext, spec: AgentSpec, values: dict[str, Any], params: RAGResearchParams) -> dict[str, Any]:
        found = await self._search(ctx, spec, values, params)
        if not found:
            return _nothing(spec, params, values)
        made = {
            "sources": [],
            "relevant_excerpts": [
                {"id": f.id, "title": f.title, "excerpt": f.excerpt, "similarity": f.similarity} for f in found
            ],
            "retrieval_quality": round(sum(f.similarity for f in found) / len(found), 4),
        }
        filled = fill_outputs(spec.signature, made)
        known = {f.id: {"id": f.id, "title": f.title, "text": f.text, "excerpt": f.excerpt} for f in found}
        question = make_question(
            spec,
            {name: value for name, value in values.items() if name != "documents"},
            ANSWER,
            [*open_outputs(spec.signature, filled), texts("used_sources", "Ids of the documents that the answer rests on")],
            {"found_documents": ("The documents that were found", list(known.values()))},
        )
        question = _without_all_documents(question)
        answered = await ask_question(ctx, spec, question, name="answer", rounds=5, shown=True)
        used = [id_ for id_ in dict.fromkeys(answered.pop("used_sources")) if id_ in known]
        return in_order(spec.signature, {**answered, **fill_outputs(spec.signature, {**made, "sources": used})})

    async def _search(self, ctx: RunContext, spec: AgentSpec, values: dict[str, Any], params: RAGResearchParams) -> list[Found]:
        """One step of the journal: a replay finds what was found, whatever has become of the documents."""
        retriever = _retriever(values, params)
        query = main_text(spec.signature, values, ("query", "question"))

        async def perform(call: StepCall) -> tuple[Any, dict[str, Any]]:
            found = await retriever.search(query, limit=params.top_k_documents, least=params.similarity_threshold)
            return [item.model_dump() for item in found], {}

        asked = {"query": query, "limit": params.top_k_documents, "least": params.similarity_threshold}
        request = {"retriever": retriever.name, "documents": retriever.digest, **asked}
        result = await ctx.step("retrieval", kind="retrieval", effect=Effect.READ, request=request, perform=perform)
        return [Found.model_validate(item) for item in result]


def _retriever(values: dict[str, Any], params: RAGResearchParams) -> Retriever:
    if params.retriever != IN_MEMORY:
        return get_retriever(params.retriever)
    given = values.get("documents") or []
    more = [_document(item, n) for n, item in enumerate(given, 1)] if isinstance(given, list) else []
    return InMemoryRetriever(usual_embedder(), [*params.documents, *more])


def _document(item: Any, number: int) -> Document:
    """A document among the inputs: a text, or an object of which id and title may be missing."""
    if not isinstance(item, dict):
        return Document(id=f"document-{number}", text=str(item))
    text = item.get("text") or item.get("content") or ""
    title = str(item.get("title") or "")
    return Document(id=str(item.get("id") or title or f"document-{number}"), title=title, text=str(text))


def _without_all_documents(question: Question) -> Question:
    """The model reads what was found, not everything that was searched."""
    sig = question.signature
    kept = tuple(field for field in sig.inputs if field.name != "documents")
    return replace(question, signature=sig.model_copy(update={"inputs": kept}))


def _nothing(spec: AgentSpec, params: RAGResearchParams, values: dict[str, Any]) -> dict[str, Any]:
    """Says so without asking a model, which would make something up: texts carry the sentence, everything else is empty."""
    searched = len(params.documents) + len(values.get("documents") or [])
    among = f" among {searched}" if searched else "" if params.retriever != IN_MEMORY else ": there are no documents at all"
    told = NOTHING.format(among=among)
    made = fill_outputs(spec.signature, {"sources": [], "relevant_excerpts": [], "retrieval_quality": 0.0, "confidence": 0.0})
    for field in open_outputs(spec.signature, made):
        is_text = isinstance(field.type, ScalarType) and field.type.kind == "str"
        made |= fill_outputs(spec.signature, {field.name: told if is_text else empty(field)})
        made.setdefault(field.name, empty(field))
    return in_order(spec.signature, made)
