"""The tools by name. A new one is a file and a line here, a ``register_tool``, or an entry point of ``kaizen.tools``."""

from __future__ import annotations

import importlib
from importlib.metadata import entry_points

from agents.core.runtime.errors import UnknownTool
from agents.core.runtime.ports import Tool

GROUP = "kaizen.tools"
TOOLS: dict[str, str] = {  # name -> "dotted.path:TOOL"
    "ask_user_question": "agents.core.tools.question:TOOL",
    "current_time": "agents.adapters.tools.clock:TOOL",
}


def get_tool(name: str) -> Tool:
    """The tool, imported on first use. Raises ``UnknownTool`` that lists the known names."""
    if name not in _LOADED:
        dotted = tool_names().get(name)
        if dotted is None:
            raise UnknownTool(f"no tool {name!r}; there is: {', '.join(sorted(tool_names())) or 'none'}")
        module, _, attribute = dotted.partition(":")
        tool = getattr(importlib.import_module(module), attribute)
        if tool.name != name:
            raise ValueError(f"tool {dotted} calls itself {tool.name!r}, the catalog calls it {name!r}")
        _LOADED[name] = tool
    return _LOADED[name]


def register_tool(name: str, dotted: str) -> None:
    """Adds a tool of an upper app. Doing it twice is harmless; taking a name that is in use is an error."""
    present = tool_names().setdefault(name, dotted)
    if present != dotted:
        raise ValueError(f"tool {name!r} is declared twice: {present} and {dotted}")


def tool_names() -> dict[str, str]:
    """Every name with its dotted place."""
    if not _SCANNED:
        _SCANNED.append(True)
        for point in entry_points(group=GROUP):
            register_tool(point.name, point.value)
    return TOOLS


_LOADED: dict[str, Tool] = {}
_SCANNED: list[bool] = []
