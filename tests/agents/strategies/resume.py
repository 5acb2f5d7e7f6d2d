"""Plays a run over a script in memory, then crashes it after every event of its journal and lets it go on.

``play`` is one run; ``assert_resumes_everywhere`` proves that a run that was cut anywhere comes to the same end, that no step
that had ended is asked again, and that a replay of the whole asks nobody.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from agents.adapters.llm.providers import DefaultModel, Providers
from agents.adapters.llm.scripted import NOTICE, ScriptedModel
from agents.core.llm.port import (
    Capabilities,
    ChatModel,
    ChatReply,
    ChatRequest,
    Delta,
    ModelError,
    Transcript,
    TranscriptionRequest,
)
from agents.core.media.hearing import transcription_data
from agents.core.runtime.calls import request_data
from agents.core.runtime.events import Event, EventType, NewEvent
from agents.core.runtime.memory import CatalogTools, MemoryJournal, memory_ports, run_in_memory
from agents.core.runtime.outcome import Outcome, Runner
from agents.core.runtime.ports import Ports, Tool
from agents.core.spec.agent import ModelSpec
from agents.core.spec.pipeline import agents_in
from agents.core.strategies import run_agent_spec

ENDS = (EventType.STEP_FINISHED, EventType.STEP_FAILED)


@dataclass(frozen=True)
class Scene:
    """What runs (an agent, unless ``runner`` runs another kind of spec), its inputs and a script.

    ``decisions``: what people decide, by the path of the step that waits.

    ``ports``: further ports, such as ``workspace``. A decision is an event type and its payload.
    """

    spec: Any
    inputs: dict[str, Any]
    replies: Sequence[dict[str, Any]]
    tools: Mapping[str, Tool] = field(default_factory=dict)
    decisions: Mapping[str, tuple[EventType, dict[str, Any]]] = field(default_factory=dict)
    ports: Mapping[str, Any] = field(default_factory=dict)
    runner: Runner = run_agent_spec
    journal: Callable[[], MemoryJournal] | None = None


@dataclass(frozen=True)
class Played:
    outcome: Outcome
    events: tuple[Event, ...]
    requests: tuple[ChatRequest, ...]

    @property
    def output(self) -> dict[str, Any]:
        assert self.outcome.output is not None, self.outcome
        return self.outcome.output

    def prompts(self) -> list[str]:
        """Each request's messages as one text, in the order in which they were asked."""
        return ["\n\n".join(m.content for m in request.messages) for request in self.requests]

    def steps(self, kind: str = "") -> list[str]:
        """Paths of the steps that ended, in the order in which they were begun; of one ``kind``, or of all."""
        begun = [e.path for e in self.events if e.type is EventType.STEP_STARTED and kind in ("", e.payload["kind"])]
        return list(dict.fromkeys(begun))

    def calls(self) -> list[tuple[str, dict[str, Any]]]:
        """Tool calls in the order in which they were begun: name and arguments."""
        started = [e for e in self.events if e.type is EventType.STEP_STARTED and e.payload["kind"] == "tool"]
        return [(e.payload["request"]["tool"], e.payload["request"]["arguments"]) for e in started]


async def play(scene: Scene) -> Played:
    """One run to its end, decisions included."""
    model = ScriptedModel(scene.replies)
    outcome, events = await _run(scene, model, ())
    return Played(outcome, events, tuple(model.requests))


async def assert_resumes_everywhere(scene: Scene) -> Played:
    """The whole run, after it has been crashed behind each of its events and gone on each time."""
    whole = await play(scene)
    for cut in range(len(whole.events) + 1):
        kept = whole.events[:cut]
        rest = _Rest(whole.events, kept)
        outcome, events = await _run(scene, rest, kept)
        where = f"cut after event {cut} of {len(whole.events)}" + (f" ({kept[-1].type} {kept[-1].path})" if kept else "")
        assert not rest.surprises, f"{where}: the model was asked again or anew:\n{rest.surprises[0]}"
        assert outcome == whole.outcome, where
        _assert_nothing_twice(kept, events, where)
        assert _ended(events) == _ended(whole.events), where
    return whole


async def _run(scene: Scene, model: ChatModel, kept: Sequence[Event]) -> tuple[Outcome, tuple[Event, ...]]:
    names = {"scripted", *_providers_of(scene.spec)} - {"default"}
    models = Providers({}, DefaultModel("scripted"), {str(name).partition(":")[0]: model for name in names})
    ports: Ports = replace(memory_ports(models=models, tools=CatalogTools(dict(scene.tools))), **scene.ports)
    if scene.journal is not None:
        ports = replace(ports, journal=scene.journal())
    assert isinstance(ports.journal, MemoryJournal)
    ports.journal.events.extend(kept)
    while True:
        outcome = await asyncio.wait_for(run_in_memory(scene.runner, scene.spec, scene.inputs, ports, "run"), 20)
        path = outcome.waiting_on.get("path", "")
        if path not in scene.decisions:
            return outcome, tuple(ports.journal.events)
        kind, payload = scene.decisions[path]
        await ports.journal.append(NewEvent(kind, path, payload))


def _providers_of(spec: Any) -> set[str]:
    return {name for _, agent in agents_in(spec) for name in (agent.model.provider, *agent.strategy_params.get("models", ()))}


def _assert_nothing_twice(kept: Sequence[Event], events: Sequence[Event], where: str) -> None:
    done = {e.path for e in kept if e.type in ENDS}
    begun = Counter(e.path for e in events[len(kept) :] if e.type is EventType.STEP_STARTED)
    assert not done & set(begun), f"{where}: steps that had ended were begun again"
    assert set(begun.values()) <= {1}, f"{where}: a step was begun twice"
    asked = Counter(e.path for e in events if e.type in (EventType.APPROVAL_REQUESTED, EventType.QUESTION_ASKED))
    assert set(asked.values()) <= {1}, f"{where}: a person was asked twice"


def _ended(events: Sequence[Event]) -> dict[str, str]:
    """Every step that ended with what it came to, whatever the order and the time."""
    return {
        e.path: json.dumps([e.type, e.payload.get("result"), e.payload.get("error")], sort_keys=True)
        for e in events
        if e.type in ENDS
    }


class _Rest:
    """The replies that the kept events do not hold, each given once to exactly its own request."""

    name = "scripted"

    def __init__(self, events: Sequence[Event], kept: Sequence[Event]):
        done = {e.path for e in kept if e.type in ENDS}
        asked = {
            e.path: e.payload["request"] for e in events if e.type is EventType.STEP_STARTED and e.payload["kind"] == "model"
        }
        self.left = [(_key(asked[e.path]), e) for e in events if e.type in ENDS and e.path in asked and e.path not in done]
        self.surprises: list[str] = []

    def capabilities(self, model: ModelSpec) -> Capabilities:
        return Capabilities(json_schema="strict", is_ai=False, notice=NOTICE)

    def worst_case_microusd(self, request: ChatRequest) -> int | None:
        return 0

    def worst_case_of_speech_microusd(self, request: TranscriptionRequest) -> int | None:
        return 0

    async def transcribe(self, request: TranscriptionRequest) -> Transcript:
        told = self._take(transcription_data(request))
        return Transcript.model_validate({key: value for key, value in told.items() if key != "content"})

    async def complete(self, request: ChatRequest) -> ChatReply:
        return ChatReply.model_validate(self._take(request_data(request)))

    def _take(self, data: dict[str, Any]) -> dict[str, Any]:
        key = _key(data)
        found = next((n for n, (other, _) in enumerate(self.left) if other == key), None)
        if found is None:
            self.surprises.append(key)
            raise ModelError("this was asked before, or never in the whole run", code="rejected")
        event = self.left.pop(found)[1]
        if event.type is EventType.STEP_FAILED:
            error = event.payload["error"]
            raise ModelError(error["message"], code=error["code"], partial=event.payload.get("partial", ""))
        result: dict[str, Any] = event.payload["result"]
        return result

    async def stream(self, request: ChatRequest) -> AsyncIterator[Delta]:
        yield Delta(reply=await self.complete(request))


def _key(request: dict[str, Any]) -> str:
    """What was asked, whichever model: the recorded request names the declared one, the provider's the real one."""
    model = {k: v for k, v in request["model"].items() if k not in ("provider", "model")}
    return json.dumps({**request, "model": model}, sort_keys=True, ensure_ascii=False)
