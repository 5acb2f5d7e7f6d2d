"""What can be done with the open element of the outline: buttons with their operations, and the choices of its small forms."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from journeys.core.editing.catalog import apply_edits, read_edits
from journeys.core.editing.draft import agents_of, pathways_of, transitions_of
from journeys.core.editing.op import title_of
from journeys.web.builder.doing import LINKS
from journeys.web.builder.selection import Selection, agents_in
from journeys.web.builder.words import Options, targets
from trust.core.errors import Invalid

Draft = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Button:
    """``ops`` is what it posts, as JSON; ``key`` the shortcut of the outline; ``confirm`` what else will change, told first."""

    key: str
    label: str
    icon: str
    ops: str
    confirm: tuple[str, ...] = ()
    danger: bool = False
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Acts:
    """``agents`` may answer in the open pathway; ``targets`` may be connected; ``moves`` are pathways an agent may move to."""

    buttons: tuple[Button, ...] = ()
    agents: Options = ()
    targets: Options = ()
    links: Options = ()
    moves: Options = ()
    entries: Options = ()


def draw_acts(draft: Draft, selection: Selection, published: Mapping[str, Any]) -> Acts:
    match selection.kind:
        case "pathway":
            return _pathway(draft, selection, published)
        case "agent":
            return _agent(draft, selection, published)
        case "transition":
            return _transition(draft, selection)
    return Acts(entries=tuple((row["id"], title_of(row)) for row in pathways_of(draft)))


def _pathway(draft: Draft, selection: Selection, published: Mapping[str, Any]) -> Acts:
    name = selection.id
    ids = [row["id"] for row in pathways_of(draft)]
    own = {agent: str(spec.get("name") or agent) for agent, spec in agents_of(draft).items()}
    known = own | {slug: f"{spec.get('name', slug)} (published)" for slug, spec in published.items() if slug not in own}
    here = agents_in(draft, name)
    entry = _button("", "Make it the entry", "door-exit", {"op": "set_entry", "pathway": name})
    return Acts(
        buttons=(
            _button("d", "Duplicate", "copy", {"op": "duplicate_pathway", "pathway": name}),
            *_moves(ids.index(name), len(ids), {"op": "move_pathway", "pathway": name}),
            *(() if draft.get("entry") == name else (entry,)),
            _remove(draft, {"op": "remove_pathway", "pathway": name}),
        ),
        agents=tuple(pair for pair in known.items() if pair[0] not in here),
        targets=targets(draft, name),
        links=LINKS,
    )


def _agent(draft: Draft, selection: Selection, published: Mapping[str, Any]) -> Acts:
    place = {"pathway": selection.pathway, "agent": selection.id}
    names, is_own = agents_in(draft, selection.pathway), selection.id in agents_of(draft)
    buttons: list[Button] = []
    if is_own and selection.pathway:
        buttons.append(_button("d", "Duplicate", "copy", {"op": "duplicate_agent", **place}))
    if not is_own and selection.id in published:
        ops = {"op": "own_agent", "agent": selection.id, "spec": published[selection.id]}
        buttons.append(_button("d", "Make it the journey's own", "copy", ops))
    if selection.id in names:
        buttons += _moves(names.index(selection.id), len(names), {"op": "move_agent", **place})
        buttons.append(_remove(draft, {"op": "remove_agent", **place}))
    others = [row for row in pathways_of(draft) if row["id"] != selection.pathway and selection.id not in row.get("agents", ())]
    return Acts(tuple(buttons), moves=tuple((row["id"], title_of(row)) for row in others) if selection.pathway else ())


def _transition(draft: Draft, selection: Selection) -> Acts:
    ids = [row["id"] for row in transitions_of(draft)]
    one = {"transition": selection.id}
    return Acts(
        (
            _button("d", "Duplicate", "copy", {"op": "duplicate_transition", **one}),
            *_moves(ids.index(selection.id), len(ids), {"op": "move_transition", **one}),
            _remove(draft, {"op": "remove_transition", **one}),
        )
    )


def _moves(here: int, count: int, op: Draft) -> list[Button]:
    found = []
    if here:
        found.append(_button("up", "Move up", "chevron-down", {**op, "index": here - 1}, quiet=True))
    if here + 1 < count:
        found.append(_button("down", "Move down", "chevron-down", {**op, "index": here + 1}, quiet=True))
    return found


def _remove(draft: Draft, op: Draft) -> Button:
    """With everything that the removal would change besides, found out by doing it on a copy."""
    try:
        told = apply_edits(draft, read_edits([op])).done[0].removed
    except Invalid as refusal:
        told = (refusal.message,)
    return Button("delete", "Remove", "trash", json.dumps([op]), confirm=told, danger=True)


def _button(key: str, label: str, icon: str, op: Draft, *, quiet: bool = False) -> Button:
    return Button(key, label, icon, json.dumps([op]), quiet=quiet)
