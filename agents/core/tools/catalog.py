"""The tools by name. A new one is a file and a line here, a ``register_tool``, or an entry point of ``kaizen.tools``."""

from __future__ import annotations

import importlib
from dataclasses import replace
from importlib.metadata import entry_points

from agents.core.runtime.errors import UnknownTool
from agents.core.runtime.ports import Tool
from agents.core.tools.mcp import SERVED, other_name, real_name

GROUP = "kaizen.tools"
TOOLS: dict[str, str] = {  # name -> "dotted.path:TOOL"
    "ask_user_question": "agents.core.tools.question:TOOL",
    "current_time": "agents.adapters.tools.clock:TOOL",
    "read_file": "agents.adapters.tools.files:READ",
    "write_file": "agents.adapters.tools.files:WRITE",
    "delete_file": "agents.adapters.tools.files:DELETE",
    "list_directory": "agents.adapters.tools.files:LIST",
    "file_exists": "agents.adapters.tools.files:EXISTS",
    "http_get": "agents.adapters.tools.http:GET",
    "http_post": "agents.adapters.tools.http:POST",
    "http_put": "agents.adapters.tools.http:PUT",
    "http_delete": "agents.adapters.tools.http:DELETE",
    "bash_command": "agents.adapters.tools.bash:TOOL",
    "run_python": "agents.adapters.tools.python:TOOL",
    "fetch_url": "agents.adapters.tools.web:FETCH",
    "extract_links": "agents.adapters.tools.web:LINKS",
}


def get_tool(name: str) -> Tool:
    """The tool, imported on first use. Raises ``UnknownTool`` that lists the known names."""
    if name not in _LOADED:
        dotted = tool_names().get(real_name(name))
        if dotted is None:
            raise UnknownTool(f"no tool {name!r}; there is: {', '.join(sorted(tool_names())) or 'none'}")
        module, _, attribute = dotted.partition(":")
        found = getattr(importlib.import_module(module), attribute)
        tool: Tool = getattr(found, "__kaizen_tool__", found)  # a function decorated with @tool
        if tool.name != real_name(name):
            raise ValueError(f"tool {dotted} calls itself {tool.name!r}, the catalog calls it {real_name(name)!r}")
        _LOADED[name] = replace(tool, name=name, alias=other_name(name)) if tool.name in SERVED else tool
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
