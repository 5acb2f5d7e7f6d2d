"""Published agents as tools of other agents: ``agent__<slug>``. A call is a child run (``agents.core.runtime.children``)."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from agents.core.runtime.effects import Effect
from agents.core.runtime.ports import Tool
from agents.core.spec.agent import AgentSpec
from agents.core.spec.json_schema import input_schema, output_schema
from agents.core.spec.runnable import parse_spec
from agents.models import Definition
from agents.models.definition import DefinitionKind

PREFIX = "agent__"


def agent_tool(name: str, spec: AgentSpec) -> Tool:
    """``spec`` as the tool ``name``: its inputs are the parameters, its outputs the result.

    It reads as far as permissions go: what the agent does with its own tools is decided call by call, by its own permissions
    and by those of every agent above it.
    """
    return Tool(
        name=name,
        description=spec.description or spec.signature.instructions or f"Asks the agent {spec.name}.",
        parameters=input_schema(spec.signature),
        effect=Effect.READ,
        danger="low",
        result=output_schema(spec.signature, strict=False),
        agent=spec,
        summary=f"Ask the agent {spec.name}",
    )


def find_agent_tool(organization_id: UUID, name: str) -> Tool | None:
    """The published agent that ``name`` means; ``None`` when there is none, or it is archived."""
    body = _published(organization_id).filter(slug=name.removeprefix(PREFIX)).values_list("published__spec__body", flat=True)
    found = body.first() if name.startswith(PREFIX) else None
    return None if found is None else _tool(name, found)


def list_agent_tools(organization_id: UUID) -> list[Tool]:
    """Every published agent as a tool, by slug."""
    rows = _published(organization_id).order_by("slug").values_list("slug", "published__spec__body")
    return [_tool(PREFIX + slug, body) for slug, body in rows]


def _tool(name: str, body: dict[str, Any]) -> Tool:
    return agent_tool(name, cast("AgentSpec", parse_spec(body, kind="agent")))


def _published(organization_id: UUID) -> Any:
    return Definition.objects.filter(
        organization_id=organization_id, kind=DefinitionKind.AGENT, archived_at=None, published__isnull=False
    )
