"""Health: ``live`` says that the process answers, ``ready`` that a message would be answered, else why not.

Both are open to everybody and tell no secret: names of checks and one sentence each.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from kaizen_site.pulse import seconds_since_pulse
from trust.services.guards import public

Check = Callable[[], str]


@public
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """200 as long as the process can answer at all."""
    return JsonResponse({"status": "live"})


@public
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """200 when database, migrations, queue and a worker are there; 503 with one sentence for each that is not."""
    reasons = {name: reason for name, check in CHECKS.items() if (reason := _run(check))}
    body: dict[str, Any] = {"status": "not ready" if reasons else "ready", "mode": _mode(), "reasons": reasons}
    answer = JsonResponse(body, status=503 if reasons else 200)
    answer._has_been_logged = True  # type: ignore[attr-defined]  # a probe that asks too early is no error of the site
    return answer


def _mode() -> str:
    return "embedded" if settings.EMBEDDED else "production"


def _run(check: Check) -> str:
    try:
        return check()
    except Exception as error:  # noqa: BLE001  # whatever a dead server raises is the reason
        return f"{type(error).__name__}: not reachable"


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(missing)} migrations are not applied; run: manage.py migrate" if missing else ""


def _queue() -> str:
    from kaizen_site.celery import app

    with app.connection_for_write(connect_timeout=2) as broker:
        broker.ensure_connection(max_retries=1, timeout=2)
    return ""


def _worker() -> str:
    age_s = seconds_since_pulse()
    if age_s is None:
        return "no worker has reported yet"
    return f"the last report of a worker is {age_s:.0f} s old" if age_s > 10 else ""


CHECKS: dict[str, Check] = {"database": _database, "migrations": _migrations, "queue": _queue, "worker": _worker}
