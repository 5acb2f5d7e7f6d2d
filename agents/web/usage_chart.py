"""The chart of usage by day as numbers for an SVG: stacked bars, ticks and labels. Owns geometry; colours are the page's."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from agents.services.usage import Amounts, DayUsage, Usage
from agents.templatetags.figures import count_text
from agents.templatetags.ui import money

MOST_SERIES = 5  # the last one is all others together, where there are more
_LEFT, _RIGHT, _TOP, _BOTTOM = 64.0, 8.0, 10.0, 26.0
_LABEL_WIDTH = 58.0

METRICS: dict[str, tuple[str, Callable[[Amounts], int]]] = {
    "cost": ("Cost", lambda amounts: amounts.cost_microusd),
    "tokens": ("Tokens", lambda amounts: amounts.tokens),
    "calls": ("Calls", lambda amounts: amounts.calls),
}


@dataclass(frozen=True, slots=True)
class Series:
    """One colour of the chart; ``number`` from 1."""

    number: int
    label: str


@dataclass(frozen=True, slots=True)
class Part:
    series: int
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One day. ``title`` is its text alternative; ``hit_*`` is the whole column, for pointers."""

    day: date
    x: float
    width: float
    hit_x: float
    hit_width: float
    title: str
    has_calls: bool
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    label: str
    at: float


@dataclass(frozen=True, slots=True)
class Chart:
    width: float
    height: float
    plot_left: float
    plot_right: float
    plot_top: float
    plot_bottom: float
    label: str
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    days: tuple[Tick, ...]
    series: tuple[Series, ...]


@dataclass(frozen=True, slots=True)
class _Grid:
    """``step``: width of a day; ``scale``: height of one unit."""

    step: float
    bottom: float
    scale: float


def draw_chart(usage: Usage, metric: str, *, width: float, height: float) -> Chart:
    """Bars of ``metric`` (a key of ``METRICS``) by day, stacked by model, the biggest models first."""
    title, value = METRICS[metric]
    keys = _biggest(usage, value)
    top, ticks = _scale(max((value(day.amounts) for day in usage.days), default=0), metric)
    bottom, room = height - _BOTTOM, height - _TOP - _BOTTOM
    step = (width - _LEFT - _RIGHT) / len(usage.days)
    grid = _Grid(step, bottom, room / top)
    bars = tuple(_bar(day, keys, value, grid, _LEFT + n * step) for n, day in enumerate(usage.days))
    more = any(value(row.amounts) for row in usage.models if (row.provider, row.name) not in keys)
    names = [model or provider or "unknown" for provider, model in keys] + (["other models"] if more else [])
    return Chart(
        width=width,
        height=height,
        plot_left=_LEFT,
        plot_right=width - _RIGHT,
        plot_top=_TOP,
        plot_bottom=bottom,
        label=f"{title} by day from {usage.period.start:%-d %b %Y} to {usage.period.end:%-d %b %Y}; the table has the numbers",
        bars=bars,
        ticks=tuple(Tick(_figure(metric, tick), round(bottom - tick * room / top, 2)) for tick in ticks),
        days=_day_labels(bars, width),
        series=tuple(Series(n + 1, name) for n, name in enumerate(names)),
    )


def _bar(day: DayUsage, keys: list[tuple[str, str]], value: Callable[[Amounts], int], grid: _Grid, left: float) -> Bar:
    bottom, scale, step = grid.bottom, grid.scale, grid.step
    amounts = [value(day.models[key]) if key in day.models else 0 for key in keys]
    amounts.append(value(day.amounts) - sum(amounts))
    parts, y = [], bottom
    for number, amount in enumerate(amounts, start=1):
        if amount > 0:
            y -= amount * scale
            parts.append(Part(number, round(y, 2), round(amount * scale, 2)))
    wide = max(1.0, min(step * 0.72, 40.0))
    calls = f"{day.amounts.calls} call{'s' if day.amounts.calls != 1 else ''}"
    told = f"{calls}, {count_text(day.amounts.tokens)} tokens, {money(day.amounts.cost_microusd)}"
    return Bar(
        day=day.day,
        x=round(left + (step - wide) / 2, 2),
        width=round(wide, 2),
        hit_x=round(left, 2),
        hit_width=round(step, 2),
        title=f"{day.day:%-d %b %Y}: {told}",
        has_calls=day.amounts.calls > 0,
        parts=tuple(parts),
    )


def _biggest(usage: Usage, value: Callable[[Amounts], int]) -> list[tuple[str, str]]:
    rows = [row for row in usage.models if value(row.amounts)]
    rows.sort(key=lambda row: -value(row.amounts))
    most = MOST_SERIES if len(rows) <= MOST_SERIES else MOST_SERIES - 1
    return [(row.provider, row.name) for row in rows[:most]]


def _scale(highest: int, metric: str) -> tuple[float, list[int]]:
    """The value at the top and the ticks, which are round numbers: 1, 2 or 5 times a power of ten."""
    least = 4 if metric == "calls" else 40
    raw = max(highest, least) / 4
    size = 10 ** math.floor(math.log10(raw))
    step = next(size * factor for factor in (1, 2, 5, 10) if size * factor >= raw)
    ticks = [round(step * n) for n in range(5) if step * (n - 1) < max(highest, least)]
    return float(ticks[-1]), ticks


def _figure(metric: str, value: int) -> str:
    if metric != "cost":
        return count_text(value)
    text = money(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _day_labels(bars: tuple[Bar, ...], width: float) -> tuple[Tick, ...]:
    room = max(1, int((width - _LEFT - _RIGHT) / _LABEL_WIDTH))
    every = math.ceil(len(bars) / room)
    shown = bars[(len(bars) - 1) % every :: every]
    furthest = width - _LABEL_WIDTH / 3  # the last label stays within the picture
    return tuple(Tick(f"{bar.day:%-d %b}", round(min(bar.x + bar.width / 2, furthest), 2)) for bar in shown)
