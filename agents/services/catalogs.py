"""Names that a spec takes from the catalogs: tools, providers, strategies and patterns with their parameters. Owns no
catalog."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from pydantic import ValidationError

from agents.adapters.llm.catalog import ALIASES, PROVIDERS
from agents.adapters.llm.providers import DEFAULT
from agents.core.pipelines.catalog import pattern_problems
from agents.core.runtime.errors import RuntimeFault
from agents.core.spec.agent import AgentSpec
from agents.core.spec.pipeline import agents_in, pipelines_in
from agents.core.spec.runnable import Spec
from agents.core.strategies.catalog import get_strategy
from agents.core.tools.catalog import tool_names
from agents.core.tools.mcp import real_name
from agents.services.agent_tools import PREFIX, find_agent_tool
from agents.services.mcp_tools import McpTools, resolve_mcp_tools
from trust.core.errors import Problem


def catalog_problems(spec: Spec, organization_id: UUID | None = None) -> list[Problem]:
    """Every name in ``spec`` that no catalog has, with those there are; empty when all are known.

    Tools of MCP servers are those of the organization: one that is off, held or gone is told with the reason.

    A provider that exists but lacks its key is no problem of the spec: it may be configured before the run.
    """
    of_agents = [
        problem
        for where, agent in agents_in(spec)
        for problem in (*_tool_problems(where, agent, organization_id), *_agent_problems(where, agent))
    ]
    of_pipelines: list[Problem] = [
        {"where": f"{where}{problem['where']}", "message": problem["message"]}
        for where, pipeline in pipelines_in(spec)
        for problem in pattern_problems(pipeline.pattern, pipeline.params)
    ]
    return of_agents + of_pipelines


def _tool_problems(where: str, agent: AgentSpec, organization_id: UUID | None) -> Iterable[Problem]:
    named = [(n, tool.name) for n, tool in enumerate(agent.tools) if real_name(tool.name) not in tool_names()]
    if not named:
        return
    mcp = resolve_mcp_tools(organization_id) if organization_id else McpTools()
    for n, name in named:
        if organization_id and name.startswith(PREFIX):
            if find_agent_tool(organization_id, name) is None:
                slug = name.removeprefix(PREFIX)
                told = f"names the agent {slug!r} as a tool, but no such agent is published"
                yield {"where": f"{where}tools[{n}]", "message": told}
        elif name not in mcp.tools:
            known = ", ".join(sorted({*tool_names(), *mcp.tools})) or "none"
            yield {"where": f"{where}tools[{n}]", "message": f"names the unknown tool {name!r}; the tools are: {known}"}
        elif reason := mcp.why_not(name):
            yield {"where": f"{where}tools[{n}]", "message": f"names the tool {name!r}, which cannot be used: {reason}"}


def _agent_problems(where: str, agent: AgentSpec) -> Iterable[Problem]:
    provider = agent.model.provider
    if ALIASES.get(provider, provider) not in (DEFAULT, *PROVIDERS):
        known = ", ".join((DEFAULT, *PROVIDERS))
        message = f"names the unknown provider {provider!r}; the providers are: {known}"
        yield {"where": f"{where}model.provider", "message": message}
    try:
        get_strategy(agent.strategy).Params.model_validate(agent.strategy_params)
    except RuntimeFault as error:
        yield {"where": f"{where}strategy", "message": str(error)}
    except ValidationError as error:
        for item in error.errors(include_url=False):
            path = ".".join(map(str, item["loc"]))
            yield {"where": f"{where}strategy_params.{path}".rstrip("."), "message": item["msg"]}
