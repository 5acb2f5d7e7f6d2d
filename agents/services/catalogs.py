"""Names that a spec takes from the catalogs: tools, strategies with their parameters, providers. Owns no catalog."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import ValidationError

from agents.adapters.llm.catalog import ALIASES, PROVIDERS
from agents.adapters.llm.providers import DEFAULT
from agents.core.runtime.errors import RuntimeFault
from agents.core.spec.agent import AgentSpec
from agents.core.spec.runnable import Spec
from agents.core.strategies.catalog import get_strategy
from agents.core.tools.catalog import tool_names
from trust.core.errors import Problem


def catalog_problems(spec: Spec) -> list[Problem]:
    """Every name in ``spec`` that no catalog has, with those there are; empty when all are known.

    A provider that exists but lacks its key is no problem of the spec: it may be configured before the run.
    """
    return [problem for where, agent in _agents(spec) for problem in _agent_problems(where, agent)]


def _agents(spec: Spec) -> list[tuple[str, AgentSpec]]:
    if isinstance(spec, AgentSpec):
        return [("", spec)]
    return [(f"agents.{name}.", agent) for name, agent in getattr(spec, "agents", {}).items()]


def _agent_problems(where: str, agent: AgentSpec) -> Iterable[Problem]:
    for n, tool in enumerate(agent.tools):
        if tool.name not in tool_names():
            known = ", ".join(sorted(tool_names())) or "none"
            yield {"where": f"{where}tools[{n}]", "message": f"names the unknown tool {tool.name!r}; the tools are: {known}"}
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
