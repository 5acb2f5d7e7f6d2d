"""One element of a draft as YAML, and edited YAML as the element again. The whole journey as text is another page's."""

from __future__ import annotations

from typing import Any

import yaml

from agents.core.forms.values import is_shallow
from trust.core.errors import Invalid

MOST = 200_000


def print_element(element: dict[str, Any]) -> str:
    return yaml.safe_dump(element, sort_keys=False, allow_unicode=True, width=100) if element else ""


def read_element(text: str) -> dict[str, Any]:
    """Raises ``Invalid`` with the line for what is no YAML object. Anchors are refused: they could grow without end."""
    if len(text) > MOST:
        raise _invalid(f"has {len(text)} characters, allowed: {MOST}")
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent):
                raise _invalid(f"references (*{event.anchor}) are not allowed: write it out")
        element = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}: " if mark else ""
        raise _invalid(f"{where}{getattr(error, 'problem', None) or 'is no YAML'}") from None
    if not isinstance(element, dict) or not is_shallow(element):
        raise _invalid("must be an object with named fields")
    return {str(key): value for key, value in element.items()}


def _invalid(message: str) -> Invalid:
    return Invalid(problems=[{"where": "code", "message": message}])
