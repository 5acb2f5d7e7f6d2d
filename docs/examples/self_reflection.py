"""Attempt, critique, attempt anew: until the quality is reached or the cycles are used up. The best attempt counts.

    python docs/examples/self_reflection.py

Without a key the demo model follows the rules in ``__demo__``; with one a real model does the work, and they are not read.
"""

from agents import DemoRule, InputField, OutputField, SelfReflectionAgent, SelfReflectionConfig, Signature


class Haiku(Signature):
    """Write a haiku of three lines with a season word."""

    task: str = InputField("What it is about")
    attempt: str = OutputField("The haiku, lines divided by slashes")
    season_word: str = OutputField("The season word in it; empty when there is none", default="")
    critique: str = OutputField("What is still wrong with it")
    quality_score: float = OutputField("Its quality from 0 to 1", ge=0, le=1)
    cycles: int = OutputField("How many attempts were made")


FIRST = {"attempt": "A bird on the pond / after a while it flies off / the pond is still there", "season_word": ""}
SECOND = {"attempt": "Autumn moon at dawn / a heron leaves the water / rings go out, and out", "season_word": "autumn moon"}


class Poet(SelfReflectionAgent):
    """Writes haiku and is hard to please."""

    __signature__ = Haiku
    __demo__ = [
        DemoRule(if_known=("judged_attempt.season_word",), set={"critique": "Nothing serious.", "quality_score": 0.9}),
        DemoRule(if_known=("judged_attempt",), set={"critique": "There is no season word.", "quality_score": 0.4}),
        DemoRule(if_known=("its_critique",), set=SECOND),
        DemoRule(set=FIRST),
    ]


agent = Poet(SelfReflectionConfig(max_cycles=3, improvement_threshold=0.8))
result = agent.run(task="Autumn at a pond")
print(result["attempt"])
print(f"Quality {result['quality_score']} after {result['cycles']} attempts. What is left: {result['critique']}")
