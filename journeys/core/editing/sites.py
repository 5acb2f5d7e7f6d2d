"""Every place of a raw draft that names a field: one walk, used to rename a field and to list who uses it.

A draft may have any shape: what is no object, list or text where one belongs is passed over and stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from journeys.core.editing.words import rename_braces, rename_in

Draft = Mapping[str, Any]
Role = Literal["declares", "writes", "reads"]


@dataclass(frozen=True, slots=True)
class Site:
    """One place that names a field. ``where`` is its path by ids; ``kind``, ``id`` and ``field`` say what to put in focus."""

    where: str
    kind: Literal["node", "edge", "agent", "journey"]
    id: str
    field: str
    role: Role


Rename = Callable[[str, Site], str]


def rewrite(draft: Draft, rename: Rename) -> dict[str, Any]:
    """A copy of ``draft`` in which every name of a field is what ``rename`` makes of it, place by place."""
    new = dict(draft)
    _each(new, "pathways", lambda item, n: _pathway(item, _named(item, n, "pathways"), rename))
    _each(new, "transitions", lambda item, n: _transition(item, _named(item, n, "transitions"), rename))
    agents = new.get("agents")
    if isinstance(agents, dict):
        new["agents"] = {name: _agent(agent, name, rename) for name, agent in agents.items()}
    for key in ("variables", "context"):
        site = Site(key, "journey", "", key, "declares")
        _fields(new, key, site, rename)
    patterns = new.get("patterns")
    if isinstance(patterns, dict):
        new["patterns"] = {key: _pattern(value, key, rename) for key, value in patterns.items()}
    return new


def transition_id(item: Mapping[str, Any], n: int) -> str:
    """The id of a transition at place ``n`` from 0: its own, or the name that the spec gives it."""
    own = item.get("id")
    return own if isinstance(own, str) and own else f"t{n + 1}"


def _named(item: Mapping[str, Any], n: int, key: str) -> str:
    if key == "transitions":
        return transition_id(item, n)
    own = item.get("id")
    return own if isinstance(own, str) and own else f"[{n}]"


def _each(data: dict[str, Any], key: str, change: Callable[[dict[str, Any], int], dict[str, Any]]) -> None:
    items = data.get(key)
    if isinstance(items, list | tuple):
        data[key] = [change(dict(item), n) if isinstance(item, dict) else item for n, item in enumerate(items)]


def _pathway(item: dict[str, Any], name: str, rename: Rename) -> dict[str, Any]:
    def site(field: str, role: Role, more: str = "") -> Site:
        return Site(f"pathways.{name}.{field}" + (f".{more}" if more else ""), "node", name, field, role)

    if isinstance(item.get("signature"), dict):
        item["signature"] = _signature(item["signature"], f"pathways.{name}.signature", "node", name, rename)
    _names(item, "accumulate", lambda value: rename(value, site("accumulate", "writes", value)))
    _names(item, "complete_when", lambda value: rename(value, site("complete_when", "reads", value)))
    if isinstance(item.get("merge"), dict):
        item["merge"] = {rename(key, site("merge", "writes", key)): rule for key, rule in item["merge"].items()}
    if isinstance(item.get("bindings"), dict):
        item["bindings"] = {
            rename(key, site("bindings", "declares", key)): _source(value, site("bindings", "reads", key), rename)
            for key, value in item["bindings"].items()
        }
    _expression(item, "complete_if", site("complete_if", "reads"), rename)
    if isinstance(item.get("response_field"), str):
        item["response_field"] = rename(item["response_field"], site("response_field", "reads"))
    return item


def _source(value: Any, site: Site, rename: Rename) -> Any:
    if not isinstance(value, str):
        return value
    if value.startswith("="):
        return "=" + rename_in(value[1:], lambda name: rename(name, site))
    if "." in value:
        return rename_in(value, lambda name: rename(name, site))
    return rename(value, site)


def _transition(item: dict[str, Any], name: str, rename: Rename) -> dict[str, Any]:
    def site(field: str, role: Role) -> Site:
        return Site(f"transitions.{name}.{field}", "edge", name, field, role)

    _expression(item, "guard", site("guard", "reads"), rename)
    if isinstance(item.get("trigger"), dict):
        trigger = dict(item["trigger"])
        _expression(trigger, "expression", site("trigger.expression", "reads"), rename)
        item["trigger"] = trigger
    updates = item.get("context_update")
    if isinstance(updates, list | tuple):
        item["context_update"] = [_update(u, n, name, rename) if isinstance(u, dict) else u for n, u in enumerate(updates)]
    return item


def _update(item: dict[str, Any], n: int, transition: str, rename: Rename) -> dict[str, Any]:
    where = f"transitions.{transition}.context_update.{n}"
    new = dict(item)
    if isinstance(new.get("field"), str):
        new["field"] = rename(new["field"], Site(f"{where}.field", "edge", transition, "context_update", "writes"))
    if isinstance(new.get("source"), str) and new["source"]:
        new["source"] = _source(new["source"], Site(f"{where}.source", "edge", transition, "context_update", "reads"), rename)
    return new


def _agent(agent: Any, name: str, rename: Rename) -> Any:
    if not isinstance(agent, dict):
        return agent
    new = dict(agent)
    if isinstance(new.get("signature"), dict):
        new["signature"] = _signature(new["signature"], f"agents.{name}.signature", "agent", name, rename)
    rules = new.get("demo")
    if isinstance(rules, list | tuple):
        new["demo"] = [_demo(rule, n, name, rename) if isinstance(rule, dict) else rule for n, rule in enumerate(rules)]
    return new


def _demo(rule: dict[str, Any], n: int, agent: str, rename: Rename) -> dict[str, Any]:
    """A rule of the demo model names outputs it sets, paths it looks at, and ``{paths}`` within texts."""
    reads = Site(f"agents.{agent}.demo.{n}", "agent", agent, "demo", "reads")
    writes = Site(reads.where, "agent", agent, "demo", "writes")
    new = dict(rule)
    for key in ("if_known", "unless_known"):
        _names(new, key, lambda path: ".".join([rename(path.split(".")[0], reads), *path.split(".")[1:]]))
    for key in ("set", "args"):
        if isinstance(new.get(key), dict):
            new[key] = {k: _texts(v, reads, rename) for k, v in new[key].items()}
    if isinstance(new.get("set"), dict):
        new["set"] = {rename(key, writes): value for key, value in new["set"].items()}
    return new


def _texts(value: Any, site: Site, rename: Rename) -> Any:
    if isinstance(value, str):
        return rename_braces(value, lambda name: rename(name, site))
    if isinstance(value, list):
        return [_texts(item, site, rename) for item in value]
    if isinstance(value, dict):
        return {key: _texts(item, site, rename) for key, item in value.items()}
    return value


def _signature(
    signature: dict[str, Any], where: str, kind: Literal["node", "agent"], owner: str, rename: Rename
) -> dict[str, Any]:
    new = dict(signature)
    for key in ("inputs", "outputs"):
        _fields(new, key, Site(f"{where}.{key}", kind, owner, f"signature.{key}", "declares"), rename)
    return new


def _fields(data: dict[str, Any], key: str, site: Site, rename: Rename) -> None:
    items = data.get(key)
    if not isinstance(items, list | tuple):
        return
    data[key] = [
        {**f, "name": rename(f["name"], Site(f"{site.where}.{f['name']}", site.kind, site.id, site.field, site.role))}
        if isinstance(f, dict) and isinstance(f.get("name"), str)
        else f
        for f in items
    ]


def _pattern(value: Any, name: str, rename: Rename) -> Any:
    if not isinstance(value, dict):
        return value
    site = Site(f"patterns.{name}", "journey", "", f"patterns.{name}", "reads")
    new = {key: _texts(item, site, rename) if key in ("reply", "question", "message") else item for key, item in value.items()}
    _names(new, "fields", lambda field: rename(field, site))
    return new


def _names(data: dict[str, Any], key: str, change: Callable[[str], str]) -> None:
    items = data.get(key)
    if isinstance(items, list | tuple):
        data[key] = [change(item) if isinstance(item, str) else item for item in items]


def _expression(data: dict[str, Any], key: str, site: Site, rename: Rename) -> None:
    if isinstance(data.get(key), str) and data[key]:
        data[key] = rename_in(data[key], lambda name: rename(name, site))
