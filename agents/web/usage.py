"""The page of cost and usage: a period, its totals, a chart by day with the same numbers as a table, and the calls as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from agents.services.usage import CSV_HEAD, PERIODS, Period, export_rows, get_usage, read_period
from agents.web.usage_chart import METRICS, draw_chart
from trust.core.errors import Invalid
from trust.core.roles import Permission
from trust.services.guards import GuardedRequest, requires


@dataclass(frozen=True, slots=True)
class Choice:
    label: str
    query: str
    current: bool


@require_GET
@requires(Permission.READ)
def show_usage(request: GuardedRequest) -> HttpResponse:
    """A period that is refused is told above the usual one."""
    refusal, status = "", 200
    try:
        period = _period(request)
    except Invalid as invalid:
        refusal, status, period = invalid.message, invalid.status, read_period()
    metric = request.GET.get("show", "cost")
    metric = metric if metric in METRICS else "cost"
    usage = get_usage(request.principal, period)
    page = {
        "refusal": refusal,
        "usage": usage,
        "period": period,
        "days": list(reversed([day for day in usage.days if day.amounts.calls])),
        "one_day": period.length == 1,
        "metric": metric,
        "metrics": [Choice(title, _query(period, name), name == metric) for name, (title, _) in METRICS.items()],
        "periods": [
            Choice(f"{n} days", _query(Period(period.start, period.end, n), metric), period.days == n) for n in PERIODS
        ],
        "export": urlencode(_dates(period)),
        "charts": [
            ("wide", draw_chart(usage, metric, width=1060, height=240)),
            ("narrow", draw_chart(usage, metric, width=350, height=200)),
        ],
    }
    return render(request, "agents/usage/page.html", page, status=status)


@require_GET
@requires(Permission.READ)
def download_calls(request: GuardedRequest) -> HttpResponse | StreamingHttpResponse:
    """One line for each call, written while it is read."""
    try:
        period = _period(request)
    except Invalid as invalid:
        return HttpResponse(invalid.message, status=invalid.status, content_type="text/plain; charset=utf-8")
    name = f"model-calls-{period.start}-{period.end}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    lines = _lines(export_rows(request.principal, period))
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


class _Line:
    """What ``csv`` writes to: it hands each line back."""

    def write(self, line: str) -> str:
        return line


def _lines(rows: Iterator[tuple[str, ...]]) -> Iterator[str]:
    writer: Any = csv.writer(_Line())
    yield writer.writerow(CSV_HEAD)
    for row in rows:
        yield writer.writerow(row)


def _period(request: GuardedRequest) -> Period:
    return read_period(*(request.GET.get(name, "").strip() for name in ("days", "from", "to")))


def _dates(period: Period) -> dict[str, Any]:
    return {"days": period.days} if period.days else {"from": period.start, "to": period.end}


def _query(period: Period, metric: str) -> str:
    return urlencode(_dates(period) | ({} if metric == "cost" else {"show": metric}))
