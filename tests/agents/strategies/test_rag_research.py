"""Research with retrieval: what is found, what the model reads, and that only used documents are sources."""

from __future__ import annotations

from typing import Any

import pytest

from agents import Document, InMemoryRetriever, InputField, OutputField, RAGResearchAgent, Signature
from agents.core.llm.lexical import LexicalEmbedder
from agents.core.retrieval.memory import PASSAGE, split
from tests.agents.strategies.resume import Scene, assert_resumes_everywhere, play
from tests.agents.strategies.specs import outputs_asked, spec_for, spec_of

TOWER = {"id": "tower", "title": "The tower", "text": "The Eiffel tower is 330 metres high. It stands in Paris."}
BRIDGE = {"id": "bridge", "title": "The bridge", "text": "The tower bridge crosses the Thames; its towers are 65 metres high."}
BREAD = {"id": "bread", "title": "Bread", "text": "Bread is made of flour, water and salt."}
QUERY = {"query": "How high is the Eiffel tower?"}
ANSWER = {"answer": "330 metres", "confidence": 0.9, "used_sources": ["tower"]}


def spec(**options: Any) -> Any:
    return spec_of(RAGResearchAgent, {"similarity_threshold": 0.2, **options}, documents=[TOWER, BRIDGE, BREAD])


async def test_sources_are_the_documents_that_the_answer_used_and_no_others() -> None:
    played = await play(Scene(spec(), QUERY, [{"json": {**ANSWER, "used_sources": ["tower", "made-up", "tower"]}}]))
    assert played.output["sources"] == ["tower"]
    found = [excerpt["id"] for excerpt in played.output["relevant_excerpts"]]
    assert found == ["tower", "bridge"]
    assert 0.2 <= played.output["retrieval_quality"] <= 1
    assert played.output["answer"] == "330 metres"


async def test_the_model_reads_what_was_found_and_is_asked_what_it_used() -> None:
    played = await play(Scene(spec(), QUERY, [{"json": ANSWER}]))
    assert "330 metres high" in played.prompts()[0]
    assert "flour" not in played.prompts()[0]
    assert outputs_asked(played.requests[0]) == ["answer", "confidence", "used_sources"]


async def test_without_a_document_that_bears_on_it_no_model_is_asked_and_the_result_says_so() -> None:
    played = await play(Scene(spec(similarity_threshold=0.95), QUERY, []))
    assert played.output["answer"] == "No document that bears on the question was found among 3, so there is no answer."
    assert (played.output["sources"], played.output["confidence"], played.output["retrieval_quality"]) == ([], 0.0, 0.0)
    none = await play(Scene(spec_of(RAGResearchAgent), QUERY, []))
    assert "there are no documents at all" in none.output["answer"]


class Support(Signature):
    """Help with the product."""

    message: str = InputField("What is asked")
    documents: list[dict[str, Any]] = InputField("What to look it up in", default=[])
    response: str = OutputField("The help")
    urgent: bool = OutputField("Whether it is urgent")


async def test_any_signature_works_and_its_documents_come_with_the_inputs() -> None:
    inputs = {"message": "how high is the tower", "documents": [TOWER, BREAD, {"content": "no id and no title"}]}
    reply = {"json": {"response": "330 metres", "urgent": False, "used_sources": []}}
    played = await play(Scene(spec_for(Support, "rag_research"), inputs, [reply]))
    assert played.output == {"response": "330 metres", "urgent": False}
    assert "flour" not in played.prompts()[0]
    nothing = await play(Scene(spec_for(Support, "rag_research"), {"message": "zzz"}, []))
    assert nothing.output["urgent"] is False
    assert nothing.output["response"].startswith("No document")


async def test_a_run_goes_on_after_a_crash_with_what_was_found_before() -> None:
    played = await assert_resumes_everywhere(Scene(spec(), QUERY, [{"text": "hm"}, {"json": ANSWER}]))
    assert played.output["sources"] == ["tower"]


class Notes:
    """A retriever of somebody else's."""

    name, digest = "notes", "1"

    async def search(self, query: str, *, limit: int, least: float) -> list[Any]:
        from agents.core.retrieval import Found

        return [Found(id="n1", title="Note", text=f"about {query}", excerpt="about", similarity=0.5)]


async def test_a_retriever_of_ones_own_is_searched() -> None:
    agent = spec_of(RAGResearchAgent, retriever=Notes())
    played = await play(Scene(agent, QUERY, [{"json": {**ANSWER, "used_sources": ["n1"]}}]))
    assert played.output["sources"] == ["n1"]
    assert "about How high" in played.prompts()[0]


async def test_an_unknown_retriever_fails_with_the_known_names() -> None:
    played = await play(Scene(spec_for(Support, "rag_research", retriever="elsewhere"), {"message": "x"}, []))
    assert played.outcome.error["code"] == "unknown_retriever"
    assert "in_memory" in played.outcome.error["message"]


async def test_the_retriever_ranks_by_meaning_and_words_and_replaces_documents_of_the_same_id() -> None:
    retriever = InMemoryRetriever(LexicalEmbedder(), [Document(**TOWER), Document(**BREAD)])
    before = retriever.digest
    assert [f.id for f in await retriever.search("flour and water", limit=1, least=0.1)] == ["bread"]
    retriever.add([Document(id="bread", text="Nothing of the kind.")])
    assert retriever.digest != before
    assert await retriever.search("flour", limit=5, least=0.3) == []
    assert await retriever.search("  ", limit=5, least=0) == []


@pytest.mark.parametrize("text", ["", "One.", "Sentence one. " * 200, "x" * 5000])
def test_passages_hold_the_whole_text_and_are_short(text: str) -> None:
    passages = split(text)
    assert "".join(" ".join(passages).split()) == "".join(text.split())
    assert all(0 < len(passage) <= PASSAGE for passage in passages)
