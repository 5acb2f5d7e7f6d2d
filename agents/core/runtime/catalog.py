"""Which function runs which kind of spec. One line a kind."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import cast

from agents.core.runtime.outcome import Runner

RUNNERS: dict[str, str] = {
    "agent": "agents.core.strategies:run_agent_spec",
    "pipeline": "agents.core.pipelines:run_pipeline_spec",
    "tool": "agents.core.tools.call_run:run_tool_call",
    "journey": "journeys.core.engine.turn:run_turn",
    "journey_tests": "journeys.core.testing.suite:run_suite",
    "intent_lab": "journeys.core.lab.runner:run_lab",
}


@cache
def get_runner(kind: str) -> Runner:
    """The run function of ``kind``; ``KeyError`` lists the kinds."""
    if kind not in RUNNERS:
        raise KeyError(f"nothing runs the kind {kind!r}; the kinds are: {', '.join(sorted(RUNNERS))}")
    module, _, name = RUNNERS[kind].partition(":")
    return cast(Runner, getattr(import_module(module), name))
