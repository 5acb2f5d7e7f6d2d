"""A tool that counts its calls, and agents that use it, for the tests of control."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

from agents import BaseAgent, InputField, OutputField, Signature
from agents.adapters.llm.providers import Providers
from agents.adapters.llm.scripted import ScriptedModel
from agents.core.runtime.effects import Effect
from agents.core.runtime.memory import CatalogTools
from agents.core.runtime.ports import Tool, ToolContext
from agents.core.spec.agent import ToolUse

DONE = {"json": {"answer": "done"}}


class Work(Signature):
    """Do the work."""

    task: str = InputField("What to do")
    answer: str = OutputField("What came of it")


def call(name: str, **arguments: Any) -> dict[str, Any]:
    return {"tool_calls": [{"id": "c", "name": name, "arguments": arguments}]}


class Workshop:
    """A tool that counts its calls and can take its time."""

    def __init__(self, takes_s: float = 0.0, danger: str = "safe"):
        self.calls: list[dict[str, Any]] = []
        self.takes_s = takes_s
        self.begun = threading.Event()
        schema = {"type": "object", "properties": {"what": {"type": "string"}}, "required": ["what"]}
        self.tool = Tool("make", "Makes", schema, Effect.UNKEYED, self._make, danger=danger, summary="Make {what}")

    async def _make(self, arguments: dict[str, Any], context: ToolContext) -> Any:
        self.begun.set()
        await asyncio.sleep(self.takes_s)
        self.calls.append(arguments)
        return {"made": arguments["what"]}


def agent_of(workshop: Workshop, *replies: dict[str, Any], **options: Any) -> tuple[BaseAgent, ScriptedModel]:
    model = ScriptedModel(replies)
    models = Providers({}, instances={"demo": model})
    tools = CatalogTools({"make": workshop.tool})
    uses = [ToolUse(name="make")]
    return BaseAgent(signature=Work(), tools=uses, models=models, tool_catalog=tools, **options), model
