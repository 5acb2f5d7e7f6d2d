"""Tools by name for the shell: what upper apps add, what workers get, what a person's edit of arguments must fit."""

from __future__ import annotations

from functools import cache
from typing import Any

from agents.core.runtime.calls import InvalidArguments
from agents.core.runtime.calls import check_arguments as check_tool_arguments
from agents.core.runtime.errors import UnknownTool
from agents.core.runtime.memory import CatalogTools
from agents.core.runtime.ports import Tool, Tools
from agents.core.tools.catalog import get_tool, register_tool, tool_names
from trust.core.errors import Invalid, Problem

__all__ = ["check_arguments", "get_tool", "list_tools", "register_tool", "resolve_tools", "tool_names"]


@cache
def resolve_tools() -> Tools:
    """The tools that a worker's runs may name."""
    return CatalogTools()


def list_tools() -> list[Tool]:
    return [get_tool(name) for name in sorted(tool_names())]


def check_arguments(tool_name: str, arguments: dict[str, Any]) -> None:
    """Raises ``Invalid`` with every place where ``arguments`` do not fit the tool's JSON schema."""
    try:
        check_tool_arguments(get_tool(tool_name), arguments)
    except UnknownTool as error:
        raise Invalid(problems=[Problem(where="tool", message=str(error))]) from None
    except InvalidArguments as error:
        found = error.details["problems"]
        problems = [Problem(where=".".join(filter(None, ["arguments", p["where"]])), message=p["message"]) for p in found]
        raise Invalid(problems=problems) from None
