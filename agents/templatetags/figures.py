"""How counts and shares read. Owns no data."""

from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def count_text(value: int) -> str:
    """``812``, ``12.4 k``, ``3.1 M``"""
    for least, size, sign in ((10**9, 10**9, "G"), (10**6, 10**6, "M"), (10**4, 10**3, "k")):
        if value >= least:
            return f"{value / size:.1f}".removesuffix(".0") + f" {sign}"
    return f"{value:,}"


@register.filter
def percent_of(part: int, whole: int) -> int:
    """``part`` in hundredths of ``whole``, rounded; 0 of nothing."""
    return round(100 * part / whole) if whole else 0
