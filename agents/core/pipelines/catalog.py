"""The patterns by name. A new one is one file and one line here, or an entry point of the group ``kaizen.pipelines``."""

from __future__ import annotations

from typing import Any, Protocol

from pydantic import ValidationError

from agents.core.catalog import Catalog
from agents.core.pipelines.team import Team
from agents.core.runtime.errors import RuntimeFault
from trust.core.errors import Problem

GROUP = "kaizen.pipelines"
PATTERNS: dict[str, str] = {
    "sequential": "agents.core.pipelines.sequential:Sequential",
    "parallel": "agents.core.pipelines.parallel:Parallel",
    "router": "agents.core.pipelines.router:Router",
}


class Pattern(Protocol):
    """A way of putting members together. ``Params`` validates a spec's parameters and draws their form."""

    title: str
    Params: type[Any]  # a pydantic model

    async def run(self, team: Team, params: Any) -> dict[str, Any]:
        """The outputs of the whole. Every member answers in a child scope of ``team.ctx`` that no timing decides."""
        ...


class UnknownPattern(RuntimeFault):
    code = "unknown_pattern"


def get_pattern(name: str) -> Pattern:
    """The pattern, imported on first use. Raises ``UnknownPattern`` that lists the known names."""
    return _CATALOG.get(name)


def pattern_names() -> dict[str, str]:
    """Every name with its dotted place. Raises ``ValueError`` when a third party takes a name that is in use."""
    return _CATALOG.names()


def pattern_problems(pattern: str, params: dict[str, Any], *, name: str = "pattern", fields: str = "params") -> list[Problem]:
    """What is wrong with a pattern and its parameters, under the names of the fields that hold them; empty when nothing is."""
    try:
        get_pattern(pattern).Params.model_validate(params)
    except UnknownPattern as error:
        return [{"where": name, "message": str(error)}]
    except ValidationError as error:
        return [
            {"where": ".".join([fields, *map(str, item["loc"])]), "message": item["msg"].removeprefix("Value error, ")}
            for item in error.errors(include_url=False)
        ]
    return []


_CATALOG: Catalog[Pattern] = Catalog("pipeline pattern", PATTERNS, UnknownPattern, GROUP)
