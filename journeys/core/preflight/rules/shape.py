"""Whether the draft is one at all: keys and values that do not parse, names that stand twice, no pathway."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from journeys.core.names import END
from journeys.core.preflight.report import Finding, Fix, Focus, Kind, clear_field, error
from journeys.core.preflight.scope import Scope
from journeys.core.preflight.view import Unread

_HOLDERS = {"pathway": "pathways", "transition": "transitions", "agent": "agents"}
_NEEDED = {
    "pathways": ("id",),
    "transitions": ("id", "trigger", "to_pathway"),
    "agents": ("name", "signature"),
    "": ("name", "entry"),
}


def check(scope: Scope) -> Iterator[Finding]:
    for unread in scope.view.unread:
        has_no_entry_yet = not scope.view.nodes and (unread.kind, unread.misfit.key) == ("journey", "entry")
        if not has_no_entry_yet:
            yield _misfit(unread)
    for kind, name in scope.view.twice:
        focus = Focus("pathway" if kind == "pathway" else "transition", name, "id")
        yield error("twice", f"{kind}s.{name}", focus, f"The {kind} {name!r} is there twice.", "Give one of them another id.")
    if END in scope.view.nodes:
        focus = Focus("pathway", END, "id")
        told = f"A pathway is called {END!r}, which is the name of the journey's end."
        rename = Fix("Rename it to 'ending'", ({"op": "rename_pathway", "pathway": END, "to": "ending"},))
        yield error("name_taken", f"pathways.{END}.id", focus, told, "Rename the pathway.", rename)
    if not scope.view.nodes and not any(u.misfit.key == "pathways" for u in scope.view.unread):
        add = Fix("Add a pathway", ({"op": "add_pathway", "id": "start", "title": "Start"},))
        how = "Add the pathway with which a conversation begins."
        yield error("no_pathway", "pathways", Focus("journey", "", "pathways"), "The journey has no pathway.", how, add)


def _misfit(unread: Unread) -> Finding:
    kind: Kind = unread.kind  # type: ignore[assignment]
    holder = _HOLDERS.get(unread.kind, "")
    misfit = unread.misfit
    where = ".".join(part for part in (holder, unread.id if holder else "", misfit.path) if part)
    fixes: tuple[Fix, ...] = ()
    is_extra = misfit.message == "is no part of it"
    if is_extra or (misfit.path == misfit.key and misfit.key not in _NEEDED[holder] and misfit.message != "is missing"):
        label = f"Remove {misfit.key!r}" if is_extra else f"Use the default of {misfit.key!r}"
        fixes = (clear_field(label, where),)
    what = f"{misfit.path or 'It'}: {_sentence(misfit.message)}"
    how = "Remove it: nothing here reads it." if is_extra else "Change it to what is allowed, or take it out."
    how = "Give it a value." if misfit.message == "is missing" else how
    return error("shape", where, Focus(kind, unread.id if holder else "", misfit.key), what, how, *fixes)


def _sentence(text: Any) -> str:
    told = str(text).rstrip(".")
    return f"{told}."
