"""The autonomous loop: a plan, then cycles of work until the task is done.

    python docs/examples/autonomous.py

Without a key the demo model answers by the rules in ``__demo__``; with one (OPENAI_API_KEY, ANTHROPIC_API_KEY, ...) a real
model does, and the rules are not read.
"""

import asyncio

from agents import AutonomousConfig, BaseAutonomousAgent, DemoRule, InputField, OutputField, Signature, tool

SALES = {"spring": [4, 8, 6], "summer": [9, 12, 9]}


@tool(danger="safe", effect="read")
def read_sales(season: str) -> list[int]:
    """The sales of each month of a season."""
    return SALES[season]


class Analysis(Signature):
    """Analyze the data with the tools there are."""

    task: str = InputField("What to find out")
    result: str = OutputField("What was found")


class Analyst(BaseAutonomousAgent):
    """Analyzes sales."""

    __tools__ = [read_sales]
    __demo__ = [
        DemoRule(set={"plan": ["Read the sales of summer", "Add them up"]}, unless_known=("milestones",)),
        DemoRule(if_known=("milestones",), call="read_sales", args={"season": "summer"}),
        DemoRule(after="read_sales", set={"action": "finish", "result": "In summer {read_sales} pieces were sold."}),
    ]


agent = Analyst(config=AutonomousConfig(max_cycles=10), signature=Analysis())
result = asyncio.run(agent.run_autonomous(task="How many pieces were sold in summer?"))

print(f"Plan: {', then '.join(result['plan'])}")
print(f"{result['result']} ({result['cycles_used']} cycles, stopped by {result['stopped_by']})")
