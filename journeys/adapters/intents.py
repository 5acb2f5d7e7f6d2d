"""The memory of detected intents in the site's cache, each organization's own. Losing it costs one question to a model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import structlog
from django.core.cache import cache
from redis.exceptions import RedisError

from agents.services.runs import organization_of

_log = structlog.get_logger("kaizen.intents")


def recall_intent(data: dict[str, Any], run_id: str, after_commit: Callable[[Callable[[], None]], None]) -> Any:
    """What the detector answered to the question ``key`` not long ago; ``None`` when that is not known."""
    try:
        return cache.get(_key(str(organization_of(run_id)), data["key"]))
    except RedisError as error:
        _log.warning("intents.no_memory", error=str(error))
        return None


def remember_intent(organization: str, *, key: str, found: Mapping[str, Any], keep_s: float) -> None:
    """Keeps ``found`` for ``keep_s`` seconds."""
    try:
        cache.set(_key(organization, key), dict(found), timeout=keep_s)
    except RedisError as error:
        _log.warning("intents.no_memory", error=str(error))


def _key(organization: str, key: str) -> str:
    return f"kaizen:intent:{organization}:{key}"
