"""Changing one pathway or one field of a raw draft without touching the rest: each takes a draft and gives a new one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from journeys.core.editing.draft import with_ids
from trust.core.errors import Invalid

Draft = Mapping[str, Any]
Change = Callable[[dict[str, Any]], dict[str, Any]]


def change_pathway(draft: Draft, pathway: str, change: Change) -> dict[str, Any]:
    """``draft`` with the pathway as ``change`` makes it."""
    return _change_item(draft, "pathways", pathway, change)


def change_transition(draft: Draft, transition: str, change: Change) -> dict[str, Any]:
    """``draft`` with the transition as ``change`` makes it; those without an id go by the name that the spec gives them."""
    return _change_item(with_ids(dict(draft)), "transitions", transition, change)


def names_at(holder: Mapping[str, Any], key: str) -> list[str]:
    """The texts of the list under ``key``."""
    value = holder.get(key)
    return [v for v in value if isinstance(v, str)] if isinstance(value, list | tuple) else []


def field_owner(draft: Draft, pathway: str, field: str, side: str, change: Change) -> dict[str, Any]:
    """``draft`` with the field ``field`` changed in every signature of ``pathway`` that the journey holds.

    Raises ``Invalid`` when none of them has it: published agents are changed where they are at home.
    """
    done = False

    def change_fields(holder: dict[str, Any]) -> dict[str, Any]:
        nonlocal done
        signature = holder.get("signature")
        if not isinstance(signature, dict) or not isinstance(signature.get(side), list | tuple):
            return holder
        fields = []
        for item in signature[side]:
            mine = isinstance(item, dict) and item.get("name") == field
            done = done or mine
            fields.append(change(dict(item)) if mine else item)
        return {**holder, "signature": {**signature, side: fields}}

    changed = change_pathway(draft, pathway, change_fields)
    for name in _own_agents(draft, pathway):
        changed["agents"] = {**changed["agents"], name: change_fields(dict(changed["agents"][name]))}
    if not done:
        raise _invalid(field, f"no signature of {pathway!r} that this journey holds has {field!r} among its {side}")
    return changed


def add_output(draft: Draft, pathway: str, field: dict[str, Any]) -> dict[str, Any]:
    """``draft`` in which ``pathway`` brings the output ``field`` as well: its own signature, or its last own agent."""
    own = _own_agents(draft, pathway)

    def extend(holder: dict[str, Any]) -> dict[str, Any]:
        signature = holder.get("signature")
        if not isinstance(signature, dict):
            signature = _plain(pathway)
        outputs = [f for f in signature.get("outputs", ()) if not (isinstance(f, dict) and f.get("name") == field["name"])]
        return {**holder, "signature": {**signature, "outputs": [*outputs, field]}}

    if own:
        agents = draft["agents"]
        return {**draft, "agents": {**agents, own[-1]: extend(dict(agents[own[-1]]))}}
    row = next((p for p in _rows(draft, "pathways") if p.get("id") == pathway), {})
    if names_at(row, "agents"):
        raise _invalid(pathway, f"the agents of {pathway!r} are published ones; add the output {field['name']!r} there")
    return change_pathway(draft, pathway, extend)


def _plain(pathway: str) -> dict[str, Any]:
    from journeys.core.engine.pathways import PLAIN_REPLY

    data = PLAIN_REPLY.model_dump(mode="json")
    return {**data, "name": "".join(word.capitalize() for word in pathway.split("_"))}


def _own_agents(draft: Draft, pathway: str) -> list[str]:
    row = next((p for p in _rows(draft, "pathways") if p.get("id") == pathway), {})
    agents = draft.get("agents")
    return [n for n in names_at(row, "agents") if isinstance(agents, dict) and isinstance(agents.get(n), dict)]


def _rows(draft: Draft, key: str) -> list[dict[str, Any]]:
    value = draft.get(key)
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list | tuple) else []


def _change_item(draft: Draft, key: str, name: str, change: Change) -> dict[str, Any]:
    rows = draft.get(key)
    names = [row.get("id") for row in _rows(draft, key)]
    if name not in names:
        noun = key.removesuffix("s")
        raise _invalid(noun, f"there is no {noun} {name!r}; there is: {', '.join(map(str, names)) or 'none'}")
    return {**draft, key: [change(dict(r)) if isinstance(r, dict) and r.get("id") == name else r for r in rows or ()]}


def _invalid(where: str, message: str) -> Invalid:
    return Invalid(problems=[{"where": where, "message": message}])
