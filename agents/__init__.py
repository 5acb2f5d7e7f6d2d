"""Agents: declared as classes, edited in the browser, run from one journal.

``from agents import Signature, InputField, OutputField, SimpleQAAgent`` needs neither a site nor a database; each name is
imported on first use.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agents.core.declare import (
        Agent,
        AgentFailed,
        AgentWaiting,
        BaseAgent,
        InputField,
        OutputField,
        QAConfig,
        Signature,
        SimpleQAAgent,
    )
    from agents.core.spec.agent import AgentSpec, DemoRule, ModelSpec, ToolUse
    from agents.core.spec.errors import InvalidSpec, InvalidValues
    from agents.core.spec.signature import SignatureSpec

_PLACES = {
    "agents.core.declare": (
        "Agent",
        "AgentFailed",
        "AgentWaiting",
        "BaseAgent",
        "InputField",
        "OutputField",
        "QAConfig",
        "Signature",
        "SimpleQAAgent",
    ),
    "agents.core.spec.agent": ("AgentSpec", "DemoRule", "ModelSpec", "ToolUse"),
    "agents.core.spec.errors": ("InvalidSpec", "InvalidValues"),
    "agents.core.spec.signature": ("SignatureSpec",),
}
_NAMES = {name: place for place, names in _PLACES.items() for name in names}

__all__ = [
    "Agent",
    "AgentFailed",
    "AgentSpec",
    "AgentWaiting",
    "BaseAgent",
    "DemoRule",
    "InputField",
    "InvalidSpec",
    "InvalidValues",
    "ModelSpec",
    "OutputField",
    "QAConfig",
    "Signature",
    "SignatureSpec",
    "SimpleQAAgent",
    "ToolUse",
]


def __getattr__(name: str) -> Any:
    if name not in _NAMES:
        raise AttributeError(f"module 'agents' has no {name!r}; it has: {', '.join(__all__)}")
    return getattr(importlib.import_module(_NAMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
