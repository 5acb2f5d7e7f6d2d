"""What models cost and how much they are used: totals, and by day, model, agent and journey, from the ledger of calls.

Owns the reading of it; the rows are written with each call's outcome. Days are days of UTC. Unknown prices stay unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from agents.models import ModelCall
from trust.core.errors import Invalid
from trust.core.principal import Principal

PERIODS = (7, 30, 90)
LONGEST_DAYS = 731
USUAL_DAYS = 30


@dataclass(frozen=True, slots=True)
class Period:
    """Days from ``start`` to ``end``, both included. ``days``: how many back from today were asked for; 0: two dates were."""

    start: date
    end: date
    days: int = 0

    @property
    def length(self) -> int:
        return (self.end - self.start).days + 1


@dataclass(frozen=True, slots=True)
class Amounts:
    """``unpriced``: calls that succeeded at no known price; they are not in ``cost_microusd``."""

    calls: int = 0
    failures: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_microusd: int = 0
    unpriced: int = 0

    @property
    def tokens(self) -> int:
        return self.input_tokens + self.output_tokens

    def plus(self, other: Amounts) -> Amounts:
        return Amounts(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class UsageRow:
    """The amounts of one name: a model (``provider`` beside it), an agent, or a journey."""

    name: str
    amounts: Amounts
    provider: str = ""


@dataclass(frozen=True, slots=True)
class DayUsage:
    """One day; ``models`` are its amounts by provider and model."""

    day: date
    amounts: Amounts
    models: dict[tuple[str, str], Amounts]


@dataclass(frozen=True, slots=True)
class Usage:
    """Everything of a period. ``days`` has every day of it, oldest first; the others are the most expensive first."""

    period: Period
    totals: Amounts
    days: tuple[DayUsage, ...]
    models: tuple[UsageRow, ...]
    agents: tuple[UsageRow, ...]
    journeys: tuple[UsageRow, ...]

    @property
    def unpriced(self) -> tuple[UsageRow, ...]:
        """The models whose price nobody here knows."""
        return tuple(row for row in self.models if row.amounts.unpriced)


def read_period(days: str = "", start: str = "", end: str = "") -> Period:
    """The period that was asked for: two dates, or days back from today. Raises ``Invalid``."""
    today = timezone.now().astimezone(UTC).date()
    if start or end:
        first, last = _read_day("from", start or end), _read_day("to", end or today.isoformat())
        if first > last:
            raise _invalid("from", f"{first} is later than {last}; the first day comes first")
        if (last - first).days >= LONGEST_DAYS:
            raise _invalid("from", f"from {first} to {last} are more than {LONGEST_DAYS} days")
        return Period(first, last)
    text = days or str(USUAL_DAYS)
    count = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0
    if not 1 <= count <= LONGEST_DAYS:
        raise _invalid("days", f"{text!r} is not allowed; a number of days from 1 to {LONGEST_DAYS} is")
    return Period(today - timedelta(days=count - 1), today, count)


def get_usage(principal: Principal, period: Period) -> Usage:
    """What the organization used in ``period``."""
    calls = _calls(principal, period)
    by_day: dict[date, dict[tuple[str, str], Amounts]] = {}
    for row in _sums(calls.annotate(day=TruncDate("at", tzinfo=UTC)), "day", "provider", "model"):
        by_day.setdefault(row["day"], {})[row["provider"], row["model"]] = _amounts(row)
    days = tuple(_day(period.start + timedelta(days=n), by_day) for n in range(period.length))
    by_model: dict[tuple[str, str], Amounts] = {}
    for day in days:
        for key, amounts in day.models.items():
            by_model[key] = by_model.get(key, Amounts()).plus(amounts)
    return Usage(
        period=period,
        totals=_total(by_model.values()),
        days=days,
        models=_sorted(UsageRow(model, amounts, provider) for (provider, model), amounts in by_model.items()),
        agents=_by(calls, "agent"),
        journeys=_by(calls.exclude(journey=""), "journey"),
    )


def list_calls(principal: Principal, period: Period, after: int = 0, limit: int | None = None) -> QuerySet[ModelCall]:
    """The calls one by one in the order in which they were written, those after the id ``after``."""
    found = _calls(principal, period).filter(pk__gt=after).order_by("pk")
    return found[:limit] if limit is not None else found


CSV_HEAD = (
    "at",
    "provider",
    "model",
    "agent",
    "journey",
    "ok",
    "input_tokens",
    "output_tokens",
    "cost_usd",
    "duration_s",
    "run_id",
    "path",
)


def export_rows(principal: Principal, period: Period) -> Iterator[tuple[str, ...]]:
    """The calls as rows of text under ``CSV_HEAD``. No cell begins with a character that a spreadsheet would calculate."""
    for call in list_calls(principal, period).iterator(chunk_size=2000):
        cost = "" if call.cost_microusd is None else f"{call.cost_microusd / 1_000_000:.6f}"
        names = (_cell(text) for text in (call.provider, call.model, call.agent, call.journey))
        counts = (str(call.input_tokens), str(call.output_tokens))
        ends = (f"{call.duration_s:.3f}", str(call.run_id), _cell(call.path))
        yield (call.at.isoformat(), *names, "yes" if call.ok else "no", *counts, cost, *ends)


def _calls(principal: Principal, period: Period) -> QuerySet[ModelCall]:
    start = datetime.combine(period.start, time.min, UTC)
    end = datetime.combine(period.end + timedelta(days=1), time.min, UTC)
    return ModelCall.objects.filter(organization_id=principal.organization_id, at__gte=start, at__lt=end)


def _sums(calls: QuerySet[ModelCall], *names: str) -> Any:
    return (
        calls.order_by()
        .values(*names)
        .annotate(
            calls=Count("pk"),
            failures=Count("pk", filter=Q(ok=False)),
            given=Sum("input_tokens"),
            made=Sum("output_tokens"),
            cost=Sum("cost_microusd"),
            unpriced=Count("pk", filter=Q(ok=True, cost_microusd=None)),
        )
    )


def _amounts(row: dict[str, Any]) -> Amounts:
    sums = (row["given"] or 0, row["made"] or 0, row["cost"] or 0)
    return Amounts(row["calls"], row["failures"], *sums, row["unpriced"])


def _by(calls: QuerySet[ModelCall], name: str) -> tuple[UsageRow, ...]:
    return _sorted(UsageRow(row[name], _amounts(row)) for row in _sums(calls, name))


def _day(day: date, by_day: dict[date, dict[tuple[str, str], Amounts]]) -> DayUsage:
    models = by_day.get(day, {})
    return DayUsage(day, _total(models.values()), models)


def _total(parts: Any) -> Amounts:
    total = Amounts()
    for part in parts:
        total = total.plus(part)
    return total


def _sorted(rows: Iterator[UsageRow]) -> tuple[UsageRow, ...]:
    return tuple(sorted(rows, key=lambda row: (-row.amounts.cost_microusd, -row.amounts.tokens, row.provider, row.name)))


def _cell(text: str) -> str:
    return f"'{text}" if text[:1] in "=+-@\t\r" and text else text


def _read_day(where: str, text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise _invalid(where, f"{text!r} is no day; allowed is the form 2026-11-22") from None
    if not 2000 <= found.year <= 9998:
        raise _invalid(where, f"{text!r} is not between the years 2000 and 9998")
    return found


def _invalid(where: str, message: str) -> Invalid:
    return Invalid(problems=[{"where": where, "message": message}])
