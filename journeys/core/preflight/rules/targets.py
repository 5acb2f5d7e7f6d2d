"""Names of pathways: the entry, where transitions start and lead, what follows, returns, recovery and patterns."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from journeys.core.names import ANYWHERE, END
from journeys.core.preflight.report import Finding, Fix, Focus, error, set_field
from journeys.core.preflight.scope import Scope


def check(scope: Scope) -> Iterator[Finding]:
    view = scope.view
    if view.nodes and view.entry not in view.nodes and "entry" not in {u.misfit.key for u in view.unread}:
        yield _unknown(scope, "entry", Focus("journey", "", "entry"), view.entry, "The journey begins in")
    for edge in view.edges.values():
        focus = Focus("transition", edge.id, "to_pathway")
        if "to_pathway" not in edge.broken and edge.spec.to_pathway not in (*view.nodes, END):
            where = f"transitions.{edge.id}.to_pathway"
            yield _unknown(scope, where, focus, edge.spec.to_pathway, f"The transition {edge.id!r} leads to", END)
        yield from _sources(scope, edge.id, edge.spec.from_pathways)
    for node in view.nodes.values():
        yield from _ends(scope, node.id)
    yield from _patterns(scope)


def _sources(scope: Scope, transition: str, sources: tuple[str, ...]) -> Iterator[Finding]:
    known = [s for s in sources if s in scope.view.nodes or s == ANYWHERE]
    for name in sources:
        if name in known:
            continue
        near = _near(name, scope)
        rest = [near if s == name else s for s in sources] if near else known
        values = {"op": "set_transition", "transition": transition, "values": {"from_pathways": rest or [ANYWHERE]}}
        label = f"Use {near!r}" if near else f"Take {name!r} out"
        what = f"The transition {transition!r} starts in the pathway {name!r}, which is not there."
        how = f"Choose one of: {_known(scope)}, or '*' for anywhere."
        focus = Focus("transition", transition, "from_pathways")
        yield error(
            "unknown_pathway", f"transitions.{transition}.from_pathways.{name}", focus, what, how, Fix(label, (values,))
        )


def _ends(scope: Scope, pathway: str) -> Iterator[Finding]:
    spec = scope.view.nodes[pathway].spec
    base, known = f"pathways.{pathway}", scope.view.nodes
    if spec.next and spec.next not in (*known, END):
        focus = Focus("pathway", pathway, "next")
        yield _unknown(scope, f"{base}.next", focus, spec.next, f"{pathway!r} is followed by", END, "")
    back = spec.return_behavior
    if back and back.kind == "specific" and back.target not in known:
        focus = Focus("pathway", pathway, "return_behavior")
        yield _unknown(scope, f"{base}.return_behavior.target", focus, back.target, f"{pathway!r} goes back to")
    recovery = spec.on_error
    focus = Focus("pathway", pathway, "on_error")
    if recovery.mode == "pathway" and (recovery.pathway not in known or recovery.pathway == pathway):
        if recovery.pathway == pathway:
            what, how = f"{pathway!r} goes to itself when it fails.", "Choose another pathway, or another way to recover."
            fail = set_field("Let the turn fail", f"{base}.on_error.mode", "fail")
            yield error("recovers_in_itself", f"{base}.on_error.pathway", focus, what, how, fail)
        else:
            yield _unknown(scope, f"{base}.on_error.pathway", focus, recovery.pathway, f"An error in {pathway!r} goes to")
    if recovery.mode == "reply" and not recovery.reply.strip():
        what = f"An error in {pathway!r} is answered with a reply, and there is no text."
        text = "Something went wrong here. Please try again in a moment."
        yield error(
            "no_reply",
            f"{base}.on_error.reply",
            focus,
            what,
            "Write the reply.",
            set_field("Use a plain reply", f"{base}.on_error.reply", text),
        )


def _patterns(scope: Scope) -> Iterator[Finding]:
    patterns = scope.view.patterns
    focus = Focus("journey", "", "patterns")
    if patterns.cancel.enabled and patterns.cancel.to not in (*scope.view.nodes, END, "entry", "previous"):
        yield _unknown(scope, "patterns.cancel.to", focus, patterns.cancel.to, "Giving up leads to", END)
    fallback = patterns.fallback
    if fallback.enabled and fallback.pathway and fallback.pathway not in scope.view.nodes:
        yield _unknown(scope, "patterns.fallback.pathway", focus, fallback.pathway, "Messages that fit nothing lead to", "")


def _unknown(scope: Scope, where: str, focus: Focus, name: str, verb: str, *others: str) -> Finding:
    near = _near(name, scope)
    first = next(iter(scope.view.nodes), "")
    choice = near or ("" if "" in others else first if where == "entry" else END if END in others else first)
    label = f"Use {choice!r}" if choice else "Take it out"
    if where.endswith("on_error.pathway") and not near:
        fix = set_field("Let the turn fail", where.removesuffix("pathway") + "mode", "fail")
    elif where.startswith("transitions."):
        fix = Fix(label, ({"op": "set_transition", "transition": focus.id, "values": {"to_pathway": choice}},))
    elif where.endswith(".next"):
        fix = Fix(label, ({"op": "set_next", "pathway": focus.id, "to": choice},))
    else:
        fix = set_field(label, where, choice)
    also = [repr(other) for other in others if other]
    how = f"Choose one of: {', '.join([_known(scope), *also])}."
    return error("unknown_pathway", where, focus, f"{verb} {name!r}, which is no pathway.", how, fix)


def _near(name: str, scope: Scope) -> str:
    return next(iter(difflib.get_close_matches(name, list(scope.view.nodes), n=1)), "")


def _known(scope: Scope) -> str:
    return ", ".join(scope.view.nodes) or "none yet"
