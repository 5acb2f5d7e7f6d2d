"""The Celery app. Its messages are doorbells: losing, doubling or reordering one changes nothing.

Starts and stops what a worker process has beside Celery: the engine, the sweeper and the pulse.
"""

from __future__ import annotations

import os
import threading
from typing import Any

from celery import Celery, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kaizen_site.settings")

app = Celery("kaizen")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@signals.worker_ready.connect
def start_beside(**_: Any) -> None:
    """In a worker process of its own; the embedded worker sends no such signal and is started by the server."""
    from agents.services.engine import start_worker
    from agents.services.models import warm_up
    from kaizen_site.pulse import PULSE

    start_worker()
    PULSE.start()
    warm_up()


@signals.worker_shutting_down.connect
def stop_beside(**_: Any) -> None:
    """Celery then waits for its tasks, some of which wait for room in the engine: so the engine lets go meanwhile."""
    from agents.services.engine import stop_worker
    from kaizen_site.pulse import PULSE

    PULSE.stop()
    threading.Thread(target=stop_worker, name="stop-engine").start()
