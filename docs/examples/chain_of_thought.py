"""Chain of thought: the steps are written before the answer, and a second request checks both.

    python docs/examples/chain_of_thought.py

Without a key the demo model answers by the rules in ``__demo__``; with one (OPENAI_API_KEY, ANTHROPIC_API_KEY, ...) a real
model does, and the rules are not read.
"""

from agents import ChainOfThoughtAgent, ChainOfThoughtConfig, DemoRule


class Solver(ChainOfThoughtAgent):
    """Solves small problems in three steps."""

    __demo__ = [
        DemoRule(
            set={
                "step1": "The train leaves at 14:10 and arrives at 16:45.",
                "step2": "From 14:10 to 16:10 are 2 hours; 35 minutes are left.",
                "step3": "2 hours and 35 minutes are 155 minutes.",
                "final_answer": "155 minutes",
                "confidence": 0.95,
                "verified": True,
            }
        )
    ]


agent = Solver(ChainOfThoughtConfig(reasoning_steps=3))
result = agent.run(problem="A train leaves at 14:10 and arrives at 16:45. How many minutes does it take?")

for number in (1, 2, 3):
    print(f"{number}. {result[f'step{number}']}")
print(f"Answer: {result['final_answer']} (confidence {result['confidence']}, verified: {result['verified']})")
