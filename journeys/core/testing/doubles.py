"""The tools of a test: reads run for real, every other effect is answered by what the case declares.

A test never books, sends or pays. An effect without a declared result is not done: it fails, and its case with it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from agents.core.runtime.effects import Effect
from agents.core.runtime.errors import StepFailed, UnknownTool
from agents.core.runtime.ports import Tool, ToolContext, Tools
from journeys.core.testing.assertions.context import contains
from journeys.core.testing.case import ToolAnswer

Answer = Callable[[dict[str, Any]], Any]
PREFIX = "test."  # of the names of local work that only tests know


class Doubles:
    """The ``Tools`` port of one case. ``undeclared`` collects what would have needed a declared result and had none."""

    def __init__(self, real: Tools, answers: Sequence[ToolAnswer]):
        self._real = real
        self._answers = answers
        self._declared = {answer.tool for answer in answers}
        self.undeclared: list[str] = []
        self.local = _Local(self)

    def get(self, name: str) -> Tool:
        """The tool with its own schema, effect and danger: permission decides as it does for real."""
        try:
            tool = self._real.get(name)
        except UnknownTool:
            if name not in self._declared:
                raise
            tool = Tool(name, "Declared by the test case", {"type": "object"}, Effect.READ)
        if tool.asks or (tool.effect is Effect.READ and name not in self._declared and tool.agent is None):
            return tool
        if tool.agent is not None and name not in self._declared:
            return tool  # an agent as a tool: its own tools stand under the same rule
        if tool.local:
            return replace(tool, local=f"{PREFIX}{name}")
        return replace(tool, call=self._call(name), unavailable="", agent=None)

    def answer(self, name: str, arguments: Mapping[str, Any]) -> Any:
        """The declared result. Raises ``StepFailed`` with the declared error, or when there is none to give."""
        for declared in self._answers:
            if declared.tool == name and contains(dict(arguments), declared.when):
                if declared.error:
                    raise StepFailed(declared.error, "tool_failed")
                return declared.result
        why = "for these arguments " if name in self._declared else ""
        told = f"the tool {name} changes something, and the case declares no result {why}of it"
        if told not in self.undeclared:
            self.undeclared.append(told)
        raise StepFailed(told, "undeclared_tool")

    def _call(self, name: str) -> Callable[[dict[str, Any], ToolContext], Awaitable[Any]]:
        async def call(arguments: dict[str, Any], context: ToolContext) -> Any:
            return self.answer(name, arguments)

        return call


class _Local(dict[str, Callable[[dict[str, Any]], Any]]):
    """Local work by name: that of tools answers as the case declares, whatever the tool."""

    def __init__(self, doubles: Doubles):
        super().__init__()
        self._doubles = doubles

    def __contains__(self, name: object) -> bool:
        return dict.__contains__(self, name) or str(name).startswith(PREFIX)

    def __missing__(self, name: str) -> Callable[[dict[str, Any]], Any]:
        return lambda data: self._doubles.answer(name.removeprefix(PREFIX), data.get("arguments", {}))
