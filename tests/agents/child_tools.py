"""Tools of the tests that are agents: what the child-run tests put into the catalog."""

from __future__ import annotations

from agents.core.spec.agent import AgentSpec, ModelSpec, ToolUse
from agents.core.spec.permissions import PermissionMode, PermissionPolicy
from agents.core.spec.signature import SignatureSpec
from agents.core.spec.types import FieldSpec, ScalarType
from agents.services.agent_tools import agent_tool

TEXT = ScalarType(kind="str")
SPEC = AgentSpec(
    name="Specialist",
    description="Knows about cheese.",
    signature=SignatureSpec(
        name="Consult",
        inputs=(FieldSpec(name="topic", type=TEXT),),
        outputs=(FieldSpec(name="finding", type=TEXT),),
    ),
    model=ModelSpec(provider="scripted"),
    tools=(ToolUse(name="current_time"),),
    permissions=PermissionPolicy(mode=PermissionMode.BYPASS),
)
SPECIALIST = agent_tool("test_specialist", SPEC)
