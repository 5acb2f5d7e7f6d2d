"""From a run function to how the run ended: the one place that turns exceptions of a run into its outcome."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from agents.core.runtime.chain import Door
from agents.core.runtime.context import RunContext
from agents.core.runtime.errors import LeaseLost, RuntimeFault, Stopped, Suspended

Runner = Callable[[RunContext, Any, dict[str, Any]], Awaitable[dict[str, Any]]]
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run function ended this time. ``interrupted``: cut off from outside, nothing decided; ``stopped``: at the door,
    because ``stop`` asked for it (see ``StopRequest.as_data``)."""

    status: Literal["succeeded", "failed", "waiting", "interrupted", "stopped"]
    output: dict[str, Any] | None = None
    error: dict[str, Any] = field(default_factory=dict)
    waiting_on: dict[str, Any] = field(default_factory=dict)
    stop: dict[str, Any] = field(default_factory=dict)


async def run_to_outcome(door: Door, run_id: str, runner: Runner, spec: Any, inputs: dict[str, Any]) -> Outcome:
    """Calls the run function once over ``door``. ``LeaseLost`` and faults of the infrastructure pass through."""
    try:
        output = await runner(door.context(run_id), spec, inputs)
    except (Suspended, Stopped) as signal:
        if isinstance(signal, Suspended) and door.stop is None:  # what nobody wants to go on waits for nobody
            return Outcome("waiting", waiting_on=signal.waiting_on)
        return Outcome("stopped", stop=door.stop.as_data() if door.stop else {})
    except asyncio.CancelledError:
        return Outcome("interrupted", stop=door.stop.as_data() if door.stop else {})
    except RuntimeFault as fault:
        details = {"details": fault.details} if fault.details else {}
        return Outcome("failed", error={"code": fault.code, "message": str(fault), **details})
    except LeaseLost:
        raise
    except door.ports.journal.faults:
        raise
    except Exception as bug:
        log.exception("run %s failed by a fault of its code", run_id)
        return Outcome("failed", error={"code": "internal", "message": f"{type(bug).__name__}: {bug}"})
    return Outcome("succeeded", output=output)
