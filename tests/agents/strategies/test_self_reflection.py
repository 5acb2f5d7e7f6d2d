"""Self-reflection: attempt, a critique that knows nothing but the attempt, another attempt that knows the critique."""

from __future__ import annotations

from typing import Any

from agents import InputField, OutputField, SelfReflectionAgent, Signature
from tests.agents.strategies.resume import Scene, assert_resumes_everywhere, play
from tests.agents.strategies.specs import outputs_asked, spec_for, spec_of

TASK = {"task": "Write a haiku"}


def attempt(text: str) -> dict[str, Any]:
    return {"json": {"attempt": text}}


def critique(score: float, text: str) -> dict[str, Any]:
    return {"json": {"critique": text, "quality_score": score}}


async def test_the_critique_reaches_the_next_attempt_until_the_quality_is_reached() -> None:
    script = [attempt("first"), critique(0.4, "no season word"), attempt("second"), critique(0.9, "fine")]
    played = await assert_resumes_everywhere(Scene(spec_of(SelfReflectionAgent), TASK, script))
    assert played.output == {"attempt": "second", "critique": "fine", "quality_score": 0.9, "cycles": 2}
    assert [outputs_asked(r) for r in played.requests] == [["attempt"], ["critique", "quality_score"]] * 2
    assert '"first"' in played.prompts()[1]
    assert "no season word" in played.prompts()[2]
    assert '"first"' in played.prompts()[2]
    assert '"second"' in played.prompts()[3]
    assert "no season word" not in played.prompts()[3]


async def test_cycles_are_bounded_and_the_best_attempt_counts() -> None:
    script = [attempt("a"), critique(0.3, "x"), attempt("b"), critique(0.7, "y"), attempt("c"), critique(0.5, "z")]
    played = await play(Scene(spec_of(SelfReflectionAgent), TASK, script))
    assert played.output == {"attempt": "b", "critique": "y", "quality_score": 0.7, "cycles": 3}


async def test_the_threshold_and_the_cycles_are_the_configs() -> None:
    spec = spec_of(SelfReflectionAgent, {"improvement_threshold": 0.3, "max_cycles": 9})
    assert (await play(Scene(spec, TASK, [attempt("a"), critique(0.3, "x")]))).output["cycles"] == 1


class Mail(Signature):
    """Write the mail."""

    wish: str = InputField("What it is about")
    subject: str = OutputField("Subject")
    body: str = OutputField("Body")


async def test_any_signature_works() -> None:
    played = await play(
        Scene(spec_for(Mail, "self_reflection"), {"wish": "x"}, [{"json": {"subject": "s", "body": "b"}}, critique(1, "")])
    )
    assert played.output == {"subject": "s", "body": "b"}
