"""A journey as a file that moves between organizations: exported without secrets, imported only when all it needs is bound.

The file is the YAML of the journey with its agents inside and the layout as a second document. It holds no key and no
header: a spec names providers and tools, never what opens them.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from agents.core.reading.problems import SourceProblem
from agents.services.definitions import create_definition, get_definition, list_published, save_layout
from agents.services.models import list_providers
from agents.services.specs import link_draft
from agents.services.tools import list_tools
from journeys.core.text.yaml import read_yaml, write_yaml
from journeys.services.code import yaml_problems
from journeys.services.comparing import DRAFT, journey_body
from trust.core.errors import Invalid
from trust.core.principal import Principal

KIND = "journey"
LEAVE_OUT = ""
Draft = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Need:
    """Something that the journey names and that is not here. ``key`` names it in the bindings, ``places`` say where it is
    used, ``choices`` what can stand in for it; ``may_leave_out``: it can go without."""

    key: str
    kind: str
    name: str
    places: tuple[str, ...]
    choices: tuple[str, ...]
    may_leave_out: bool


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """A file that was read: the journey, and everything that has to be bound before it can be imported."""

    name: str = ""
    draft: Draft = field(default_factory=dict)
    layout: Draft = field(default_factory=dict)
    needs: tuple[Need, ...] = ()
    problems: tuple[SourceProblem, ...] = ()


def export_journey(*, principal: Principal, slug: str, version: str = DRAFT) -> str:
    """The text of a version or of the draft. A draft that names agents which are nowhere is exported with their names."""
    journey = get_definition(principal, KIND, slug)
    return write_yaml(journey_body(principal, slug, version), journey.layout or None)


def plan_import(*, principal: Principal, text: str) -> ImportPlan:
    """What a file holds and needs. Nothing is stored; ``problems`` says what is wrong with the file itself."""
    found = read_yaml(text.replace("\r\n", "\n"))
    problems = found.problems or yaml_problems(found)
    if found.draft is None or problems:
        return ImportPlan(problems=tuple(problems))
    name = found.draft.get("name")
    return ImportPlan(str(name or ""), found.draft, found.layout or {}, tuple(_needs(principal, found.draft)))


def import_journey(*, principal: Principal, text: str, slug: str, bindings: Mapping[str, str]) -> Any:
    """A new journey from a file, as a draft. ``bindings`` maps the key of each need to what stands in for it, or to an empty
    text where it may be left out. Raises ``Invalid`` while anything is unbound: nothing is imported in part."""
    plan = plan_import(principal=principal, text=text)
    if plan.problems:
        told = [{"where": f"line {p.line}" if p.line else "", "message": p.message} for p in plan.problems]
        raise Invalid(problems=told)  # type: ignore[arg-type]
    wrong = [problem for need in plan.needs if (problem := _unbound(need, bindings))]
    if wrong:
        raise Invalid(problems=[{"where": f"bindings.{key}", "message": message} for key, message in wrong])
    draft = _bound(plan.draft, plan.needs, bindings)
    link_draft(principal.organization_id, KIND, draft)
    with transaction.atomic():
        journey = create_definition(principal, KIND, slug, draft)
        if plan.layout:
            journey = save_layout(principal, KIND, slug, plan.layout)
    return journey


def _needs(principal: Principal, draft: Draft) -> Iterator[Need]:
    own = draft.get("agents") or {}
    published = tuple(sorted(list_published(principal.organization_id, "agent")))
    missing: dict[str, list[str]] = {}
    for pathway in draft["pathways"]:
        for name in pathway.get("agents", ()):
            if name not in own and name not in published:
                missing.setdefault(name, []).append(f"pathway {pathway['id']}")
    for name, places in missing.items():
        yield Need(f"agent:{name}", "agent", name, tuple(places), (*sorted(own), *published), may_leave_out=True)
    providers = {row.name for row in list_providers(principal) if row.configured}
    yield from _named("model", _models(draft), {"default", *providers}, ("default", *sorted(providers)))
    tools = tuple(sorted(tool.name for tool in list_tools(principal.organization_id)))
    yield from _named("tool", _tools(draft), set(tools), tools)


def _named(kind: str, used: Iterator[tuple[str, str]], known: set[str], choices: tuple[str, ...]) -> Iterator[Need]:
    places: dict[str, list[str]] = {}
    for name, place in used:
        if name not in known:
            places.setdefault(name, []).append(place)
    for name, where in places.items():
        yield Need(f"{kind}:{name}", kind, name, tuple(dict.fromkeys(where)), choices, may_leave_out=kind == "tool")


def _models(draft: Draft) -> Iterator[tuple[str, str]]:
    for name, agent in _agents(draft):
        yield (agent.get("model") or {}).get("provider", "default"), f"agent {name}"
    yield (draft.get("intent_model") or {}).get("provider", "default"), "detection of intents"


def _tools(draft: Draft) -> Iterator[tuple[str, str]]:
    for name, agent in _agents(draft):
        for tool in agent.get("tools") or ():
            yield tool["name"], f"agent {name}"


def _agents(draft: Draft) -> Iterator[tuple[str, Draft]]:
    """Every agent that the file holds, those inside pipelines too."""
    for name, spec in (draft.get("agents") or {}).items():
        yield from _inside(name, spec)


def _inside(name: str, spec: Draft) -> Iterator[tuple[str, Draft]]:
    if spec.get("kind") != "pipeline":
        yield name, spec
    for member in spec.get("members") or ():
        yield from _inside(f"{name}, member {member['name']}", member["spec"])


def _unbound(need: Need, bindings: Mapping[str, str]) -> tuple[str, str] | None:
    chosen = bindings.get(need.key)
    allowed = ", ".join(need.choices) or "nothing that is here"
    if chosen is None or (chosen == LEAVE_OUT and not need.may_leave_out):
        return need.key, f"the {need.kind} {need.name!r} is not here; choose one of: {allowed}"
    if chosen != LEAVE_OUT and chosen not in need.choices:
        return need.key, f"there is no {need.kind} {chosen!r} to stand in for {need.name!r}; choose one of: {allowed}"
    return None


def _bound(draft: Draft, needs: tuple[Need, ...], bindings: Mapping[str, str]) -> Draft:
    chosen: dict[str, dict[str, str]] = {"agent": {}, "model": {}, "tool": {}}
    for need in needs:
        chosen[need.kind][need.name] = bindings[need.key]
    bound = copy.deepcopy(draft)
    for pathway in bound["pathways"]:
        if "agents" in pathway:
            pathway["agents"] = _replaced(pathway["agents"], chosen["agent"])
    for _, agent in _agents(bound):
        _bind_model(agent.get("model"), chosen["model"])
        if agent.get("tools"):
            agent["tools"] = _bound_tools(agent["tools"], chosen["tool"])
    _bind_model(bound.get("intent_model"), chosen["model"])
    return bound


def _bind_model(model: Draft | None, chosen: Mapping[str, str]) -> None:
    """Another provider knows other models: the name of the model goes with the provider that is not here."""
    if model and model.get("provider") in chosen:
        model["provider"] = chosen[model["provider"]]
        model.pop("model", None)


def _bound_tools(tools: list[Draft], chosen: Mapping[str, str]) -> list[Draft]:
    renamed = [{**tool, "name": chosen.get(tool["name"], tool["name"])} for tool in tools]
    return list({tool["name"]: tool for tool in renamed if tool["name"] != LEAVE_OUT}.values())


def _replaced(names: list[str], chosen: Mapping[str, str]) -> list[str]:
    return list(dict.fromkeys(new for name in names if (new := chosen.get(name, name)) != LEAVE_OUT))


__all__ = ["LEAVE_OUT", "ImportPlan", "Need", "export_journey", "import_journey", "plan_import"]
