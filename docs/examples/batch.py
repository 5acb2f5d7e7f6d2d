"""The same task for many prompts, several at once; one that fails does not take the others down.

python docs/examples/batch.py
"""

from agents import BatchAgent, BatchConfig, DemoRule


class Capitals(BatchAgent):
    """Names capitals."""

    __demo__ = [
        DemoRule(when=("re:France",), set={"result": "Paris"}),
        DemoRule(when=("re:Japan",), set={"result": "Tokyo"}),
        DemoRule(when=("re:Peru",), set={"result": "Lima"}),
    ]


agent = Capitals(BatchConfig(max_concurrent=2))
result = agent.process_batch(["The capital of France?", "The capital of Japan?", "The capital of Peru?"])
print(", ".join(result["results"]))
print(f"{result['succeeded']} of {result['total']} succeeded, failures: {result['failures']}")
