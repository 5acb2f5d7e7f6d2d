"""What the page of an agent's draft shows: the form, its problems, what would be asked and sent. Changes nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from agents.core.forms.drawing import draw_form
from agents.core.forms.problems import Placed, errors_by_name, place_problems
from agents.models import Definition
from agents.services.agent_drafts import draft_changes
from agents.services.definitions import preflight
from agents.services.models import describe_model, list_providers
from agents.services.preview import Preview, preview_agent
from agents.services.toolbox import draw_tools, show_verdicts
from agents.services.verdicts import judge_tools, known_tools
from trust.core.errors import Invalid, Problem
from trust.core.principal import Principal
from trust.core.roles import Permission

Page = dict[str, Any]
TABS = (("agent_detail", "Overview", "eye"), ("agent_edit", "Edit", "pencil"), ("agent_try", "Try", "player-play"),
        ("agent_versions", "Versions", "versions"), ("agent_runs", "Runs", "list-details"))  # fmt: skip


def head_page(principal: Principal, agent: Definition, here: str) -> Page:
    """What stands above every page of one agent."""
    changes = draft_changes(principal, agent)
    may_build = principal.may(Permission.BUILD)
    tabs = [tab for tab in TABS if tab[0] != "agent_edit" or may_build]
    may_run = principal.may(Permission.RUN)
    return {"agent": agent, "tabs": tabs, "here": here, "changes": changes, "may_build": may_build, "may_run": may_run}


def side_page(principal: Principal, agent: Definition, draft: Mapping[str, Any], names: Sequence[str] = ()) -> Page:
    """What is shown beside the form and follows every change of it."""
    problems = preflight("agent", dict(draft), principal)
    tools = known_tools(principal)
    known = names or tuple(_form(principal, draft, {}).names)
    placed = place_problems(problems, draft, known)
    return {
        "agent": agent,
        "problems": placed,
        "verdicts": show_verdicts(judge_tools(principal, draft, tools)),
        **_preview(principal, draft, problems),
        "errors_json": json.dumps(errors_by_name(placed)),
    }


def form_page(principal: Principal, draft: Mapping[str, Any], placed: Sequence[Placed]) -> Page:
    errors = errors_by_name(placed)
    form = _form(principal, draft, errors)
    tools = draw_tools(known_tools(principal), form, errors)
    return {"form": form, "tools": tools, "general": [problem for problem in placed if not problem.name]}


def _form(principal: Principal, draft: Mapping[str, Any], errors: Mapping[str, str]) -> Any:
    rows, model = list_providers(principal), describe_model(principal)
    default = ("default", f"Default ({model.label})")
    providers = [default, *((r.name, r.title if r.configured else f"{r.title} (not configured)") for r in rows)]
    chosen = draft.get("model")
    provider = chosen.get("provider") if isinstance(chosen, dict) else ""
    usual = [row.usual_model for row in rows if row.name == provider and row.usual_model]
    return draw_form(draft, errors, providers=providers, models=usual)


def _preview(principal: Principal, draft: Mapping[str, Any], problems: Sequence[Problem]) -> Page:
    """The preview of a valid draft; a draft with problems has none, and the page says so."""
    if problems:
        return {"preview": None}
    try:
        preview: Preview | None = preview_agent(principal, draft)
    except Invalid:
        preview = None
    return {"preview": preview, "prompt": [(m.role, mark_examples(m.content)) for m in preview.messages] if preview else []}


def mark_examples(text: str) -> list[tuple[str, bool]]:
    """The text in pieces, those that stand for a caller's values marked."""
    pieces: list[tuple[str, bool]] = []
    for n, part in enumerate(text.split("‹")):
        if n == 0:
            pieces.append((part, False))
            continue
        name, closed, rest = part.partition("›")
        pieces += [(f"‹{name}›", True), (rest, False)] if closed else [(f"‹{part}", False)]
    return [piece for piece in pieces if piece[0]]
