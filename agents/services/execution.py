"""Drives one claimed run on the engine loop: claim, replay, go on, write how it ended. The bridge from tasks to the core."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from agents.adapters.crash import probe
from agents.adapters.engine import Engine
from agents.adapters.journal import DatabaseJournal, LiveText, to_event
from agents.adapters.loop import ENGINE_LOOP
from agents.adapters.writer import FAULTS
from agents.adapters.writes import DECISIONS, ClaimRun, EndRun, RunKey
from agents.core.autonomy.permissions import Grant, Layer
from agents.core.runtime.catalog import get_runner
from agents.core.runtime.chain import Interrupted, build_door
from agents.core.runtime.errors import LeaseLost
from agents.core.runtime.events import Event, EventType, NewEvent
from agents.core.runtime.memory import SystemClock
from agents.core.runtime.outcome import Outcome, run_to_outcome
from agents.core.runtime.pinned import pin_tools
from agents.core.runtime.ports import Egress, Models, Ports, Tools
from agents.models.run import Run, RunEvent, RunStatus
from agents.services.budgets import accounts_of
from agents.services.definitions import load_spec
from agents.services.egress import resolve_egress
from agents.services.files import OrganizationFiles
from agents.services.models import resolve_models
from agents.services.permissions import rules_of_run
from agents.services.tools import resolve_tools, tool_names_of
from agents.services.workspaces import workspace_of

log = logging.getLogger(__name__)
GC_THRESHOLD = (20_000, 20, 20)
MAX_CRASHES = 10  # a run that takes its worker down this often is the cause, not the victim


async def drive_run(engine: Engine, run_id: UUID) -> UUID | None:
    """Works on the run until it ends, waits, or is let go; the result is a run that can go on now because of that."""
    try:
        claim = ClaimRun(run_id, engine.owner, settings.ENV.kaizen_lease_s, _prepare)
        claimed: tuple[Run, Prepared | Exception] | None = await engine.writer.submit(claim)
        if claimed is None:
            return None
        run, prepared = claimed
        engine.held(run.id, run.fence)
        if isinstance(prepared, Exception):
            key = _key(run, await engine.read(accounts_of, run))
        else:
            key = _key(run, prepared.accounts)
        if early := _end_of(run):
            return await _end(engine, run, key=key, outcome=early)
        if isinstance(prepared, Exception):
            raise prepared
        fresh = run.attempt == 1 and run.forked_from_id is None
        events = [] if fresh else await engine.read(_load_events, run)
        journal = DatabaseJournal(engine.writer, key, events)
        door = build_door(_ports(journal, key, replace(prepared, tools=pin_tools(prepared.tools, events))), events)
        engine.doors[run.id] = door
        if any(e.type in DECISIONS for e in events[-3:]):
            probe("resume.before_replay")
        outcome = await run_to_outcome(door, str(run.id), get_runner(run.kind), prepared.spec, run.inputs)
        return await _end(engine, run, key=key, outcome=outcome, cut=door.interrupted, later=await journal.close())
    except LeaseLost:
        log.warning("run %s has been taken over by another worker", run_id)
    except FAULTS as error:
        log.error("run %s is let go because the database failed; the sweep brings it back: %s", run_id, error)
    except asyncio.CancelledError:
        log.info("run %s is let go", run_id)
    except Exception:
        log.exception("run %s is let go because of a fault of the engine", run_id)
    return None


@dataclass(frozen=True, slots=True)
class Prepared:
    """What every run needs of the database before it begins."""

    spec: Any
    models: Models
    tools: Tools
    egress: Egress
    workspace: Path
    accounts: tuple[UUID, ...]
    organization: Layer | None
    grants: tuple[Grant, ...]
    outer: tuple[Layer, ...]


def _prepare(run: Run) -> Prepared:
    organization, grants = rules_of_run(run)
    spec = load_spec(run.organization_id, run.spec_digest)
    return Prepared(
        spec=spec,
        models=resolve_models(run.organization_id),
        tools=resolve_tools(run.organization_id, tool_names_of(spec)),
        egress=resolve_egress(run.organization_id),
        workspace=workspace_of(run),
        accounts=accounts_of(run),
        organization=organization,
        grants=grants,
        outer=tuple(Layer.from_data(layer) for layer in run.outer_layers),
    )


def _key(run: Run, accounts: tuple[UUID, ...]) -> RunKey:
    return RunKey(
        id=run.id,
        fence=run.fence,
        organization_id=run.organization_id,
        topics=tuple(run.topics),
        accounts=accounts,
        limited=(run.budget_microusd, run.budget_tokens, run.budget_calls) != (None, None, None),
        journey=run.title if run.kind == "journey" else "",
        parent=run.parent_id,
    )


def _load_events(run: Run) -> list[Event]:
    return [to_event(row) for row in RunEvent.objects.filter(run_id=run.pk).order_by("seq")]


def _ports(journal: DatabaseJournal, key: RunKey, prepared: Prepared) -> Ports:
    return Ports(
        journal=journal,
        models=prepared.models,
        tools=prepared.tools,
        clock=SystemClock(),
        listener=LiveText(key),
        outer=prepared.outer,
        child_runs=True,
        organization=prepared.organization,
        grants=prepared.grants,
        workspace=prepared.workspace,
        egress=prepared.egress,
        files=OrganizationFiles(key.organization_id),
        probe=probe,
    )


def _end_of(run: Run) -> Outcome | None:
    """How a run ends that is not to be tried again, before anything of it is read."""
    if run.cancel_requested_at:
        return Outcome("interrupted")
    if run.crashes >= MAX_CRASHES:
        message = f"{run.crashes} workers died over this run or could not take it up; it is not tried again (see the log)"
        return Outcome("failed", error={"code": "crashed", "message": message})
    return None


async def _end(
    engine: Engine,
    run: Run,
    *,
    key: RunKey,
    outcome: Outcome,
    cut: Sequence[Interrupted] = (),
    later: Sequence[NewEvent] = (),
) -> UUID | None:
    """Writes how this attempt ended, after the outcomes that are not on disk yet; ``cut`` are the steps that were cut off."""
    why = engine.why.get(run.id, "cancel" if run.cancel_requested_at or outcome.status == "stopped" else "shutdown")
    if outcome.status == "interrupted" and why == "lease":
        return None
    end = EndRun(key, RunStatus.QUEUED, [*later], queue_key=run.queue_key)
    if outcome.status == "interrupted" and why == "shutdown":
        await engine.writer.submit(end)
        return None
    if outcome.status in ("interrupted", "stopped"):
        end.status, end.stop = RunStatus.CANCELLED, outcome.stop or run.stop or {}
        end.events += [
            *(NewEvent(EventType.STEP_CANCELLED, i.path, {"kind": i.kind, "partial": i.partial}) for i in cut),
            NewEvent(EventType.RUN_CANCELLED, "", {"while": [i.path for i in cut]}),
        ]
    elif outcome.status == "waiting":
        end.status, end.waiting_on = RunStatus.WAITING, outcome.waiting_on
        end.events.append(NewEvent(EventType.RUN_WAITING, "", outcome.waiting_on))
    elif outcome.status == "failed":
        end.status, end.error = RunStatus.FAILED, outcome.error
        end.events.append(NewEvent(EventType.RUN_FAILED, "", {"error": outcome.error}))
    else:
        end.status, end.output = RunStatus.SUCCEEDED, outcome.output
        end.events.append(NewEvent(EventType.RUN_SUCCEEDED, "", {"output": outcome.output}))
    following: UUID | None = await engine.writer.submit(end)
    return following


@cache
def get_engine() -> Engine:
    """The engine of this process, started on first use.

    What the process has loaded by then stays for good: kept out of the garbage collector's walks, which would stop every
    run for milliseconds to look at it again and again.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLD)
    engine = Engine(drive_run)
    ENGINE_LOOP.submit(engine.run_forever())
    return engine


def stop_engine(timeout_s: float = 5.0) -> None:
    """Lets go of every run of this process: each is queued again at its last finished step."""
    if get_engine.cache_info().currsize:
        ENGINE_LOOP.run(get_engine().stop(timeout_s), timeout_s + 2)
        get_engine.cache_clear()
