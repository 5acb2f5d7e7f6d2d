"""What an address asks of the inspector: which step, which event, which stretch of time, which rows. It never refuses."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import QueryDict

from agents.core.inspect.tree import GRAINS, KINDS, ONLY, Wanted

TABS = ("steps", "data", "events")
SHOWS = ("summary", "io", "prompt", "policy", "effects", "events")
FORMS = ("pretty", "json", "diff")
AGAINST = ("attempt", "source")
PARTS = ("state", "chart", "readout", "tree", "rows", "detail")
MAX_SEARCH = 200
MOST_ROWS = 150  # of the tree at once


@dataclass(frozen=True, slots=True)
class Query:
    """``at`` is ``None`` for the newest event, ``start`` and ``end`` for all of the time; ``parts`` are what htmx asks for."""

    tab: str
    step: str
    at: int | None
    start: float | None
    end: float | None
    wanted: Wanted
    offset: int | None
    count: int
    show: str
    form: str
    against: str
    parts: tuple[str, ...]


def read_query(given: QueryDict) -> Query:
    return Query(
        tab=_one_of(given.get("tab", ""), TABS),
        step=given.get("step", "")[:400],
        at=_number(given.get("at", "")),
        start=_seconds(given.get("from", "")),
        end=_seconds(given.get("to", "")),
        wanted=Wanted(
            grain=_one_of(given.get("grain", ""), GRAINS, "steps"),
            kind=_one_of(given.get("kind", ""), KINDS, ""),
            only=_one_of(given.get("only", ""), ONLY, ""),
            search=given.get("q", "").strip()[:MAX_SEARCH],
        ),
        offset=_number(given.get("offset", "")),
        count=_number(given.get("count", "")) or MOST_ROWS,
        show=_one_of(given.get("show", ""), SHOWS),
        form=_one_of(given.get("as", ""), FORMS),
        against=_one_of(given.get("against", ""), AGAINST, ""),
        parts=tuple(part for part in given.get("part", "").split(",") if part in PARTS),
    )


def kept(given: QueryDict, *without: str) -> str:
    """The address's query without some names, ready for another to be added behind it."""
    query = given.copy()
    for name in ("part", "csrfmiddlewaretoken", *without):
        query.pop(name, None)
    text = query.urlencode()
    return f"{text}&" if text else ""


def _one_of(value: str, allowed: tuple[str, ...], default: str | None = None) -> str:
    return value if value in allowed else allowed[0] if default is None else default


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _seconds(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 <= value < 1e10 else None
