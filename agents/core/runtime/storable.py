"""What a journal can keep: JSON that SQLite and PostgreSQL both take. Foreign results pass here before they are recorded."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from agents.core.runtime.errors import StepFailed

# PostgreSQL's JSON and text refuse NUL; half of a surrogate pair has no UTF-8 form.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_REPLACEMENT = "\ufffd"


def storable(result: Any) -> Any:
    """``result`` with characters replaced that no database keeps. Raises ``StepFailed`` for what is not JSON at all."""
    try:
        text = json.dumps(result, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise StepFailed(f"the result is not JSON and cannot be recorded: {error}", "bad_result") from error
    return _clean(result) if _is_suspect(text) else result


def dump_stored(value: Any) -> str:
    """``value`` as JSON text that a database takes whatever is in it: what is no JSON becomes its text, NaN null."""
    try:
        text = json.dumps(value, separators=(",", ":"), allow_nan=False, default=str)
    except ValueError:
        return json.dumps(_clean(value), separators=(",", ":"), default=str)
    return json.dumps(_clean(value), separators=(",", ":"), default=str) if _is_suspect(text) else text


def is_storable(value: Any) -> bool:
    """Whether a database keeps ``value``, which is JSON data from a person, exactly as it is."""
    try:
        text = json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        return False
    return not _is_suspect(text) or _clean(value) == value


def clean_text(text: str) -> str:
    return _UNSTORABLE.sub(_REPLACEMENT, text)


def _is_suspect(text: str) -> bool:
    """Cheap and never wrong with "no"; every character beyond the first plane is looked at again."""
    return "\\u0000" in text or "\\ud" in text


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {clean_text(key) if isinstance(key, str) else key: _clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
