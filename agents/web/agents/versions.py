"""Versions of an agent: the list, what differs between two of them or the draft, and the way back to one."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from agents.core.forms.controls import shown
from agents.core.spec.diff import Change, diff_specs
from agents.core.spec.runnable import canonical
from agents.models import Definition
from agents.services.definitions import get_definition, get_version, keep_draft, list_versions, restore_version, version_spec
from agents.services.specs import link_draft
from agents.web.agents.editor import head_page
from trust.core.errors import Conflict, Invalid
from trust.core.principal import Principal
from trust.core.roles import Permission
from trust.services.guards import GuardedRequest, requires
from trust.services.replies import go_back

DRAFT = "draft"
_WORD = re.compile(r"\s+|[^\s\w]|\w+")
MOST_WORDS = 4000


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text and what became of it: ``same``, ``gone`` or ``new``."""

    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class ChangeRow:
    path: str
    kind: str
    pieces: tuple[Piece, ...]


@require_GET
@requires(Permission.READ)
def show_versions(request: GuardedRequest, slug: str) -> HttpResponse:
    agent = get_definition(request.principal, "agent", slug)
    versions = list(list_versions(request.principal, "agent", slug))
    latest = str(agent.published.number) if agent.published else ""
    a, b = request.GET.get("a", latest), request.GET.get("b", DRAFT)
    page = head_page(request.principal, agent, "agent_versions") | {"versions": versions, "a": a, "b": b, "rows": None}
    if a and versions:
        try:
            page["rows"] = explain(diff_specs(_body(request.principal, agent, a), _body(request.principal, agent, b)))
        except Invalid:
            page["refusal"] = "The draft has problems and cannot be compared yet; the page Edit lists them."
    return render(request, "agents/agent/versions.html", page)


@require_POST
@requires(Permission.BUILD)
def restore(request: GuardedRequest, slug: str, number: int) -> HttpResponse:
    """Copies a version into the draft; with ``keep`` the draft becomes a version first, so that it can be had back."""
    agent = get_definition(request.principal, "agent", slug)
    back = reverse("agent_versions", args=[slug])
    given = request.POST.get("revision", "")
    revision = int(given) if given.isdecimal() and len(given) < 10 else agent.draft_revision
    kept = ""
    try:
        if request.POST.get("keep") == "on":
            version = keep_draft(request.principal, "agent", slug, "Draft before a restore")
            kept = f" Your draft is kept as version {version.number}."
        restore_version(request.principal, "agent", slug, number, revision)
    except Invalid:
        told = "Nothing was restored: your draft has problems, so it cannot be kept as a version. Mend it, or untick that."
        return go_back(request, back, told, "error")
    except Conflict as refusal:
        return go_back(request, back, f"{refusal.message} Nothing was restored.{kept}", "error")
    return go_back(request, reverse("agent_edit", args=[slug]), f"The draft is version {number} again.{kept}", "success")


def explain(changes: Iterable[Change]) -> list[ChangeRow]:
    """Changes with the words that were taken out and put in."""
    return [ChangeRow(change["path"], change["kind"], _pieces(change)) for change in changes]


def _pieces(change: Change) -> tuple[Piece, ...]:
    before, after = shown(change["before"]), shown(change["after"])
    if change["kind"] == "added":
        return (Piece(after or "nothing", "new"),)
    if change["kind"] == "removed":
        return (Piece(before or "nothing", "gone"),)
    old, new = _WORD.findall(before), _WORD.findall(after)
    both_texts = isinstance(change["before"], str) and isinstance(change["after"], str)
    if not both_texts or len(old) + len(new) > MOST_WORDS:
        return (Piece(_named(change["before"]), "gone"), Piece(_named(change["after"]), "new"))
    pieces: list[Piece] = []
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("".join(old[i1:i2]), "same"))
            continue
        pieces += [Piece("".join(words), kind) for words, kind in ((old[i1:i2], "gone"), (new[j1:j2], "new")) if words]
    return tuple(pieces)


def _named(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return shown(value) or "empty"


def _body(principal: Principal, agent: Definition, which: str) -> dict[str, Any]:
    if which == DRAFT:
        return canonical(link_draft(principal.organization_id, "agent", agent.draft))
    number = int(which) if which.isdecimal() and len(which) < 10 else -1
    return canonical(version_spec(get_version(principal, "agent", agent.slug, number)))
