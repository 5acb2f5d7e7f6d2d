"""One step in detail: the values of its tabs. Reads what was folded; decides nothing."""

from __future__ import annotations

from typing import Any

from agents.core.inspect.changes import diff_lines
from agents.core.inspect.prompts import read_prompt
from agents.core.inspect.sentences import EFFECTS, effect_stages, summarize_step
from agents.core.inspect.tree import badges_of
from agents.core.runtime.steps import Step
from agents.services.forks import can_edit_arguments
from agents.services.inspection import Inspection
from agents.services.reading import reply_text
from agents.web.runs.query import Query

WORDS = {
    "summary": "Summary",
    "io": "Input / output",
    "prompt": "Prompt",
    "policy": "Policy",
    "effects": "Effects",
    "events": "Events",
}


def detail_page(seen: Inspection, step: Step, query: Query, source: Inspection | None = None) -> dict[str, Any]:
    """``source`` is the run that this one was forked from; it is needed for a difference against it only."""
    show = query.show if query.show != "prompt" or step.kind == "model" else "summary"
    page: dict[str, Any] = {
        "show": show,
        "shows": [(name, text) for name, text in WORDS.items() if name != "prompt" or step.kind == "model"],
        "sentence": summarize_step(step),
        "badges": badges_of(step, seen.run.forked_at_path),
        "reply": reply_text(step),
        "model": _model(step),
        "edit_arguments": can_edit_arguments(seen, step) and not step.kept,
    }
    if show == "io":
        page |= _io(seen, step, query, source)
    elif show == "prompt":
        page["prompt"] = read_prompt(step, seen.steps, seen.run.inputs)
    elif show == "effects":
        page |= {"stages": effect_stages(step), "effect_told": EFFECTS.get(step.effect, "")}
    elif show == "events":
        page["step_events"] = seen.events_of(step.path)
    return page


def _io(seen: Inspection, step: Step, query: Query, source: Inspection | None) -> dict[str, Any]:
    """What went in and came out; as a difference, against the attempt before or the run that this one was forked from."""
    before = seen.earlier_attempt(step)
    page: dict[str, Any] = {"form": query.form, "sent": _sent(step), "has_attempt": before is not None}
    page["has_source"] = seen.run.forked_from_id is not None
    if query.form != "diff":
        return page
    against = query.against or ("attempt" if before else "source")
    other = before if against == "attempt" else source.find(step.path) if source else None
    page |= {"against": against, "other": other}
    if other is not None:
        page["request_diff"] = diff_lines(_sent(other), _sent(step))
        page["result_diff"] = diff_lines(_came(other), _came(step))
    return page


def _sent(step: Step) -> Any:
    """What was really sent: with the arguments that a person put in place of the request's, if any."""
    request = step.request
    if step.arguments is not None:
        request = {**request, "arguments": step.arguments}
    return request.get("arguments", request) if step.kind == "tool" else request


def _came(step: Step) -> Any:
    return step.error if step.error is not None else step.result if step.result is not None else step.partial or None


def _model(step: Step) -> str:
    result = step.result if isinstance(step.result, dict) else {}
    asked = step.request.get("model") if isinstance(step.request, dict) else None
    asked = asked if isinstance(asked, dict) else {}
    provider, model = (result.get(name) or asked.get(name) or "" for name in ("provider", "model"))
    return " ".join(filter(None, [str(provider), str(model)])) if step.kind == "model" else ""
