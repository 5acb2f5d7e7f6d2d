"""Template tags and filters of every page: icons, the shell's navigation and identity, and how numbers read.

They format and link; they decide nothing and never touch a query of another app's models.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from agents.web import shell
from agents.web.markdown import render_markdown
from agents.web.status import Chip, run_chip, waiting_text

register = template.Library()
register.filter("markdown", render_markdown)


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """A symbol of the icon sprite; decorative, so the words beside it carry the meaning."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        css,
        static("img/icons.svg"),
        name,
    )


@register.simple_tag(takes_context=True)
def nav_items(context: dict[str, Any]) -> list[shell.NavItem]:
    """The main navigation with the current entry marked."""
    return shell.nav_items(context["request"])


@register.simple_tag(takes_context=True)
def shell_identity(context: dict[str, Any]) -> shell.Identity:
    """Who is signed in, in which organization, and the links of the person menu."""
    return shell.identity(context["request"])


@register.simple_tag(takes_context=True)
def settings_groups(context: dict[str, Any]) -> tuple[shell.LinkGroup, ...]:
    """The pages of settings that this person may open, by matter."""
    return shell.settings_groups(context["request"])


@register.inclusion_tag("ui/chip.html")
def chip(status: str, waiting_on: Any = None) -> dict[str, Chip]:
    """The status of a run as a word with an icon."""
    return {"chip": run_chip(status, waiting_on)}


@register.filter
def money(microusd: int | None) -> str:
    """Micro-dollars as dollars with as many digits as the amount needs; ``None`` is an unknown price."""
    if microusd is None:
        return "price unknown"
    if microusd == 0:
        return "$0"
    dollars = microusd / 1_000_000
    return f"${dollars:,.2f}" if dollars >= 1 else f"${dollars:.{4 if dollars >= 0.001 else 6}f}"


@register.filter
def duration(seconds: float | None) -> str:
    """Seconds as ``340 ms``, ``1.8 s``, ``2 min 5 s`` or ``3 h 12 min``."""
    if seconds is None:
        return "–"
    if seconds < 1:
        return f"{round(seconds * 1000)} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


@register.filter
def ago(at: datetime | None) -> str:
    """How long ago ``at`` is, in one unit."""
    if at is None:
        return "–"
    seconds = (timezone.now() - at).total_seconds()
    if seconds < 45:
        return "just now"
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size or name == "minute":
            count = max(1, round(seconds / size))
            return f"{count} {name}{'s' if count != 1 else ''} ago"
    raise AssertionError("the minute always fits")


@register.filter
def pretty(value: Any) -> str:
    """JSON data as indented text; texts as they are."""
    return value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False, default=_plain)


@register.filter
def compact(value: Any) -> str:
    """JSON data on one line; texts as they are."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=_plain)


@register.filter
def pretty_if_json(text: str) -> str:
    """A reply that is JSON indented, any other text as it is."""
    try:
        return pretty(json.loads(text))
    except ValueError:
        return text


@register.filter
def run_duration(run: Any) -> float | None:
    """Seconds from the start of a run to its end or to now; ``None`` before it started."""
    if run.started_at is None:
        return None
    return float(((run.finished_at or timezone.now()) - run.started_at).total_seconds())


@register.filter
def run_subject(run: Any) -> str:
    """What a run was asked, in one line: the person's message, else the first input that is a text."""
    inputs = run.inputs if isinstance(run.inputs, dict) else {}
    texts = [inputs.get("text"), *(v for k, v in inputs.items() if k != "session")]
    return " ".join(next((t for t in texts if isinstance(t, str) and t), "").split())


@register.filter
def waiting_sentence(run: Any) -> str:
    """What a waiting run waits for, and since when if that is known."""
    return waiting_text(run.waiting_on)


@register.filter
def short_id(value: UUID | str) -> str:
    """The first eight characters of an id, which people use to tell two apart."""
    return str(value)[:8]


@register.filter
def short_digest(value: str) -> str:
    """``sha256:1a2b3c4d…``"""
    return f"{value[:15]}…" if len(value) > 16 else value


@register.filter
def words(value: str) -> str:
    """A name such as ``selected_slot`` as words: ``Selected slot``."""
    return str(value).replace("_", " ").replace("-", " ").strip().capitalize()


@register.filter
def value_parts(value: Any) -> dict[str, Any]:
    """JSON data for people: ``pairs`` of an object without what is null, ``entries`` of a list, else ``text``."""
    if isinstance(value, dict):
        pairs = [(words(key), _phrase(part)) for key, part in value.items() if part is not None]
        return {"pairs": pairs}
    if isinstance(value, list):
        return {"entries": [_phrase(part) for part in value]}
    return {"text": _phrase(value)}


def _phrase(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else compact(value)


def _plain(value: Any) -> str:
    return str(value)
