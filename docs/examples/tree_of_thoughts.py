"""Tree of thoughts: several ways are thought of at once, each is judged by the criteria, and the best is carried out.

    python docs/examples/tree_of_thoughts.py

Without a key the demo model answers by the rules in ``__demo__``; with one (OPENAI_API_KEY, ANTHROPIC_API_KEY, ...) a real
model does, and the rules are not read.
"""

from agents import DemoRule, ToTAgent, ToTAgentConfig


class Strategist(ToTAgent):
    """Chooses how to go to market."""

    __demo__ = [
        DemoRule(
            set={
                "approach": "Partners, from this angle: {your_angle}",
                "steps": ["Find three partners"],
                "reasoning": "Little cost.",
            },
            go_on=True,
        ),
        DemoRule(set={"scores": {"cost": 0.8, "speed": 0.6}, "reasons": "Cheap, and quick enough."}, go_on=True),
        DemoRule(set={"final_result": "Begin with three partners in the north."}, go_on=True),
        DemoRule(),
    ]


agent = Strategist(ToTAgentConfig(num_paths=3, temperature=0.9, evaluation_criteria="cost, speed"))
result = agent.run(task="Choose how to go to market")

for path, evaluation in zip(result["paths"], result["evaluations"], strict=True):
    print(f"{path['path']}. {path['approach']}: {evaluation['score']} {evaluation['scores']}")
print(f"Best: path {result['best_path']['path']}")
print(result["final_result"])
