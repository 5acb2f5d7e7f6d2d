"""The page on which an agent's draft is edited: every button is one POST of the whole form, which saves what was typed.

A form that was drawn from an older draft is never written over a newer one: both are shown, and a person chooses.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from agents.core.forms.acts import act
from agents.core.forms.reading import read_draft
from agents.core.forms.tree import read_tree
from agents.core.forms.values import is_shallow
from agents.core.spec.merge import merge_specs
from agents.models import Definition
from agents.services.definitions import get_definition, publish_draft, save_draft
from agents.web.agents.editor import form_page, head_page, side_page
from trust.core.errors import Conflict, Invalid
from trust.core.roles import Permission
from trust.services.guards import GuardedRequest, requires
from trust.services.replies import go_back

Draft = dict[str, Any]


@require_http_methods(["GET", "POST"])
@requires(Permission.BUILD)
def edit(request: GuardedRequest, slug: str) -> HttpResponse:
    agent = get_definition(request.principal, "agent", slug)
    if request.method == "GET":
        return _page(request, agent, _as_dict(agent.draft))
    return _save(request, agent)


def _save(request: GuardedRequest, agent: Definition) -> HttpResponse:
    form, tree = request.POST, read_tree((key, str(value)) for key, value in request.POST.items())
    action = form.get("do", "save")
    base = _posted_base(form.get("base", ""), agent)
    focus = act(tree, action)
    mine = read_draft(tree, base)
    if "whole" not in form:
        return _page(request, agent, mine, status=422, refusal="The form arrived incomplete: nothing was saved. Send it again.")
    if action == "look":
        return render(request, "agents/agent/edit_side.html", _side(request, agent, mine))
    if action == "take_theirs":
        return _done(request, agent, _as_dict(agent.draft), action, focus)
    revision = _number(form.get("seen_revision" if action in ("keep_mine", "merge") else "revision", ""))
    if action == "merge":
        mine, _ = merge_specs(base, mine, _as_dict(agent.draft), _choices(form))
    try:
        agent = _store(request, agent, mine, revision)
        return _publish(request, agent) if action == "publish" else _done(request, agent, mine, action, focus)
    except Conflict:
        agent = get_definition(request.principal, "agent", agent.slug)
        return _conflict(request, agent, base, mine)
    except Invalid as refusal:
        return _page(request, agent, mine, status=422, refusal=refusal.message, focus=focus)


def _store(request: GuardedRequest, agent: Definition, draft: Draft, revision: int) -> Definition:
    """Nothing is written when nothing changed, so that looking at a form is no edit of it."""
    if draft == agent.draft:
        return agent
    return save_draft(request.principal, "agent", agent.slug, draft, revision)


def _publish(request: GuardedRequest, agent: Definition) -> HttpResponse:
    title, notes = request.POST.get("title", "")[:200], request.POST.get("notes", "")[:10_000]
    try:
        done = publish_draft(request.principal, "agent", agent.slug, notes, title=title, expected_revision=agent.draft_revision)
    except Invalid:
        return _page(
            request, agent, _as_dict(agent.draft), status=422, checked=True, refusal="Not published: see the problems."
        )
    return _go(request, reverse("agent_detail", args=[agent.slug]), done.message)


def _done(request: GuardedRequest, agent: Definition, draft: Draft, action: str, focus: str) -> HttpResponse:
    """The part that the script asked for, or the page anew."""
    part = request.headers.get("X-Part", "")
    if part == "side":
        return render(request, "agents/agent/edit_side.html", _side(request, agent, draft))
    if part == "form":
        return _page(request, agent, draft, checked=action == "save", focus=focus)
    if action == "try":
        return redirect("agent_try", agent.slug)
    where = reverse("agent_edit", args=[agent.slug]) + ("?checked=1" if action == "save" else "")
    return HttpResponseRedirect(f"{where}#{focus}" if focus else where)


def _page(
    request: GuardedRequest,
    agent: Definition,
    draft: Draft,
    *,
    status: int = 200,
    checked: bool = False,
    focus: str = "",
    **more: Any,
) -> HttpResponse:
    """The whole editor; problems stand at their controls once somebody asked for a check."""
    side = _side(request, agent, draft)
    checked = checked or "checked" in request.GET
    shown = side["problems"] if checked else []
    page = head_page(request.principal, agent, "agent_edit") | form_page(request.principal, draft, shown) | side
    page |= {"focus": focus, "checked": checked, **more}
    part = request.headers.get("X-Part") in ("form", "side")
    template = "agents/agent/edit_form.html" if part else "agents/agent/edit.html"
    return render(request, template, page, status=status)


def _side(request: GuardedRequest, agent: Definition, draft: Draft) -> dict[str, Any]:
    page = side_page(request.principal, agent, draft)
    page |= {"base": json.dumps(agent.draft, ensure_ascii=False), "saved": draft == agent.draft}
    return page | {"changes": head_page(request.principal, agent, "")["changes"]}


def _conflict(request: GuardedRequest, agent: Definition, base: Draft, mine: Draft) -> HttpResponse:
    """What the person typed stays in the form, drawn as if it had been written on the draft that they saw."""
    theirs = _as_dict(agent.draft)
    _, clashes = merge_specs(base, mine, theirs)
    return _page(
        request,
        agent,
        mine,
        status=409,
        conflict={"clashes": clashes, "who": agent.draft_changed_by_label or "Somebody", "at": agent.draft_changed_at},
        posted_base=json.dumps(base, ensure_ascii=False),
        posted_revision=request.POST.get("revision", ""),
    )


def _choices(form: Mapping[str, Any]) -> dict[str, Any]:
    chosen = {name.removeprefix("choice:"): value for name, value in form.items() if name.startswith("choice:")}
    return {path: side for path, side in chosen.items() if side in ("mine", "theirs")}


def _posted_base(text: str, agent: Definition) -> Draft:
    """The draft that the form was drawn from; the present one where the form does not say."""
    try:
        base = json.loads(text)
    except (ValueError, RecursionError):
        base = None
    return base if isinstance(base, dict) and is_shallow(base) else _as_dict(agent.draft)


def _go(request: GuardedRequest, target: str, text: str) -> HttpResponse:
    if request.headers.get("X-Part"):
        answer = go_back(request, target, text, "success")
        return HttpResponse(status=204, headers={"HX-Redirect": answer.headers.get("Location", target)})
    return go_back(request, target, text, "success")


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else -1


def _as_dict(draft: Any) -> Draft:
    return draft if isinstance(draft, dict) else {}
