"""Agents on the real small model: SimpleQA and a structured one. Shapes, and the few easy meanings."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

import pytest

from agents import Agent, InputField, OutputField, QAConfig, Signature, SimpleQAAgent
from agents.adapters.llm.local.weights import chat_weights, has_runtime
from agents.adapters.llm.providers import Providers

FOLDER = Path(os.environ["KAIZEN_MODELS_DIR"])
pytestmark = [
    pytest.mark.local_model,
    pytest.mark.skipif(chat_weights(FOLDER) is None or not has_runtime(), reason="the local models are not installed"),
]


class Mood(Signature):
    """Say whether the text is positive or negative."""

    text: str = InputField("What somebody wrote")
    mood: Literal["positive", "negative"] = OutputField("How they feel")


class MoodAgent(Agent):
    """Tells the mood of a text."""

    __signature__ = Mood
    __config__ = {"llm_provider": "local", "timeout": 120, "max_tokens": 40}


def models() -> Providers:
    return Providers({"KAIZEN_MODELS_DIR": str(FOLDER)})


def test_simple_qa_gives_every_field_in_its_type() -> None:
    config = QAConfig(llm_provider="local", max_tokens=200, timeout=120)
    result = SimpleQAAgent(config, models=models()).ask("What colour is the sky on a clear day?")
    assert isinstance(result["answer"], str)
    assert result["answer"]
    assert 0 <= result["confidence"] <= 1
    assert isinstance(result["reasoning"], str)


@pytest.mark.parametrize(
    ("text", "mood"),
    [("I love this, it is wonderful!", "positive"), ("This is terrible. I hate it and want my money back.", "negative")],
)
def test_a_structured_agent_answers_with_one_of_its_words(text: str, mood: str) -> None:
    assert MoodAgent(models=models()).run(text=text)["mood"] == mood
