"""Agents as classes, run without a site and without a database."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import pytest

from agents import (
    Agent,
    AgentFailed,
    BaseAgent,
    InputField,
    InvalidValues,
    OutputField,
    QAConfig,
    Signature,
    SimpleQAAgent,
)
from agents.adapters.llm.providers import DefaultModel, Providers
from agents.adapters.llm.scripted import ScriptedModel
from agents.core.declare import agent_id, agent_spec
from agents.core.spec.agent import DemoRule, ModelSpec, ToolUse


@dataclass
class MyConfig:
    llm_provider: str = "openai"
    model: str = "gpt-4"
    temperature: float = 0.7
    favourite_colour: str = "blue"


class MySignature(Signature):
    question: str = InputField(desc="User input")
    answer: str = OutputField(desc="Agent output")


class MyAgent(BaseAgent):
    """Answers in my way."""

    def __init__(self, config: MyConfig, **options: Any):
        super().__init__(config=config, signature=MySignature(), **options)

    def ask(self, question: str) -> dict[str, Any]:
        return self.run(question=question)


class Declared(Agent):
    __signature__ = MySignature
    __config__ = {"provider": "demo", "budget_limit_usd": 0.5}
    __tools__ = ["search", ToolUse(name="book", ask=True)]
    __demo__ = [DemoRule(set={"answer": "ok"})]


def scripted(*answers: dict[str, Any]) -> tuple[ScriptedModel, Providers]:
    model = ScriptedModel([{"json": answer} for answer in answers])
    return model, Providers({}, DefaultModel("scripted"), {"scripted": model, "openai": model})


def test_the_three_step_pattern_makes_an_agent() -> None:
    _, models = scripted({"answer": "42"})
    agent = MyAgent(MyConfig(), models=models)
    assert agent.spec.model == ModelSpec(provider="openai", model="gpt-4", temperature=0.7)
    assert (agent.spec.name, agent.spec.description) == ("MyAgent", "Answers in my way.")
    assert agent.ask("How many?") == {"answer": "42"}


def test_the_declarative_form_needs_no_constructor() -> None:
    spec = Declared().spec
    assert spec.tools == (ToolUse(name="search"), ToolUse(name="book", ask=True))
    assert (spec.budget_microusd, spec.model.provider, len(spec.demo)) == (500_000, "demo", 1)
    assert agent_spec(Declared) == agent_spec(Declared()) == spec
    assert agent_id(Declared) == "declared"
    assert agent_id(MyAgent(MyConfig())) == "my_agent"


def test_the_quick_start_answers() -> None:
    model, models = scripted(
        {"answer": "A", "confidence": 0.9, "reasoning": "R"}, {"answer": "B", "confidence": 0, "reasoning": ""}
    )
    agent = SimpleQAAgent(QAConfig(), models=models)
    assert agent.ask("What is AI?") == {"answer": "A", "confidence": 0.9, "reasoning": "R"}
    assert agent.ask("And now?")["warning"] == "The confidence 0 is below 0.5."
    assert "What is AI?" in "".join(message.content for message in model.requests[0].messages)


async def test_an_agent_runs_with_and_without_a_running_loop() -> None:
    answers = [{"answer": str(n)} for n in range(4)]
    _, models = scripted(*answers)
    agent = MyAgent(MyConfig(), models=models)
    assert await agent.run_async(question="a") == {"answer": "0"}
    assert agent.run(question="b") == {"answer": "1"}
    assert await asyncio.to_thread(agent.run, question="c") == {"answer": "2"}


def test_wrong_inputs_are_refused_before_any_model_is_asked() -> None:
    model, models = scripted()
    agent = MyAgent(MyConfig(), models=models)
    with pytest.raises(InvalidValues, match="question: got 3, allowed: text; extra: is no input of MySignature"):
        agent.run(question=3, extra=1)
    with pytest.raises(InvalidValues, match="question: got '', allowed: text of at least 1 character"):
        SimpleQAAgent(QAConfig(), models=models).ask("  ")
    assert not model.requests


def test_a_provider_that_is_not_configured_is_named() -> None:
    with pytest.raises(AgentFailed, match="OPENAI_API_KEY") as caught:
        MyAgent(MyConfig(), models=Providers({})).ask("x")
    assert caught.value.code == "not_configured"


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ({"temperature": 9}, "temperature: got 9"),
        ({"provider_config": {"response_format": {}}}, "response_format cannot be passed on"),
        ({"max_tokens": "many"}, "max_tokens: got 'many'"),
    ],
)
def test_a_config_that_cannot_work_is_refused(config: dict[str, Any], told: str) -> None:
    with pytest.raises(TypeError, match=told):
        BaseAgent(config, MySignature)


def test_an_agent_without_a_signature_and_a_mistyped_word_are_refused() -> None:
    with pytest.raises(TypeError, match="has no signature"):
        BaseAgent()
    with pytest.raises(TypeError, match="did you mean __tools__"):
        type("Bad", (Agent,), {"__tool__": ["x"]})


@pytest.mark.slow
def test_the_framework_needs_no_django_and_no_settings() -> None:
    """A fresh process without DJANGO_SETTINGS_MODULE, and with no heavy library loaded by the imports."""
    code = """
import sys, asyncio
from agents import *
from journeys import *
import agents, journeys
class S(Signature):
    message: str = InputField()
    response: str = OutputField()
class J(Journey):
    class OnePath(Pathway):
        __signature__ = S
async def talk():
    journey = J()
    await journey.start()
    return await journey.process_message("Hello")
assert SimpleQAAgent(QAConfig()).ask("What is AI?")["answer"]
assert asyncio.run(talk()).message
heavy = [name for name in ("django", "celery", "channels", "ninja", "litellm") if name in sys.modules]
assert not heavy, heavy
for module in (agents, journeys):
    for name in module.__all__:
        getattr(module, name)
try:
    agents.Nothing
except AttributeError as error:
    assert "it has: Agent" in str(error)
print("fine")
"""
    environ = {"PATH": "/usr/bin", "PYTHONPATH": ".", "KAIZEN_LOCAL_MODELS": "0"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environ, timeout=60, check=False)
    assert (done.stdout.strip(), done.returncode) == ("fine", 0), done.stderr
