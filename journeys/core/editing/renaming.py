"""Renaming of a field through a whole draft, and who uses it. Pure: a draft comes in, a new one goes out.

Refuses a name that is none, is taken, or would break an agent that this journey does not own.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from journeys.core.editing.sites import Draft, Site, rewrite
from trust.core.errors import Invalid

FIELD = re.compile(r"^[A-Za-z][A-Za-z0-9_]{0,63}$")
GIVEN = ("message", "history", "context", "user")  # what every agent may take by these names: no field can be called so


@dataclass(frozen=True, slots=True)
class Use:
    """One place that names a field; ``role`` is ``declares``, ``writes`` or ``reads``, ``what`` says it in words."""

    where: str
    kind: str
    id: str
    field: str
    role: str
    what: str


def uses_of(draft: Draft, field: str) -> list[Use]:
    """Every place that names ``field``, in the order of the draft; those that only read it have the role ``reads``."""
    found: list[Use] = []

    def note(name: str, site: Site) -> str:
        if name == field:
            found.append(Use(site.where, site.kind, site.id, site.field, site.role, _say(site, field)))
        return name

    rewrite(draft, note)
    return list(dict.fromkeys(found))


def rename_field(draft: Draft, old: str, new: str, agents: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """``draft`` in which the field ``old`` is called ``new`` everywhere: signatures, accumulated fields, merge rules, bindings,
    completion, expressions, context updates, variables, demo rules.

    ``agents``: published agents (slug -> their JSON spec) that pathways name and that this journey does not own. They keep
    their own names: an input of theirs called ``old`` is bound to ``new``; an output called ``old`` is a refusal.
    """
    _check_field_name(new)
    if old == new:
        return dict(draft)
    foreign = agents or {}
    _refuse_foreign_output(draft, old, foreign)
    changed = rewrite(draft, lambda name, _site: new if name == old else name)
    _refuse_twice(changed, new)
    changed["pathways"] = [_keep_foreign(p, draft, old, new, foreign) for p in _items(changed, "pathways")]
    return _dedupe(changed) if "pathways" in draft else {k: v for k, v in changed.items() if k != "pathways"}


def _keep_foreign(pathway: Any, draft: Draft, old: str, new: str, foreign: Mapping[str, Any]) -> Any:
    """Agents that are not this journey's keep the name of their input; it is bound to the new name."""
    if not isinstance(pathway, dict):
        return pathway
    takes = [a for a in _foreign_agents(draft, pathway, foreign) if old in _field_names(foreign[a], "inputs")]
    if not takes:
        return pathway
    bindings = dict(pathway.get("bindings") or {}) if isinstance(pathway.get("bindings"), dict | None) else {}
    source = bindings.pop(new, new)  # the walk has renamed the key as well
    return {**pathway, "bindings": {**bindings, old: source}}


def _refuse_foreign_output(draft: Draft, old: str, foreign: Mapping[str, Any]) -> None:
    for pathway in _items(draft, "pathways"):
        for name in _foreign_agents(draft, pathway, foreign) if isinstance(pathway, dict) else ():
            if old in _field_names(foreign[name], "outputs"):
                raise _invalid(
                    "field",
                    f"{old!r} is an output of the published agent {name!r}, which is not part of this journey; rename it "
                    "there and publish it, or copy it with an expression in a binding",
                )


def _foreign_agents(draft: Draft, pathway: Mapping[str, Any], foreign: Mapping[str, Any]) -> list[str]:
    own = draft.get("agents")
    names = pathway.get("agents")
    listed = names if isinstance(names, list | tuple) else ()
    return [n for n in listed if isinstance(n, str) and n in foreign and not (isinstance(own, dict) and n in own)]


def _field_names(agent: Any, side: str) -> list[str]:
    signature = agent.get("signature") if isinstance(agent, Mapping) else None
    fields = signature.get(side) if isinstance(signature, Mapping) else None
    return [f["name"] for f in fields or () if isinstance(f, Mapping) and isinstance(f.get("name"), str)]


def _refuse_twice(draft: Draft, new: str) -> None:
    owners: list[tuple[str, Any]] = [(f"pathway {p.get('id')!r}", p) for p in _items(draft, "pathways") if isinstance(p, dict)]
    own = draft.get("agents")
    owners += [(f"agent {name!r}", agent) for name, agent in (own.items() if isinstance(own, dict) else ())]
    for who, owner in owners:
        names = [*_field_names(owner, "inputs"), *_field_names(owner, "outputs")]
        if names.count(new) > 1:
            raise _invalid("new", f"the signature of {who} has a field {new!r} already; choose another name")


def _dedupe(draft: dict[str, Any]) -> dict[str, Any]:
    """Lists of names name each once: a rename onto a name that stood beside the old one would have it twice."""
    pathways = []
    for pathway in _items(draft, "pathways"):
        changed = dict(pathway) if isinstance(pathway, dict) else pathway
        for key in ("accumulate", "complete_when") if isinstance(changed, dict) else ():
            if isinstance(changed.get(key), list):
                changed[key] = [v for n, v in enumerate(changed[key]) if v not in changed[key][:n]]
        pathways.append(changed)
    return {**draft, "pathways": pathways}


def _items(draft: Draft, key: str) -> list[Any]:
    items = draft.get(key)
    return list(items) if isinstance(items, list | tuple) else []


def _check_field_name(name: str) -> None:
    if not FIELD.match(name) or keyword.iskeyword(name):
        raise _invalid(
            "new", f"{name!r} cannot name a field; allowed: letters, digits and _, a letter first, no word of Python"
        )
    if name in GIVEN:
        raise _invalid("new", f"{name!r} is what the engine gives every agent; the kept names are: {', '.join(GIVEN)}")


def _say(site: Site, field: str) -> str:
    owner = {"node": f"pathway {site.id!r}", "edge": f"transition {site.id!r}", "agent": f"agent {site.id!r}"}
    who = owner.get(site.kind, "the journey")
    verb = {"declares": "declares", "writes": "writes", "reads": "reads"}[site.role]
    return f"{who} {verb} {field!r} ({site.field.replace('_', ' ')})"


def _invalid(where: str, message: str) -> Invalid:
    return Invalid(problems=[{"where": where, "message": message}])
