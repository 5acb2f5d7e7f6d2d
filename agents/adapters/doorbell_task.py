"""Tells a worker that a run is ready. A lost message costs seconds: the sweep finds what nobody was told of."""

from __future__ import annotations

import logging
from uuid import UUID

from celery import current_app

log = logging.getLogger(__name__)
TASK = "agents.execute_run"


def ring_worker(run_id: UUID) -> None:
    try:
        current_app.send_task(TASK, args=[str(run_id)], retry=False)
    except Exception as error:  # noqa: BLE001 - the broker is another server; the sweep makes up for it
        log.warning("the queue did not take run %s, the sweep will: %s", run_id, error)
