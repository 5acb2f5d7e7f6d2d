"""Sessions in memory on a script, and single turns that are crashed after every event of their journal."""

from __future__ import annotations

from functools import partial
from typing import Any

from agents.adapters.llm.providers import DefaultModel, Providers
from agents.adapters.llm.scripted import ScriptedModel, ScriptedReply
from agents.core.llm.port import ChatModel
from agents.core.runtime.memory import MemoryJournal, SystemClock
from journeys.core.declare.session import InMemorySession
from journeys.core.engine.detecting import RECALL
from journeys.core.engine.state import JourneyState, first_state
from journeys.core.engine.turn import COMMIT, LOAD, run_turn
from journeys.core.hooks.registry import HookRegistry
from journeys.core.spec import JourneySpec
from tests.agents.strategies.resume import Scene


def talk(spec: JourneySpec, *replies: dict[str, Any]) -> tuple[InMemorySession, ScriptedModel]:
    model = ScriptedModel([ScriptedReply.model_validate(r) for r in replies])
    instance: ChatModel = model
    return InMemorySession(spec, models=Providers({}, DefaultModel("scripted", "x"), {"scripted": instance})), model


def scene(
    spec: JourneySpec,
    *replies: dict[str, Any],
    text: str = "hello",
    state: JourneyState | None = None,
    hooks: HookRegistry | None = None,
    **more: Any,
) -> Scene:
    """One turn of ``spec`` from ``state``: what is committed is its output."""
    begun = (state or first_state(spec)).to_json()
    loaded = {"turn": 1, "text": text, "history": [], "state": begun}
    local = {LOAD: lambda data: loaded, RECALL: lambda data: None, COMMIT: lambda data: {"seq": 2}}
    journal = partial(MemoryJournal, SystemClock(), local)
    inputs = {"session": "s", "message_seq": 1, "text": text}
    return Scene(spec, inputs, replies, runner=partial(run_turn, registry=hooks), journal=journal, **more)
