"""Questions and answers, with a memory for each session: what was said earlier is part of the prompt.

    python docs/examples/simple_qa.py

Without a key the demo model answers (fixed rules, not an AI); with one (OPENAI_API_KEY, ANTHROPIC_API_KEY, ...) a real model.
"""

from agents import DemoRule, QAConfig, SimpleQAAgent


class Friendly(SimpleQAAgent):
    """Answers questions and remembers people."""

    __demo__ = [
        DemoRule(
            when=(r"re:my name is (?P<name>\w+)",),
            set={"answer": "Hello, {name}!", "confidence": 1, "reasoning": "It was said."},
        ),
        DemoRule(
            when=("re:my name",),
            if_known=("conversation_history",),
            set={
                "answer": "You said: {conversation_history.0.content}",
                "confidence": 0.9,
                "reasoning": "From the conversation.",
            },
        ),
        DemoRule(set={"answer": "I do not know.", "confidence": 0.2, "reasoning": "Nobody told me."}),
    ]


agent = Friendly(QAConfig(max_turns=10))  # without max_turns it has no memory
print(agent.ask("My name is Alice", session_id="user123")["answer"])
print(agent.ask("What is my name?", session_id="user123")["answer"])

stranger = agent.ask("What is my name?", session_id="somebody-else")
print(stranger.get("answer", "No answer"), stranger.get("warning", ""))
