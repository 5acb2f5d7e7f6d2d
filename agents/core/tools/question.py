"""The tool by which an agent asks a person and goes on with the answer."""

from __future__ import annotations

from agents.core.runtime.effects import Effect
from agents.core.runtime.ports import Tool

TOOL = Tool(
    name="ask_user_question",
    description="Asks the person a question and waits for the answer. With options, the answer is one of them.",
    parameters={
        "type": "object",
        "properties": {
            "question": {"type": "string", "minLength": 1, "description": "The question, in full."},
            "options": {"type": "array", "items": {"type": "string"}, "description": "The answers to choose from."},
        },
        "required": ["question"],
        "additionalProperties": False,
    },
    effect=Effect.READ,
    asks=True,
    summary="{question}",
)
