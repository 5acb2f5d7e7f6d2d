"""A small agent with MCP tools."""

from __future__ import annotations

from typing import Any

from agents.core.spec.agent import AgentSpec, ModelSpec, ToolUse
from agents.core.spec.signature import SignatureSpec
from agents.core.spec.types import FieldSpec, ScalarType

TEXT = ScalarType(kind="str")


def agent(*tools: str, **changes: Any) -> AgentSpec:
    signature = SignatureSpec(
        name="Help", inputs=(FieldSpec(name="question", type=TEXT),), outputs=(FieldSpec(name="response", type=TEXT),)
    )
    values: dict[str, Any] = {
        "name": "Helper",
        "signature": signature,
        "model": ModelSpec(provider="scripted"),
        "tools": tuple(ToolUse(name=name) for name in tools),
    }
    return AgentSpec(**{**values, **changes})
