"""Structured logging: one line an event, for people (console) or machines (json), with the request's id."""

from __future__ import annotations

import re
from typing import Any

import structlog

# One-time links and API keys are passwords: an address or a message that holds one is logged without it.
_SECRETS = re.compile(r"(/sign-in/link/|/invitation/|\bkz_)[A-Za-z0-9_-]{8,}")

_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.StackInfoRenderer(),
]


def hide_secrets(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    """A structlog processor: texts of the event lose their one-time tokens and keys."""
    return {name: _SECRETS.sub(r"\1***", value) if isinstance(value, str) else value for name, value in event.items()}


def logging_config(*, level: str, style: str) -> dict[str, Any]:
    """Django's LOGGING; structlog's own loggers and the standard library's come out in the same form."""
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    final: list[Any] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, hide_secrets]
    if style == "json":
        final += [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    else:
        # Plain tracebacks: the rich ones print every frame's variables, secrets among them, and take seconds each.
        final += [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]
    formatter = {"()": structlog.stdlib.ProcessorFormatter, "foreign_pre_chain": _SHARED, "processors": final}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": formatter},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {name: {"level": "WARNING"} for name in _QUIET},
    }


# One line a request or a message of the transport says nothing that the journal does not say better.
_QUIET = ("daphne", "celery", "kombu", "httpx", "asyncio", "axes", "aiohttp.access", "django.channels.server")
