"""The pages of the builder: the whole one, and its parts after each edit. Reads; what changes the draft is ``acting``."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from agents.services.definitions import get_definition, list_published
from agents.services.draft_history import list_history
from journeys.core.editing.draft import ID
from journeys.services.builder import describe_draft, describe_palette
from journeys.web.builder.acts import draw_acts
from journeys.web.builder.inspector import Inspector, draw_inspector
from journeys.web.builder.outline import Marks, draw_outline
from journeys.web.builder.parts import answer_parts, is_beside
from journeys.web.builder.problems import show_problem
from journeys.web.builder.selection import Selection, read_selection
from journeys.web.debugging.page import armed_page, debug_page, step_page, wanted_run
from journeys.web.framing import with_frames
from trust.core.roles import Permission
from trust.services.guards import GuardedRequest, requires

Page = dict[str, Any]
VIEWS = ("canvas", "outline")


@require_GET
@requires(Permission.BUILD)
def show_builder(request: GuardedRequest, slug: str) -> HttpResponse:
    """``?view=`` canvas or outline, ``?at=`` the open element, ``?tab=`` of its inspector."""
    page = build_page(request, slug, request.GET.get("at", ""), request.GET.get("tab", ""))
    view = request.GET.get("view", "")
    page["view"] = view if view in VIEWS else VIEWS[0]
    page["state"] |= {"palette": describe_palette(request.principal)}
    return with_frames(render(request, "journeys/builder/page.html", page | debug_page(request, slug)))


@require_GET
@requires(Permission.BUILD)
def show_parts(request: GuardedRequest, slug: str) -> HttpResponse:
    """The parts of the page that follow the draft: its bar, outline, inspector, problems and changes."""
    page = build_page(request, slug, request.GET.get("at", ""), request.GET.get("tab", ""), bare=is_beside(request))
    return answer_parts(request, page)


def build_page(request: GuardedRequest, slug: str, at: str, tab: str, *, bare: bool = False, **more: Any) -> Page:
    """Everything that the templates of the builder show; with ``bare`` what stands beside the inspector."""
    principal = request.principal
    journey = get_definition(principal, "journey", slug)
    state = describe_draft(principal=principal, slug=slug, journey=journey)
    draft = state["draft"]
    selection = read_selection(at, draft)
    published = list_published(principal.organization_id, "agent")
    inspector = draw_inspector(principal, draft, selection, tab, published, bare=bare)
    if not bare:
        more = _open_element(request, slug, draft, inspector, published) | more
    return {
        "bare": bare,
        "journey": journey,
        "state": state,
        "selection": selection,
        "outline": draw_outline(draft, selection, _marks(state)),
        "inspector": inspector,
        "problems": [show_problem(problem) for problem in state["problems"]],
        "errors": sum(problem["level"] == "error" for problem in state["problems"]),
        "history": list_history(principal, journey),
        "others": [one for one in state["presence"] if not one["me"]],
        "open_element": str(selection),
        **more,
    }


def _open_element(request: GuardedRequest, slug: str, draft: Page, inspector: Inspector, published: Page) -> Page:
    """What the inspector shows beside the element's forms."""
    selection, here = inspector.selection, _pathway_of(inspector.selection)
    page = armed_page(request.principal, slug, selection.kind, selection.id)
    page |= {"acts": draw_acts(draft, selection, published)}
    page |= {"prompt_url": reverse("journey_prompt", args=[slug, here]) if here else ""}
    if inspector.tab == "try":
        page |= step_page(request.principal, slug, selection.id, wanted_run(request, slug))
    return page


def _pathway_of(selection: Selection) -> str:
    """Where the open element answers: for it the effective prompt is told. Empty for an id that no pathway may have."""
    here = selection.id if selection.kind == "pathway" else selection.pathway
    return here if ID.match(here) else ""


def _marks(state: Page) -> Marks:
    problems: dict[str, list[str]] = defaultdict(list)
    people: dict[str, list[str]] = defaultdict(list)
    for problem in state["problems"]:
        problems[_path_of(f"{problem['focus']['kind']}:{problem['focus']['id']}")].append(problem["level"])
    for one in state["presence"]:
        if not one["me"] and one["element"]:
            people[_path_of(one["element"])].append(one["label"])
    edges: dict[str, str] = {}
    for name, standing in state["edges"].items():
        of = name.rpartition(":")[0] if name.startswith(("t:", "ret:")) else name
        if standing != "ok" and edges.get(of) != "broken":
            edges[of] = standing
    return Marks(problems, people, edges)


def _path_of(at: str) -> str:
    kind, _, rest = at.partition(":")
    return f"{kind}s.{rest.split(':')[0]}" if kind in ("pathway", "transition", "agent") else ""
