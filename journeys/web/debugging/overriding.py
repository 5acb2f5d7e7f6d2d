"""The form that lets one agent answer otherwise in a test: what stands in it, and what was changed by who sent it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agents.core.forms.controls import Control, Drawing, shown_lines
from agents.core.forms.tree import lines
from agents.core.forms.values import read_number
from agents.core.spec.agent import AgentSpec
from agents.services.models import describe_model, list_providers
from journeys.core.editing.draft import agents_of
from journeys.core.engine.tester import OverrideSpec
from trust.core.principal import Principal

Values = dict[str, Any]


def declared(draft: Values, published: Mapping[str, Any], agent: str) -> Values | None:
    """What an override may change, as the agent is declared; ``None`` for a pipeline and for what is no agent of its own."""
    raw = agents_of(draft).get(agent) or published.get(agent)
    try:
        spec = AgentSpec.model_validate(raw)
    except ValueError:
        return None
    words = {"instructions": spec.signature.instructions, "guidelines": list(spec.signature.guidelines)}
    return {"provider": spec.model.provider, "model": spec.model.model, "temperature": spec.model.temperature, **words}


def draw_override(principal: Principal, own: Values, override: Values) -> list[Control]:
    now, draw = own | override, Drawing()
    rows = [("default", f"Default ({describe_model(principal).label})")]
    rows += [(r.name, r.title if r.configured else f"{r.title} (not configured)") for r in list_providers(principal)]
    guidelines = shown_lines(now["guidelines"])
    return [
        draw.control("override.provider", "Provider", now["provider"], "select", options=tuple(rows)),
        draw.control("override.model", "Model", now["model"], placeholder="the usual one"),
        draw.control(
            "override.temperature", "Temperature", now["temperature"], "number", unit="0 to 2", placeholder="the model's own"
        ),
        draw.control("override.instructions", "Instructions", now["instructions"], "area", lines=4),
        draw.control("override.guidelines", "Guidelines of the agent, one a line", guidelines, "lines", lines=4),
    ]


def read_override(own: Values, posted: Mapping[str, str]) -> Values:
    """Only what differs from how the agent is declared."""
    given: Values = {name: posted.get(f"override.{name}", "") for name in OverrideSpec.model_fields}
    given["model"] = given["model"].strip()
    given["temperature"] = read_number(given["temperature"])
    given["guidelines"] = lines(given["guidelines"])
    given["instructions"] = given["instructions"].replace("\r\n", "\n").strip()
    changed = {name: value for name, value in given.items() if value != own[name] and value is not None}
    if "provider" in changed:
        changed["model"] = given["model"] if given["model"] != own["model"] else ""
    return changed
