"""Planning: a plan is made and checked before anything is done; its steps are done for real.

    python docs/examples/planning.py

Without a key the demo model answers by the rules in ``__demo__``; with one (OPENAI_API_KEY, ANTHROPIC_API_KEY, ...) a real
model does, and the rules are not read.
"""

from agents import DemoRule, PlanningAgent, PlanningConfig, tool


@tool(danger="safe", effect="read")
def find_source(topic: str) -> str:
    """Finds what is known about a topic."""
    return f"{topic}: a qubit holds two states at once until it is measured."


PLAN = [
    {
        "step": 1,
        "action": "Find a source",
        "description": "Find what is known about the topic.",
        "tool": "find_source",
        "arguments": {"topic": "quantum computing"},
        "dependencies": [],
    },
    {
        "step": 2,
        "action": "Write the report",
        "description": "Write the report from the source.",
        "tool": None,
        "arguments": None,
        "dependencies": [1],
    },
]


class Reporter(PlanningAgent):
    """Writes reports from sources."""

    __tools__ = [find_source]
    __demo__ = [
        DemoRule(set={"plan": PLAN}, go_on=True),
        DemoRule(set={"result": "The report is written from: {step_results.1}"}, if_known=("plan_step",), go_on=True),
        DemoRule(set={"final_result": "The report: {step_outcomes.0.result}"}, if_known=("step_outcomes",)),
        DemoRule(),
    ]


agent = Reporter(PlanningConfig(max_plan_steps=5, validation_mode="strict", enable_replanning=True))
result = agent.run(task="Create a research report on quantum computing", context={"length": "2000 words"})

print(f"The plan is {result['validation_result']['status']}.")
for entry in result["execution_results"]:
    print(f"{entry['step']}. {entry['action']}: {entry['status']}")
print(result["final_result"])
