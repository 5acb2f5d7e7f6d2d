"""Without any key: the demo model has no thoughts, and every strategy still comes to an end that says so."""

from __future__ import annotations

from typing import Any

import pytest

from agents.adapters.llm.demo import DemoModel
from agents.adapters.llm.providers import DefaultModel, Providers
from agents.core.declare import Signature, as_spec
from agents.core.declare.fields import InputField, OutputField
from agents.core.llm.demo_guess import guess_outputs
from agents.core.llm.lexical import LexicalEmbedder
from agents.core.llm.nearest import Nearest
from agents.core.runtime.memory import memory_ports, run_in_memory
from agents.core.runtime.outcome import Outcome
from agents.core.spec.agent import AgentSpec
from agents.core.strategies import run_agent_spec
from agents.core.strategies.catalog import get_strategy

MINE = ("chain_of_thought", "react", "planning", "pev", "tree_of_thoughts", "autonomous")
TASKS = (
    "Write a report of 2000 words on quantum computing, please. Is that ok?",
    "Clarify the plan, use a tool, and finish step 3 by 2026-11-22.",
    "x",
)


class Work(Signature):
    """Do what is asked."""

    task: str = InputField("What to do")
    result: str = OutputField("What came of it")
    tags: list[str] = OutputField("Words for it")


class Counting(Signature):
    """Count."""

    numbers: list[int] = InputField("The numbers")
    total: int = OutputField("Their sum", ge=0)


async def run(strategy: str, signature: type[Signature], inputs: dict[str, Any], **params: Any) -> Outcome:
    spec = AgentSpec.model_validate(
        {
            "name": "Worker",
            "signature": as_spec(signature),
            "strategy": strategy,
            "strategy_params": params,
            "tools": [{"name": "current_time"}],
        }
    )
    demo = DemoModel(LexicalEmbedder(), tokens_per_s=0)
    ports = memory_ports(models=Providers({}, DefaultModel("demo"), {"demo": demo}))
    return await run_in_memory(run_agent_spec, spec, inputs, ports)


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("strategy", MINE)
async def test_any_task_comes_to_an_end_that_says_what_answered(strategy: str, task: str) -> None:
    outcome = await run(strategy, Work, {"task": task})
    assert outcome.output is not None, outcome
    assert outcome.output["result"].startswith("This is the demo model: fixed rules, not an AI.")


@pytest.mark.parametrize("strategy", MINE)
async def test_a_task_without_any_text_ends_too(strategy: str) -> None:
    outcome = await run(strategy, Counting, {"numbers": [1, 2]})
    if outcome.status == "failed":
        assert outcome.error["code"] == "validation_failed", "an empty task has no plan, and the run says so"
        assert "the plan is empty" in outcome.error["message"]
    else:
        assert outcome.output == {"total": 0}


@pytest.mark.parametrize(
    ("strategy", "params"),
    [
        ("planning", {"plan_format": "narrative"}),
        ("planning", {"validation_mode": "off"}),
        ("pev", {"verification_strictness": "high"}),
        ("tree_of_thoughts", {"num_paths": 20, "parallel_execution": False, "evaluation_criteria": ["cost", "speed"]}),
        ("chain_of_thought", {"reasoning_steps": 20}),
    ],
)
async def test_other_parameters_work_too(strategy: str, params: dict[str, Any]) -> None:
    assert (await run(strategy, Work, {"task": TASKS[0]}, **params)).status == "succeeded"


@pytest.mark.parametrize("strategy", MINE)
async def test_all_that_a_strategy_provides_can_be_had_without_a_model_for_it(strategy: str) -> None:
    provides = get_strategy(strategy).provides
    outputs = [{"name": name, "type": {"kind": "any"}} for name in provides]
    text = {"kind": "str"}
    signature = {"name": "S", "inputs": [{"name": "task", "type": text}], "outputs": outputs}
    spec = AgentSpec.model_validate({"name": "W", "signature": signature, "strategy": strategy})
    demo = DemoModel(LexicalEmbedder(), tokens_per_s=0)
    ports = memory_ports(models=Providers({}, DefaultModel("demo"), {"demo": demo}))
    outcome = await run_in_memory(run_agent_spec, spec, {"task": "Do it"}, ports)
    assert outcome.output is not None, outcome
    assert set(outcome.output) == set(provides)


class Judgement(Signature):
    work: str = InputField()
    issues: list[str] = OutputField()
    reasoning: str = OutputField()
    score: float = OutputField(ge=0, le=1)
    stars: float = OutputField(ge=1, le=5)
    passed: bool = OutputField()


class Ticket(Signature):
    message: str = InputField()
    issue: str = OutputField()
    problem: str = OutputField(default="")
    problems: list[str] = OutputField()
    passed_on: bool = OutputField()


def test_a_judgement_finds_no_fault_and_a_ticket_keeps_its_own() -> None:
    nearest = Nearest(LexicalEmbedder())
    judged = guess_outputs(as_spec(Judgement), {"work": "It is late, and wrong"}, nearest)
    assert (judged["issues"], judged["score"], judged["stars"], judged["passed"]) == ([], 0.75, 1.0, True)
    assert judged["reasoning"] == "The demo model follows fixed rules and does not think."
    ticket = guess_outputs(as_spec(Ticket), {"message": "My lamp is broken"}, nearest)
    assert ticket == {"issue": "My lamp is broken", "problem": "", "problems": ["lamp is broken"], "passed_on": False}
