"""Filters of the run inspector's templates."""

from __future__ import annotations

import json
from typing import Any

from django import template

from agents.core.inspect import sentences

register = template.Library()


@register.filter
def as_json(value: Any) -> str:
    """JSON data as indented JSON text, a text in its quotes, too: what one may edit and send back."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)


@register.filter
def counted(number: int) -> str:
    """``250000`` as ``250,000``."""
    return f"{number:,}"


@register.filter
def decision_word(decision: str) -> str:
    """``approve`` as ``Approved``."""
    return sentences.decision_word(str(decision))
