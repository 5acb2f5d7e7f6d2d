"""The kinds of spec and how older JSON forms of each become the present one. Owns no parsing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Data = dict[str, Any]
Upgrade = Callable[[Data], Data]


@dataclass(frozen=True)
class Kind:
    """One kind of runnable or reusable spec.

    ``spec`` is ``module:Class``, loaded on first use, so that a kind of an upper app needs no import from here.
    ``nested`` are the places inside its JSON that hold specs of their own (``*`` stands for every item or value).
    ``upgrades[n]`` is a pure function from the JSON of ``schema_version`` n to that of n + 1; it neither changes its
    argument nor the nested specs, which have versions of their own.
    """

    spec: str
    nested: tuple[str, ...] = ()
    upgrades: Mapping[int, Upgrade] = field(default_factory=dict)


KINDS: dict[str, Kind] = {
    "signature": Kind("agents.core.spec.signature:SignatureSpec"),
    "agent": Kind("agents.core.spec.agent:AgentSpec", nested=("signature",)),
    "pipeline": Kind("agents.core.spec.pipeline:PipelineSpec", nested=("signature", "members.*.spec")),
    "tool": Kind("agents.core.spec.tool_call:ToolCallSpec"),
    "journey": Kind("journeys.core.spec:JourneySpec", nested=("agents.*", "pathways.*.signature")),
    "journey_tests": Kind("journeys.core.testing.suite:SuiteSpec", nested=("journey",)),
    "intent_lab": Kind("journeys.core.lab.spec:LabSpec", nested=("journey",)),
}
