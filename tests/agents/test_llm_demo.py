"""The demo model: rules, intents, guesses by type, and that it streams and admits what it is."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest

from agents.adapters.llm.demo import NOTICE, DemoModel
from agents.adapters.llm.local.embedder import find_embedder
from agents.core.llm.demo_rules import think
from agents.core.llm.lexical import LexicalEmbedder
from agents.core.llm.nearest import Nearest
from agents.core.llm.port import ChatRequest, Embedder, Message, Task, ToolCall
from agents.core.llm.render import render_messages
from agents.core.spec.agent import DemoRule, ModelSpec
from agents.core.spec.signature import SignatureSpec
from agents.core.spec.types import (
    AnyType,
    Constraints,
    DictType,
    EnumType,
    FieldSpec,
    ListType,
    ModelType,
    OptionalType,
    ScalarType,
)
from agents.core.spec.values import validate_outputs

TEXT = ScalarType(kind="str")
NEAREST = Nearest(LexicalEmbedder())
CHAT = SignatureSpec(
    name="Chat",
    inputs=(FieldSpec(name="message", type=TEXT), FieldSpec(name="context", type=AnyType(), required=False)),
    outputs=(
        FieldSpec(name="symptoms", type=ListType(of=TEXT)),
        FieldSpec(name="wishes", type=DictType(of=AnyType())),
        FieldSpec(name="response", type=TEXT),
    ),
)


def ask(message: str, *rules: DemoRule, signature: SignatureSpec = CHAT, done: tuple[Message, ...] = (), **values: Any) -> Any:
    given = {"message": message, **values}
    return ChatRequest(
        model=ModelSpec(),
        messages=(*render_messages(signature, given), *done),
        task=Task(signature=signature, values=given, demo=rules),
    )


def answered(tool: str, content: str) -> tuple[Message, ...]:
    return (
        Message(role="assistant", tool_calls=(ToolCall(id="1", name=tool),)),
        Message(role="tool", tool_call_id="1", content=content),
    )


def test_the_first_rule_of_which_every_condition_holds_answers() -> None:
    rules = (
        DemoRule(when=("re:refund",), if_known=("context.order",), set={"response": "Order {context.order} is refunded."}),
        DemoRule(when=("re:refund",), set={"response": "Which order?"}),
    )
    assert think(ask("A refund, please", *rules), NEAREST).outputs["response"] == "Which order?"
    known = think(ask("A refund, please", *rules, context={"order": 7}), NEAREST)
    assert known.outputs == {"symptoms": [], "wishes": {}, "response": "Order 7 is refunded."}


def test_named_groups_become_values_and_lists_read_as_words() -> None:
    rule = DemoRule(when=(r"re:call me (?P<who>\w+)",), set={"symptoms": ["a", "b", "c"], "response": "{who}: {symptoms}"})
    outputs = think(ask("Please call me Ann", DemoRule(go_on=True, set={"symptoms": ["a", "b", "c"]}), rule), NEAREST).outputs
    assert outputs["response"] == "Ann: a, b and c"


def test_rules_that_go_on_extend_lists_and_merge_objects() -> None:
    rules = (
        DemoRule(when=("re:head",), go_on=True, set={"symptoms": ["headache"], "wishes": {"quiet": True}}),
        DemoRule(when=("re:fever",), go_on=True, set={"symptoms": ["fever"], "wishes": {"soon": True}}),
        DemoRule(if_known=("symptoms",), set={"response": "You have {symptoms}."}),
        DemoRule(set={"response": "What do you have?"}),
    )
    outputs = think(ask("My head hurts and I have a fever", *rules), NEAREST).outputs
    assert outputs["symptoms"] == ["headache", "fever"]
    assert outputs["wishes"] == {"quiet": True, "soon": True}
    assert outputs["response"] == "You have headache and fever."


def test_a_rule_calls_a_tool_and_another_reads_its_result_or_its_rejection() -> None:
    rules = (
        DemoRule(when=("re:book",), call="book", args={"who": "{message}", "left": "{nothing}"}),
        DemoRule(after="book", rejected=True, set={"response": "No: {book.error.message}"}),
        DemoRule(after="book", set={"response": "Number {book.number}"}),
    )
    thought = think(ask("book it", *rules), NEAREST)
    assert (thought.tool, thought.arguments) == ("book", {"who": "book it"})
    good = think(ask("book it", *rules, done=answered("book", '{"number": 7}')), NEAREST)
    assert good.outputs["response"] == "Number 7"
    refused = '{"error": {"code": "rejected", "message": "not today"}}'
    assert think(ask("book it", *rules, done=answered("book", refused)), NEAREST).outputs["response"] == "No: not today"
    broken = '{"error": {"code": "tool_failed", "message": "no line"}}'
    told = think(ask("book it", *rules, done=answered("book", broken)), NEAREST).outputs["response"]
    assert told == "That did not work: no line"


def test_outputs_without_a_rule_are_guessed_by_type_and_always_valid() -> None:
    inner = ModelType(name="Visit", fields=(FieldSpec(name="day", type=ScalarType(kind="date")),))
    signature = SignatureSpec(
        name="All",
        intent="Collect things",
        inputs=(FieldSpec(name="message", type=TEXT),),
        outputs=(
            FieldSpec(name="mood", type=EnumType(values=("angry", "happy"))),
            FieldSpec(name="age", type=ScalarType(kind="int"), constraints=Constraints(ge=0, le=120)),
            FieldSpec(name="score", type=ScalarType(kind="float"), constraints=Constraints(ge=0, le=1)),
            FieldSpec(name="sure", type=ScalarType(kind="bool")),
            FieldSpec(name="visit", type=inner),
            FieldSpec(name="at", type=ScalarType(kind="datetime")),
            FieldSpec(name="email", type=OptionalType(of=TEXT)),
            FieldSpec(name="things", type=ListType(of=TEXT), constraints=Constraints(min_length=1, max_length=2)),
            FieldSpec(name="counts", type=DictType(of=ScalarType(kind="int"))),
            FieldSpec(name="code", type=TEXT, constraints=Constraints(min_length=3, max_length=5)),
            FieldSpec(name="response", type=TEXT),
        ),
    )
    said = "I am happy, I have a cough and a fever, I am 34, write to ann@example.org on 2026-03-04T10:30"
    outputs = think(ask(said, signature=signature), NEAREST).outputs
    assert validate_outputs(signature, outputs) == outputs
    assert (outputs["mood"], outputs["age"], outputs["email"]) == ("happy", 34, "ann@example.org")
    assert outputs["visit"] == {"day": "2026-03-04"}
    assert outputs["at"] == "2026-03-04T10:30:00"
    assert "not an AI" in outputs["response"]
    assert "Collect things" in outputs["response"]
    nothing = think(ask("", signature=signature), NEAREST).outputs
    assert validate_outputs(signature, nothing) == nothing


INTENTS = [
    {"name": "faq", "meaning": "Asks how it works", "examples": ["Do you take my insurance?", "What does a visit cost?"]},
    {"name": "hesitation", "meaning": "Doubts", "examples": ["I am not sure about this", "Maybe I should wait"]},
    {"name": "cancel", "meaning": "Wants to stop", "examples": ["Cancel everything", "I want to stop"]},
]
SAID = {
    "Do you take Blue Cross insurance?": "faq",
    "how much does the visit cost?": "faq",
    "hmm, maybe I will wait a bit": "hesitation",
    "please cancel everything": "cancel",
    "I have had a headache for three days": "none",
    "tomorrow afternoon is fine": "none",
    "The second one please": "none",
    "My insurance is Blue Cross": "none",
    "": "none",
}
MEANT = {
    "which insurance plans are accepted": "faq",
    "I'd like to stop here": "cancel",
    "I am unsure about this now": "hesitation",
}


def detection() -> SignatureSpec:
    return SignatureSpec(
        name="Detect",
        inputs=(FieldSpec(name="message", type=TEXT), FieldSpec(name="intents", type=ListType(of=AnyType()))),
        outputs=(
            FieldSpec(name="intent", type=EnumType(values=("faq", "hesitation", "cancel", "none"))),
            FieldSpec(name="confidence", type=ScalarType(kind="float"), constraints=Constraints(ge=0, le=1)),
        ),
    )


def detect(message: str, embedder: Embedder, *rules: DemoRule) -> dict[str, Any]:
    request = ask(message, *rules, signature=detection(), intents=INTENTS)
    outputs = think(request, Nearest(embedder)).outputs
    return validate_outputs(detection(), outputs)


@pytest.mark.parametrize(("message", "intent"), SAID.items())
def test_intents_are_chosen_by_spelling_where_no_model_is_installed(message: str, intent: str) -> None:
    assert detect(message, LexicalEmbedder())["intent"] == intent


@pytest.mark.local_model
@pytest.mark.parametrize(("message", "intent"), (SAID | MEANT).items())
def test_intents_are_chosen_by_meaning_with_the_embedding_model(message: str, intent: str) -> None:
    embedder = find_embedder(Path(os.environ["KAIZEN_MODELS_DIR"]))
    if embedder is None:
        pytest.skip("the local models are not installed")
    assert detect(message, embedder)["intent"] == intent


def test_patterns_of_rules_decide_an_intent_before_examples() -> None:
    rule = DemoRule(when=("re:^nope",), set={"intent": "cancel"})
    found = detect("Nope, do you take my insurance?", LexicalEmbedder(), rule)
    assert found["intent"] == "cancel"
    assert found["confidence"] >= 0.9


async def test_it_streams_its_words_at_the_given_speed_and_is_free() -> None:
    request = ask("hi", DemoRule(set={"response": "one two three four five six seven eight nine ten"}))
    model = DemoModel(LexicalEmbedder(), tokens_per_s=100)
    started, texts, reply = time.monotonic(), [], None
    async for delta in model.stream(request):
        texts.append(delta.text)
        reply = delta.reply or reply
    assert reply is not None
    assert time.monotonic() - started > 0.08
    assert "".join(texts) == reply.content
    assert len(texts) > 10
    assert reply.usage.cost_microusd == 0
    assert model.worst_case_microusd(request) == 0


def test_it_says_that_it_is_no_ai() -> None:
    capabilities = DemoModel(LexicalEmbedder()).capabilities(ModelSpec())
    assert capabilities.notice == NOTICE == "Demo model: fixed rules, not an AI."
    assert not capabilities.is_ai
