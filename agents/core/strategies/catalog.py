"""The strategies by name. A new one is one file and one line here, or an entry point of the group ``kaizen.strategies``."""

from __future__ import annotations

import importlib
from importlib.metadata import entry_points
from typing import Any, Protocol

from agents.core.runtime.context import RunContext
from agents.core.runtime.errors import RuntimeFault
from agents.core.spec.agent import AgentSpec

GROUP = "kaizen.strategies"
STRATEGIES: dict[str, str] = {
    "single_shot": "agents.core.strategies.single_shot:SingleShot",
}


class Strategy(Protocol):
    """A way of getting from inputs to outputs. ``Params`` validates the spec's ``strategy_params`` and draws their form."""

    title: str
    Params: type[Any]  # a pydantic model

    async def run(self, ctx: RunContext, spec: AgentSpec, values: dict[str, Any], params: Any) -> dict[str, Any]:
        """The validated outputs of ``spec.signature`` for its validated inputs."""
        ...


class UnknownStrategy(RuntimeFault):
    code = "unknown_strategy"


def get_strategy(name: str) -> Strategy:
    """The strategy, imported on first use. Raises ``UnknownStrategy`` that lists the known names."""
    if name not in _LOADED:
        dotted = strategy_names().get(name)
        if dotted is None:
            raise UnknownStrategy(f"no strategy {name!r}; there is: {', '.join(sorted(strategy_names()))}")
        module, _, attribute = dotted.partition(":")
        _LOADED[name] = getattr(importlib.import_module(module), attribute)()
    return _LOADED[name]


def strategy_names() -> dict[str, str]:
    """Every name with its dotted place. Raises ``ValueError`` when a third party takes a name that is in use."""
    if not _NAMES:
        _NAMES.update(STRATEGIES)
        for point in entry_points(group=GROUP):
            if point.name in _NAMES:
                raise ValueError(f"strategy {point.name!r} is declared twice: {_NAMES[point.name]} and {point.value}")
            _NAMES[point.name] = point.value
    return _NAMES


_LOADED: dict[str, Strategy] = {}
_NAMES: dict[str, str] = {}
