"""Tools as a run saw them first. What others publish or change meanwhile never makes its recorded requests diverge."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from agents.core.runtime.effects import Effect
from agents.core.runtime.errors import UnknownTool
from agents.core.runtime.events import Event, EventType
from agents.core.runtime.ports import Tool, Tools


@dataclass(frozen=True, slots=True)
class PinnedTools:
    """``inner`` with the descriptions and parameters of ``seen``; a tool that has gone is there, and cannot be used."""

    inner: Tools
    seen: dict[str, dict[str, Any]]

    def get(self, name: str) -> Tool:
        known = self.seen.get(name)
        if known is None:
            return self.inner.get(name)
        description, parameters = known.get("description", ""), known.get("parameters", {})
        try:
            tool = self.inner.get(name)
        except UnknownTool as gone:
            return Tool(name, description, parameters, Effect.READ, unavailable=f"it has gone since this run began: {gone}")
        if tool.description == description and tool.parameters == parameters:
            return tool
        return replace(tool, description=description, parameters=parameters)


def pin_tools(tools: Tools, events: Iterable[Event]) -> Tools:
    """``tools`` as the first recorded request of a model named each of them."""
    seen: dict[str, dict[str, Any]] = {}
    for event in events:
        if event.type is EventType.STEP_STARTED and event.payload.get("kind") == "model":
            for tool in event.payload["request"].get("tools") or ():
                seen.setdefault(tool["name"], tool)
    return PinnedTools(tools, seen) if seen else tools
