"""HTTP answers and broken connections as ``ModelError``: which code, worth a retry or not, and a message for people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

from pydantic_core import from_json

from agents.core.llm.port import ModelError

_TOO_LONG = (
    "context_length_exceeded",
    "exceed_context_size",
    "context length",
    "context window",
    "maximum context",
    "context size",
)
_FRAGMENT = 10  # characters of a key that tell nothing: providers themselves show its beginning
_NEVER = ("insufficient_quota", "billing_hard_limit")


def hide_key(text: str, key: str) -> str:
    """Providers repeat what they were sent, keys among it; messages go to journals, logs and people.

    Hides the key however it is written, as it is, in JSON or in an address, and what is left of it in a text that was cut.
    """
    if key:
        for form in (key, json.dumps(key)[1:-1], key.replace("/", "\\/"), quote(key), quote(key, safe="")):
            text = text.replace(form, "***")
    start = 0
    while start <= len(key) - _FRAGMENT and len(key) >= 2 * _FRAGMENT:
        end = start + _FRAGMENT
        if key[start:end] not in text:
            start += 1
            continue
        while end < len(key) and key[start : end + 1] in text:
            end += 1
        text, start = text.replace(key[start:end], "***"), end
    return text


def clean_error(error: ModelError, key: str) -> None:
    """Takes ``key`` out of all that ``error`` tells, and lets go of what it came from when that tells it."""
    if not key:
        return
    error.args = (hide_key(str(error), key), *error.args[1:])
    error.partial = hide_key(error.partial, key)
    came_from: BaseException | None = error
    while came_from is not None and (came_from is error or hide_key(str(came_from), key) == str(came_from)):
        came_from = came_from.__cause__ or came_from.__context__
    if came_from is not None:
        error.__cause__ = error.__context__ = None


def http_error(provider: str, status: int, body: bytes, headers: Mapping[str, str]) -> ModelError:
    """The error of an answer that is not 200."""
    message, code = _told(body)
    text = f"{provider} answered {status}: {message}"
    lower = f"{message} {code}".lower()
    if status == 429 and not any(word in lower for word in _NEVER):
        return ModelError(text, code="rate_limited", retryable=True, retry_after_s=_retry_after(headers))
    if status in (408, 409, 425) or status >= 500:
        return ModelError(text, code="unavailable", retryable=True, retry_after_s=_retry_after(headers))
    if status in (400, 413) and any(word in lower for word in _TOO_LONG):
        return ModelError(text, code="context_too_long")
    return ModelError(text, code="rejected")


def stream_error(provider: str, error: Any, partial: str) -> ModelError:
    """An error that comes inside a stream that began well."""
    message = error.get("message") if isinstance(error, dict) else error
    return ModelError(f"{provider} broke off: {str(message)[:300]}", code="bad_reply", partial=partial, retryable=not partial)


def _told(body: bytes) -> tuple[str, str]:
    try:
        data = from_json(body)
    except ValueError:
        return body[:300].decode("utf-8", "replace").strip() or "nothing", ""
    error = data.get("error", data) if isinstance(data, dict) else data
    if isinstance(error, dict):
        return str(error.get("message") or error)[:500], f"{error.get('code') or ''} {error.get('type') or ''}"
    return str(error)[:500], ""


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds from a Retry-After header in either of its two forms (RFC 9110, 10.2.3)."""
    value = headers.get("Retry-After", "").strip()
    if not value:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None
