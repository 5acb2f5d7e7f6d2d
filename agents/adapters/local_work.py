"""Local work: named functions that change the database in the journal's own transaction. One line a function."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any

from agents.core.runtime.ports import LocalWork

AfterCommit = Callable[[Callable[[], None]], None]
LocalFunction = Callable[[dict[str, Any], str, AfterCommit], Any]

LOCAL_WORK: dict[str, str] = {
    "agents.start_child": "agents.adapters.children:start_child",
    "journeys.load_turn": "journeys.adapters.turn:load_turn",
    "journeys.recall_intent": "journeys.adapters.intents:recall_intent",
    "journeys.commit_turn": "journeys.adapters.turn:commit_turn",
    "journeys.record_result": "journeys.adapters.testing:record_result",
    "journeys.record_lab": "journeys.adapters.testing:record_lab",
    "gallery.find_doctors": "journeys.adapters.referral:find_doctors",
    "gallery.book_appointment": "journeys.adapters.referral:book_appointment",
}


@cache
def _function(name: str) -> LocalFunction:
    if name not in LOCAL_WORK:
        raise KeyError(f"there is no local work {name!r}; there is: {', '.join(sorted(LOCAL_WORK))}")
    module, _, attribute = LOCAL_WORK[name].partition(":")
    function: LocalFunction = getattr(import_module(module), attribute)
    return function


def do_local_work(work: LocalWork, run_id: str, after_commit: AfterCommit) -> Any:
    """Runs the function of ``work.name`` as ``function(data, run_id, after_commit)`` inside the current transaction."""
    return _function(work.name)(work.data, run_id, after_commit)
