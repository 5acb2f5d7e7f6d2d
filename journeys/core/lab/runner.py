"""Runs the laboratory: every utterance in every pathway, by the very detector that turns use. Owns no judgement."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from agents.core.runtime.context import RunContext
from agents.core.runtime.effects import Effect
from agents.core.runtime.errors import RuntimeFault
from agents.core.runtime.parallel import run_parallel
from agents.core.runtime.ports import LocalWork
from agents.core.strategies import run_agent
from journeys.core.engine.deciding import decide
from journeys.core.engine.intents import NONE, Choices, Classification, detector, labels, question
from journeys.core.engine.state import JourneyState
from journeys.core.engine.transitions import applicable
from journeys.core.lab.spec import Finding, LabSpec, Utterance
from journeys.core.spec import JourneySpec, TransitionSpec

RECORD = "journeys.record_lab"
AT_ONCE = 4
TELL_EVERY = 10


async def run_lab(ctx: RunContext, spec: LabSpec, inputs: dict[str, Any]) -> dict[str, Any]:
    """The runner of the laboratory. Inputs: ``{"lab": id}``; the output counts what was heard."""
    pairs = plan(spec)

    def branch(number: int, scope: RunContext, pathway: str, utterance: Utterance) -> Callable[[], Awaitable[Finding]]:
        async def hear() -> Finding:
            found = await _hear(scope, spec.journey, pathway, utterance)
            if number % TELL_EVERY == 0 or number == len(pairs):
                # By its place and not by the clock: a replay tells the same.
                await scope.report_progress(f"{number} of {len(pairs)}", round(100 * number / len(pairs), 1))
            return found

        return hear

    branches = [branch(number, ctx.child("utterance"), *pair) for number, pair in enumerate(pairs, 1)]
    findings = await run_parallel(branches, at_most=AT_ONCE)
    data = {"lab": str(inputs["lab"]), "findings": [f.model_dump(mode="json") for f in findings]}
    await ctx.step("record", kind="state", effect=Effect.LOCAL, request=data, local=LocalWork(RECORD, data))
    right = sum(f.taken == f.intent for f in findings)
    return {"heard": len(findings), "right": right}


def plan(spec: LabSpec) -> list[tuple[str, Utterance]]:
    """Which utterance is heard where: where its intent can be meant; one that means none, wherever any can."""
    found = []
    for pathway in spec.journey.pathways:
        known = labels(listening(spec.journey, pathway.id))
        if not known or (spec.pathways and pathway.id not in spec.pathways):
            continue
        found += [(pathway.id, u) for u in spec.utterances if u.intent in known or u.intent == NONE]
    return found


def listening(journey: JourneySpec, pathway: str) -> tuple[TransitionSpec, ...]:
    """The intent transitions that may fire from ``pathway``."""
    return applicable(journey, JourneyState(pathway=pathway))


async def _hear(ctx: RunContext, journey: JourneySpec, pathway: str, utterance: Utterance) -> Finding:
    state = JourneyState(pathway=pathway)
    choices = Choices(applicable(journey, state))
    before = [said.model_dump() for said in utterance.before]
    values = question(journey, state, choices, utterance.text, before)
    seen = {"pathway": pathway, "text": utterance.text, "intent": utterance.intent, "before": before}
    try:
        found = await run_agent(ctx, detector(journey, choices), values)
    except RuntimeFault as fault:
        return Finding.model_validate({**seen, "error": f"{fault.code}: {fault}"})
    said = Classification.from_outputs(found)
    taken = said.intent if decide(choices, said).transition is not None else NONE
    more = {"found": said.intent, "confidence": said.confidence, "evidence": said.evidence, "taken": taken}
    return Finding.model_validate({**seen, **more})
