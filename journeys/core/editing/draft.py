"""Reading and finding in a raw draft: its pathways, transitions and agents by id. A draft may have any shape.

What stands in the way is an ``Invalid`` that says what it is and what there is; nothing is ever thrown away for being odd.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NoReturn

from journeys.core.names import END
from journeys.core.spec.naming import with_transition_ids
from trust.core.errors import Invalid

Draft = dict[str, Any]
ID = re.compile(r"^[a-z][a-z0-9_]*$")
LONGEST = 64


def refuse(message: str, where: str = "") -> NoReturn:
    raise Invalid(problems=[{"where": where, "message": message}])


def list_at(holder: Draft, key: str, whose: str = "the draft") -> list[Any]:
    """The list under ``key``, made when there is none; what is no list is left alone and refused."""
    value = holder.get(key)
    if value is None or value == ():
        value = holder[key] = []
    if not isinstance(value, list):
        refuse(f"`{key}` of {whose} is {type(value).__name__}, not a list: mend it as code first", key)
    return value


def table_at(holder: Draft, key: str, whose: str = "the draft") -> Draft:
    """The object under ``key``, made when there is none."""
    value = holder.get(key)
    if value is None:
        value = holder[key] = {}
    if not isinstance(value, dict):
        refuse(f"`{key}` of {whose} is {type(value).__name__}, not an object: mend it as code first", key)
    return value


def rows_of(holder: Any, key: str) -> list[Draft]:
    """The objects of the list under ``key``; empty where there is none. For reading only."""
    value = holder.get(key) if isinstance(holder, dict) else None
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list | tuple) else []


def texts_of(holder: Any, key: str) -> list[str]:
    value = holder.get(key) if isinstance(holder, dict) else None
    return [item for item in value if isinstance(item, str)] if isinstance(value, list | tuple) else []


def pathways_of(draft: Draft) -> list[Draft]:
    return [row for row in rows_of(draft, "pathways") if isinstance(row.get("id"), str)]


def pathway_ids(draft: Draft) -> list[str]:
    return [row["id"] for row in pathways_of(draft)]


def find_pathway(draft: Draft, pathway: str, where: str = "pathway") -> Draft:
    for row in pathways_of(draft):
        if row["id"] == pathway:
            return row
    return refuse(f"there is no pathway {pathway!r}; the pathways are: {_told(pathway_ids(draft))}", where)


def transitions_of(draft: Draft) -> list[Draft]:
    return [row for row in rows_of(draft, "transitions") if isinstance(row.get("id"), str)]


def find_transition(draft: Draft, transition: str, where: str = "transition") -> Draft:
    for row in transitions_of(draft):
        if row["id"] == transition:
            return row
    known = _told([row["id"] for row in transitions_of(draft)])
    return refuse(f"there is no transition {transition!r}; the transitions are: {known}", where)


def agents_of(draft: Draft) -> dict[str, Draft]:
    """The agents that the journey holds itself, by name."""
    value = draft.get("agents")
    return {name: spec for name, spec in value.items() if isinstance(spec, dict)} if isinstance(value, dict) else {}


def find_agent(draft: Draft, agent: str, where: str = "agent") -> Draft:
    own = agents_of(draft)
    if agent not in own:
        refuse(f"the journey holds no agent {agent!r} of its own; it holds: {_told(list(own))}", where)
    return own[agent]


def users_of(draft: Draft, agent: str) -> list[str]:
    """The pathways in which ``agent`` answers."""
    return [row["id"] for row in pathways_of(draft) if agent in texts_of(row, "agents")]


def check_target(draft: Draft, target: str, where: str, *also: str) -> None:
    """``target`` is a pathway or one of the words ``also``."""
    known = pathway_ids(draft)
    if target not in (*known, *also):
        refuse(f"names the unknown pathway {target!r}; allowed: {_told([*known, *(w for w in also if w)])}", where)


def free_id(wanted: str, taken: Iterable[str], otherwise: str) -> str:
    """An id made of the words ``wanted`` that nothing has yet: with a number behind it where it is taken."""
    base = re.sub(r"[^a-z0-9]+", "_", wanted.lower()).strip("_")[: LONGEST - 4].strip("_")
    base = base if base[:1].isalpha() else f"{otherwise}_{base}".strip("_")
    names = {*taken, END}
    return base if base not in names else next(f"{base}_{n}" for n in range(2, 100_000) if f"{base}_{n}" not in names)


def check_new_id(name: str, taken: Iterable[str], noun: str) -> str:
    names = list(taken)
    if not ID.match(name) or len(name) > LONGEST:
        refuse(
            f"{name!r} cannot name a {noun}; allowed: small letters, digits and _, beginning with a letter, up to {LONGEST}",
            "id",
        )
    if name == END:
        refuse(f"{END!r} is the name of the journey's end and cannot be a {noun}", "id")
    if name in names:
        refuse(f"there is a {noun} {name!r} already; the {noun}s are: {_told(names)}", "id")
    return name


def with_ids(draft: Draft) -> Draft:
    """The draft with a name for every transition that has none: the names that the spec would give them."""
    named: Draft = with_transition_ids(draft)
    return named


def _told(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
