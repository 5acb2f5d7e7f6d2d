"""Celery tasks: doorbells only. Each claims nothing and holds nothing; losing or doubling one changes nothing."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from agents.services.execution import get_engine
from agents.services.recovery import purge_runs, sweep


@shared_task(name="agents.execute_run")
def execute_run(run_id: str) -> None:
    """Hands the run to this process's engine and returns: the run's lease, not this task, protects it."""
    get_engine().offer(UUID(run_id))


@shared_task(name="agents.sweep")
def sweep_runs() -> int:
    return sweep()


@shared_task(name="agents.purge")
def purge() -> int:
    return purge_runs()
