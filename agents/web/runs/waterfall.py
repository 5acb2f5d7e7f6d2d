"""Draws the waterfall: bars of a window of time as SVG, in percent of its width, so that it fits every screen."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from agents.core.inspect.timeline import Bar, Lane, Timeline, merged, ticks
from agents.templatetags.ui import duration, money

AXIS, NAME, ROW, BAR, GAP = 22, 17, 18, 13, 8  # heights in pixels
KINDS = {
    "model": "Model",
    "tool": "Tool",
    "person": "Waiting for a person",
    "child": "Waiting for an agent",
    "queue": "Waiting for a worker",
    "compute": "Own code",
}
SMALLEST_S = 0.001


@dataclass(frozen=True, slots=True)
class Chart:
    """``start`` to ``end`` are the seconds that are shown of ``total``; ``deltas`` are milliseconds between the events."""

    svg: SafeString
    start: float
    end: float
    total: float
    height: int
    kinds: tuple[tuple[str, str], ...]
    bars: int
    deltas: str
    zoomed: bool
    wider: tuple[float, float] | None
    closer: tuple[float, float] | None


def draw_chart(timeline: Timeline, start: float | None, end: float | None, at: int, chosen: str) -> Chart:
    total = max(timeline.total, SMALLEST_S)
    start = min(start or 0.0, total)
    end = min(end if end is not None else total, total)
    if end - start < SMALLEST_S:
        start, end = max(0.0, end - SMALLEST_S), max(end, SMALLEST_S)
    lanes = merged(timeline, start, end)
    height = AXIS + sum(NAME + ROW * lane.rows + GAP for lane in lanes)
    drawing = _Drawing(start, end, height, chosen)
    head = timeline.times[at - 1] if 0 < at <= len(timeline.times) else total
    svg = drawing.axis() + drawing.lanes(lanes) + drawing.head(head)
    zoomed = (start, end) != (0.0, total)
    kinds = {bar.kind for lane in lanes for bar in lane.bars}
    return Chart(
        svg=mark_safe(svg),  # noqa: S308 - made of numbers and escaped texts above
        start=start,
        end=end,
        total=total,
        height=height,
        kinds=tuple((kind, text) for kind, text in KINDS.items() if kind in kinds),
        bars=sum(len(lane.bars) for lane in lanes),
        deltas=_deltas(timeline),
        zoomed=zoomed,
        wider=_window(start, end, total, 2.0) if zoomed else None,
        closer=_window(start, end, total, 0.5) if end - start > 2 * SMALLEST_S else None,
    )


class _Drawing:
    def __init__(self, start: float, end: float, height: int, chosen: str):
        self.start, self.end, self.height, self.chosen = start, end, height, chosen
        self.span = end - start

    def x(self, second: float) -> float:
        return round(100 * (second - self.start) / self.span, 3)

    def axis(self) -> str:
        parts = []
        for second in ticks(self.start, self.end):
            x = self.x(second)
            anchor = "end" if x > 96 else "start"
            shift = -4 if x > 96 else 4
            told = escape(_at(second, self.span))
            parts.append(
                f'<line class="tl-tick" x1="{x}%" x2="{x}%" y1="0" y2="{self.height}"/>'
                f'<text class="tl-time" x="{x}%" dx="{shift}" y="14" text-anchor="{anchor}">{told}</text>'
            )
        return "".join(parts)

    def lanes(self, lanes: list[Lane]) -> str:
        parts, y = [], AXIS
        for lane in lanes:
            parts.append(f'<line class="tl-rule" x1="0" x2="100%" y1="{y}" y2="{y}"/>')
            parts.append(f'<text class="tl-name" x="4" y="{y + 13}">{escape(lane.name)}</text>')
            parts += [self.bar(bar, y + NAME + ROW * bar.row + 2) for bar in lane.bars]
            y += NAME + ROW * lane.rows + GAP
        return "".join(parts)

    def bar(self, bar: Bar, y: int) -> str:
        first, last = max(bar.start, self.start), min(bar.end, self.end)
        fill = ' fill="url(#tl-hatch)"' if bar.kind == "person" else ""
        chosen = ' data-chosen=""' if bar.path and bar.path == self.chosen else ""
        return (
            f'<rect class="tl-bar" data-kind="{bar.kind}" data-state="{bar.state}"{chosen} x="{self.x(first)}%" y="{y}"'
            f' width="{round(100 * (last - first) / self.span, 3)}%" height="{BAR}"{fill}'
            f' data-s="{bar.start:.6g}" data-e="{bar.end:.6g}" data-p="{escape(bar.path)}"'
            f' data-tip="{escape(_tip(bar))}"/>'
        )

    def head(self, second: float) -> str:
        x = min(self.x(second), 99.9) if second <= self.end else self.x(second)
        return (
            f'<g class="tl-head" data-s="{second:.6g}"><line x1="{x}%" x2="{x}%" y1="0" y2="{self.height}"/>'
            f'<circle cx="{x}%" cy="5" r="5"/></g>'
        )


def _tip(bar: Bar) -> str:
    many = f" and {bar.count - 1} more" if bar.count > 1 else ""
    parts = [f"{bar.label[:120]}{many}", duration(bar.seconds)]
    if bar.kind == "model" or bar.cost_microusd:
        parts.append(money(bar.cost_microusd))
    word = {"failed": "failed", "cut": "cut off", "open": "going on"}.get(bar.state)
    return " · ".join([KINDS[bar.kind], *parts, *([word] if word else [])])


def _at(second: float, span: float) -> str:
    if second == 0:
        return "0"
    if span < 1:
        return f"{second * 1000:.4g} ms" if second < 1 else f"{second:.3f} s"
    if second < 60:
        return f"{second:.4g} s"
    return duration(second).removesuffix(" 0 s").removesuffix(" 0 min")


def _window(start: float, end: float, total: float, factor: float) -> tuple[float, float]:
    """A window ``factor`` times as wide around the same middle, within the run."""
    wide = min(total, (end - start) * factor)
    first = max(0.0, min((start + end - wide) / 2, total - wide))
    return round(first, 6), round(first + wide, 6)


def _deltas(timeline: Timeline) -> str:
    """The events' times as differences in milliseconds: what the scrub handle needs, in few characters."""
    parts, before = [], 0
    for second in timeline.times:
        now = round(second * 1000)
        parts.append(str(max(0, now - before)))
        before = max(before, now)
    return ",".join(parts)
