"""ReAct: thinks, calls a tool, reads what it said, and goes on until it can answer.

    python docs/examples/react.py

Without a key the demo model answers by the rules in ``__demo__``; with one (OPENAI_API_KEY, ANTHROPIC_API_KEY, ...) a real
model does, and the rules are not read.
"""

from agents import DemoRule, ReActAgent, ReActConfig, tool

STOCK = {"lamp": 3, "chair": 0}


@tool(danger="safe", effect="read")
def count_stock(article: str) -> int:
    """How many pieces of an article are in stock.

    Args:
        article: The article's name, in the singular.
    """
    return STOCK[article]


class StockAgent(ReActAgent):
    """Answers questions about the stock."""

    __tools__ = [count_stock]
    __demo__ = [
        DemoRule(when=(r"re:\b(?P<article>lamp|chair)s?\b",), call="count_stock", args={"article": "{article}"}),
        DemoRule(
            after="count_stock",
            set={"action": "finish", "confidence": 0.9, "answer": "There are {count_stock} lamps in stock."},
        ),
    ]


agent = StockAgent(ReActConfig(max_cycles=5))
result = agent.run(task="How many lamps are in stock?")

for call in result["tool_calls"]:
    print(f"{call['name']}({call['arguments']}) said {call['result']}")
print(f"{result['answer']} ({result['cycles_used']} of {result['total_cycles']} cycles)")
