"""Code generation: written, run where that is asked for, repaired with the output, and honest about what was run."""

from __future__ import annotations

from typing import Any

import pytest

from agents import CodeGenerationAgent, InputField, OutputField, Signature
from agents.core.runtime.effects import Effect
from agents.core.runtime.ports import Tool
from agents.core.strategies.code_generation import unfenced
from agents.core.tools.catalog import get_tool
from tests.agents.strategies.resume import Scene, assert_resumes_everywhere, play
from tests.agents.strategies.specs import outputs_asked, spec_for, spec_of

TASK = {"task_description": "double a number"}
TESTS = (
    "import unittest\nfrom solution import double\n\nclass T(unittest.TestCase):\n"
    "    def test_it(self):\n        self.assertEqual(double(2), 4)\n"
)
GOOD = {
    "code": "def double(n):\n    return 2 * n\n",
    "explanation": "It doubles.",
    "test_cases": TESTS,
    "documentation": "Call double(n).",
    "confidence": 0.9,
}
BAD = {**GOOD, "code": "def double(n):\n\n    return n\n"}


def sandbox(*results: dict[str, Any]) -> dict[str, Tool]:
    """A sandbox that gives ``results`` by what it is to run: the same files get the same answer, as after a crash."""
    answers: dict[str, dict[str, Any]] = {}
    left = list(results)

    async def run(arguments: dict[str, Any], context: Any) -> Any:
        key = str(sorted(arguments["files"].items()))
        if key not in answers:
            answers[key] = {"exit_code": 0, "stdout": "", "stderr": "", "timed_out": False, **left.pop(0)}
        return answers[key]

    schema = {"type": "object", "properties": {}, "additionalProperties": True}
    return {"run_python": Tool("run_python", "Runs Python", schema, Effect.READ, run, danger="low")}


def spec(**config: Any) -> Any:
    return spec_of(CodeGenerationAgent, config)


async def test_unless_asked_nothing_is_run_and_the_result_says_so() -> None:
    played = await play(Scene(spec(), TASK, [{"json": GOOD}]))
    assert played.calls() == []
    told = played.output
    assert (told["executed"], told["test_status"], told["repairs"]) == (False, "not_run", 0)
    assert told["test_report"].startswith("nobody asked")
    assert (told["lines_of_code"], told["has_tests"], told["has_documentation"]) == (2, True, True)


async def test_code_and_tests_are_run_together_in_the_sandbox() -> None:
    scene = Scene(spec(run_tests=True, timeout_s=7), TASK, [{"json": GOOD}], sandbox({"stderr": "Ran 1 test\nOK"}))
    played = await play(scene)
    files = {"solution.py": GOOD["code"], "test_solution.py": TESTS}
    assert played.calls() == [("run_python", {"files": files, "command": "unittest", "timeout_s": 7})]
    assert (played.output["executed"], played.output["test_status"]) == (True, "passed")


async def test_failing_code_goes_back_with_its_output_until_it_passes() -> None:
    failed = {"exit_code": 1, "stderr": "AssertionError: 2 != 4"}
    scene = Scene(spec(run_tests=True), TASK, [{"json": BAD}, {"json": GOOD}], sandbox(failed, {"stderr": "OK"}))
    played = await assert_resumes_everywhere(scene)
    assert "AssertionError: 2 != 4" in played.prompts()[1]
    assert "return n" in played.prompts()[1]
    assert "write" in played.steps("model")[0]
    assert "repair" in played.steps("model")[1]
    assert (played.output["test_status"], played.output["repairs"], played.output["code"]) == ("passed", 1, GOOD["code"])


async def test_repairs_are_bounded_and_the_last_failure_is_told() -> None:
    failed = {"exit_code": 1, "stderr": "still wrong"}
    replies = [{"json": {**BAD, "explanation": str(n)}} for n in range(2)]
    other = {**BAD, "code": "def double(n):\n    return 3\n"}
    scene = Scene(spec(run_tests=True, max_repairs=1), TASK, [replies[0], {"json": other}], sandbox(failed, failed))
    played = await play(scene)
    assert len(played.requests) == 2
    assert (played.output["executed"], played.output["test_status"], played.output["repairs"]) == (True, "failed", 1)
    assert "still wrong" in played.output["test_report"]


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        ({"timed_out": True, "exit_code": None}, "did not end within 20 s"),
        ({"stderr": "Ran 0 tests in 0.000s\n\nOK"}, "holds no test"),
        ({"exit_code": 5}, "exit code 5"),
    ],
)
async def test_only_tests_that_ran_and_passed_count(result: dict[str, Any], reason: str) -> None:
    played = await play(Scene(spec(run_tests=True, max_repairs=0), TASK, [{"json": GOOD}], sandbox(result)))
    assert played.output["test_status"] == "failed"
    assert reason in played.output["test_report"]


async def test_where_it_cannot_be_run_the_result_says_why() -> None:
    off = {"run_python": Tool("run_python", "", {"type": "object"}, Effect.READ, unavailable="bubblewrap is not installed")}
    played = await play(Scene(spec(run_tests=True), TASK, [{"json": GOOD}], off))
    assert (played.output["executed"], played.output["test_status"]) == (False, "not_run")
    assert "bubblewrap is not installed" in played.output["test_report"]
    other = await play(Scene(spec(run_tests=True), {**TASK, "language": "Rust"}, [{"json": GOOD}], sandbox()))
    assert "only Python can be run here, and this is Rust" in other.output["test_report"]
    untested = await play(Scene(spec(run_tests=True), TASK, [{"json": {**GOOD, "test_cases": ""}}], sandbox()))
    assert "no tests" in untested.output["test_report"]


class Snippet(Signature):
    """A shell one-liner."""

    wish: str = InputField("What it is to do")
    code: str = OutputField("The one-liner")


async def test_any_signature_works_and_gets_only_its_own_outputs() -> None:
    replies = [{"json": {"code": "```sh\nls\n```", "test_cases": ""}}]
    played = await play(Scene(spec_for(Snippet, "code_generation", include_tests=False), {"wish": "list"}, replies))
    assert outputs_asked(played.requests[0]) == ["code", "test_cases"]
    assert "Leave test_cases empty" in played.prompts()[0]
    assert played.output == {"code": "ls\n"}


def test_only_a_whole_fence_is_taken_off() -> None:
    assert unfenced("```python\na = 1\n```") == "a = 1\n"
    assert unfenced("a = '```'\n") == "a = '```'\n"


@pytest.mark.skipif(bool(get_tool("run_python").unavailable), reason="no sandbox here")
async def test_the_real_sandbox_runs_the_tests() -> None:
    played = await play(Scene(spec(run_tests=True), TASK, [{"json": BAD}, {"json": GOOD}]))
    assert (played.output["test_status"], played.output["repairs"]) == ("passed", 1)
    assert "AssertionError" in played.prompts()[1]
