"""What exists around a journey, as preflight needs it: given by a service, so that checking itself looks nothing up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from agents.core.autonomy.permissions import Layer, ToolFacts
from trust.core.errors import Problem


@dataclass(frozen=True, slots=True)
class ToolOffer:
    """A tool that can be named: what permissions need to know, and words for people. ``unavailable``: why not now."""

    facts: ToolFacts
    description: str = ""
    unavailable: str = ""
    network: bool = False  # whether the organization's egress rules bound where it may connect to


@dataclass(frozen=True, slots=True)
class Facts:
    """``agents``: published agents, slug -> spec or its JSON. ``problems`` and ``warnings``: what the catalogs and the models
    say of each agent that the journey names, with paths inside the agent. ``patterns``: what the catalog of pipeline
    patterns says of each pathway. ``keys``: provider -> why it cannot answer now;
    those that can are absent. ``egress``: allowed and denied addresses. ``budget_microusd``: what the organization's own
    budgets allow at most; ``None``: nothing bounds it.
    """

    agents: Mapping[str, Any] = field(default_factory=dict)
    problems: Mapping[str, tuple[Problem, ...]] = field(default_factory=dict)
    warnings: Mapping[str, tuple[Problem, ...]] = field(default_factory=dict)
    patterns: Mapping[str, tuple[Problem, ...]] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)
    default_provider: str = ""
    tools: Mapping[str, ToolOffer] = field(default_factory=dict)
    organization: Layer | None = None
    egress: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    budget_microusd: int | None = None


NO_FACTS = Facts()
