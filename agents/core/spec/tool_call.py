"""ToolCallSpec: one call of one tool as a thing to run, for callers that are no agents, such as programs that speak MCP."""

from __future__ import annotations

from typing import Literal

from agents.core.spec.agent import Limits, ToolUse
from agents.core.spec.permissions import PermissionPolicy
from agents.core.spec.types import Frozen


class ToolCallSpec(Frozen):
    """Who calls is its ``name``; what is decided on the call is decided as if an agent with this policy made it.

    The run's inputs are the tool's arguments, its output is ``{"result": ...}``.
    """

    kind: Literal["tool"] = "tool"
    schema_version: int = 1
    name: str
    tool: ToolUse
    permissions: PermissionPolicy = PermissionPolicy()
    limits: Limits = Limits()
    budget_microusd: int | None = None

    @property
    def tools(self) -> tuple[ToolUse, ...]:
        """Its one tool, as an agent's tools are asked for."""
        return (self.tool,)
