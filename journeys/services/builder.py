"""What a builder shows of a journey: its draft with revision, layout, problems, who is there, and what can be put in it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, get_args

from agents.core.pipelines.catalog import get_pattern, pattern_names
from agents.core.spec.diff import Change, diff_specs
from agents.core.spec.runnable import canonical
from agents.services.definitions import get_definition, list_published, version_spec
from agents.services.specs import link_draft
from agents.services.tools import list_tools
from journeys.core.editing.draft import with_ids
from journeys.core.merging.catalog import rule_names
from journeys.core.preflight.report import Report
from journeys.core.spec import EventTriggerSpec, MergeRule, ReturnSpec
from journeys.services.preflight import check_draft
from journeys.services.presence import Presence, list_presence
from trust.core.errors import Invalid
from trust.core.principal import Principal

__all__ = ["MergeRule", "describe_draft", "describe_palette", "draft_changes"]
TRIGGERS = (
    ("intent", "Intent", "The message means one of these intents."),
    ("condition", "Condition", "An expression over what is known is true."),
    ("always", "Always", "Whenever it is asked."),
    ("event", "Event", "A time-out, inactivity, a tool's result or an error."),
)
RETURNS = {"previous": "To where it came from", "specific": "To one pathway", "entry": "To the entry"}


def describe_draft(*, principal: Principal, slug: str, tab: str = "", journey: Any = None) -> dict[str, Any]:
    """The state of the builder as JSON: every transition has its id, every problem its place. ``journey`` may be at hand."""
    journey = journey or get_definition(principal, "journey", slug)
    changes = draft_changes(principal, journey)
    report = check_draft(principal=principal, draft=journey.draft)
    return {
        "slug": journey.slug,
        "name": journey.name,
        "revision": journey.draft_revision,
        "saved_at": journey.draft_changed_at.isoformat(),
        "saved_by": journey.draft_changed_by_label,
        "published": journey.published.number if journey.published else None,
        "changes": None if changes is None else len(changes),
        "draft": with_ids(journey.draft),
        "layout": journey.layout,
        "problems": tell_problems(report),
        "mappings": dict(report.mappings),
        "edges": dict(report.edges),
        "presence": [tell_presence(one, principal, tab) for one in list_presence(principal=principal, slug=slug)],
    }


def list_problems(principal: Principal, draft: dict[str, Any]) -> list[dict[str, Any]]:
    """Everything that keeps the draft from being published (``error``), and what may go wrong (``warning``)."""
    return tell_problems(check_draft(principal=principal, draft=draft))


def tell_problems(report: Report) -> list[dict[str, Any]]:
    """Findings as the builder and the API know problems: each also as one ``message``."""
    return [
        {"level": finding.severity, "message": f"{finding.what} {finding.how}", **finding.as_data()}
        for finding in report.findings
    ]


def describe_palette(principal: Principal) -> dict[str, Any]:
    """What can be put into a journey of this organization."""
    published = list_published(principal.organization_id, "agent")
    return {
        "agents": [
            {
                "slug": slug,
                "name": spec.get("name", slug),
                "description": spec.get("description", ""),
                "inputs": _names(spec, "inputs"),
                "outputs": _names(spec, "outputs"),
                "signature": spec.get("signature"),
                "kind": spec.get("kind", "agent"),
                "pattern": spec.get("pattern", ""),
                "members": [{"name": one["name"], "kind": one["spec"].get("kind", "agent")} for one in spec.get("members", ())],
            }
            for slug, spec in published.items()
        ],
        "triggers": [{"kind": kind, "title": title, "about": about} for kind, title, about in TRIGGERS],
        "events": list(get_args(EventTriggerSpec.model_fields["event"].annotation)),
        "returns": [{"kind": kind, "title": RETURNS[kind]} for kind in get_args(ReturnSpec.model_fields["kind"].annotation)],
        "patterns": [{"name": name, "title": get_pattern(name).title} for name in pattern_names()],
        "merge_rules": list(rule_names()),
        "tools": [
            {"name": tool.name, "description": tool.description, "danger": str(tool.danger)}
            for tool in list_tools(principal.organization_id)
        ],
    }


def draft_changes(principal: Principal, journey: Any) -> list[Change] | None:
    """What the draft has changed since the published version; ``None`` when nothing was ever published."""
    if journey.published is None:
        return None
    before = canonical(version_spec(journey.published))
    try:
        return diff_specs(before, canonical(link_draft(principal.organization_id, "journey", journey.draft)))
    except Invalid:
        return [change for change in diff_specs(before, journey.draft) if change["kind"] != "removed"]


def tell_presence(one: Presence, principal: Principal, tab: str = "") -> dict[str, Any]:
    """Without when and by which key: what others may know of a person is the name and the element."""
    told = asdict(one)
    return {
        "tab": told["tab"],
        "label": one.label,
        "initials": one.initials,
        "element": one.element,
        "me": one.by == principal.ref,
        "here": bool(tab) and one.tab == tab,
    }


def _names(spec: dict[str, Any], side: str) -> list[str]:
    return [field["name"] for field in (spec.get("signature") or {}).get(side, [])]
