"""PEV: every result is judged by a question of its own, and refined with the feedback until it passes.

    python docs/examples/pev.py

Without a key the demo model answers by the rules in ``__demo__``; with one (OPENAI_API_KEY, ANTHROPIC_API_KEY, ...) a real
model does, and the rules are not read.
"""

from typing import Any

from agents import DemoRule, InputField, OutputField, PEVAgent, PEVAgentConfig, Signature


class Function(Signature):
    """Write the function that is asked for."""

    task: str = InputField("What the function does")
    context: Any = InputField("What is known that may help", default="")
    code: str = OutputField("The function")
    has_type_hints: bool = OutputField("Whether its parameters and its result have type hints")
    plan: list[str] = OutputField("How it went about it")
    verification: dict[str, Any] = OutputField("The last judgement: passed, score, issues, feedback")
    refinements: list[dict[str, Any]] = OutputField("The judgements that did not pass")


BARE = {"code": "def add(a, b): return a + b", "has_type_hints": False}
HINTED = {"code": "def add(a: float, b: float) -> float: return a + b", "has_type_hints": True}
PASSED = {"score": 0.95, "passed": True, "issues": [], "feedback": ""}
FAILED = {"score": 0.5, "passed": False, "issues": ["no type hints"], "feedback": "Add type hints."}


class Coder(PEVAgent):
    """Writes small functions."""

    __signature__ = Function
    __demo__ = [
        DemoRule(set={"plan": ["Write the function", "Give it type hints"]}),
        DemoRule(if_known=("judgement",), set=HINTED),
        DemoRule(if_known=("steps",), set=BARE),
        DemoRule(if_known=("result_to_judge.has_type_hints",), set=PASSED),
        DemoRule(if_known=("result_to_judge",), set=FAILED),
    ]


agent = Coder(PEVAgentConfig(max_iterations=5, verification_strictness="medium", early_stop_threshold=0.9))
result = agent.run(task="Write a function that adds two numbers, with type hints", context={"language": "python"})

print(f"Plan: {', '.join(result['plan'])}")
for refinement in result["refinements"]:
    print(f"Attempt {refinement['iteration']} did not pass: {', '.join(refinement['issues'])}")
print(f"Judgement: {result['verification']['score']}")
print(result["code"])
