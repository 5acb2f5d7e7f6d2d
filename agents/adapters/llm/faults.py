"""HTTP answers and broken connections as ``ModelError``: which code, worth a retry or not, and a message for people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

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
_NEVER = ("insufficient_quota", "billing_hard_limit")


def hide_key(text: str, key: str) -> str:
    """Providers repeat what they were sent, keys among it; messages go to journals, logs and people."""
    return text.replace(key, "***") if key else text


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
