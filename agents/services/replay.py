"""Replays a recorded run without a model, a tool or a person, and says whether it comes to the same. Changes nothing."""

from __future__ import annotations

import asyncio
from uuid import UUID

from agents.core.inspect.replay import Recorded, Replayed, replay
from agents.core.runtime.catalog import get_runner
from agents.core.runtime.outcome import Runner
from agents.services.definitions import load_spec
from agents.services.inspection import read_journal
from agents.services.runs import get_run
from agents.services.tools import resolve_tools
from trust.core.errors import Conflict
from trust.core.principal import Principal


def replay_run(*, principal: Principal, run_id: UUID, runner: Runner | None = None) -> Replayed:
    """``runner`` stands in place of that of the run's kind, to listen to what it does. Raises ``NotFound``, and ``Conflict``
    for a run of which nothing is recorded yet, or no more."""
    run = get_run(principal, run_id)
    events = read_journal(run)
    if not run.started_at or not events:
        raise Conflict(f"Run {run_id} has not started or its journal is gone: nothing is recorded that could be replayed.")
    return asyncio.run(
        replay(
            events,
            Recorded(run.status, run.output, run.error),
            runner=runner or get_runner(run.kind),
            spec=load_spec(run.organization_id, run.spec_digest),
            inputs=run.inputs,
            tools=resolve_tools(),
            run_id=str(run.id),
        )
    )
