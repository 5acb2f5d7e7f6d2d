"""The promise of preflight: a journey without errors never fails on the shape of what goes in or comes out of a turn."""

from __future__ import annotations

import random
from typing import Any

import pytest

from agents.core.spec.signature import SignatureSpec
from agents.core.spec.types import OptionalType
from journeys.core.engine.events import AgentAnswered, CommitTurn, FailPathway, IntentDetected, MessageReceived, RunAgent
from journeys.core.engine.intents import Classification
from journeys.core.engine.machine import step
from journeys.core.engine.state import JourneyState, first_state
from journeys.core.errors import InvalidOutputs, MergeFailed, MissingInput
from journeys.core.preflight.check import check_journey
from journeys.core.spec import JourneySpec
from tests.journeys.preflight.drafts import field, intent, signature, some
from tests.journeys.specs import turn

NAMES = ("age", "slot", "tags", "note")
RULES = {"age": ("replace", "max", "sum"), "tags": ("union", "append"), "note": ("replace", "append"), "slot": ("replace",)}


def random_field(rng: random.Random, name: str) -> dict[str, Any]:
    kind = rng.choice(("str", "int")) if rng.random() < 0.2 else {"age": "int", "tags": "list"}.get(name, "str")
    made = some(name) if kind == "list" else field(name, kind)
    return {**made, "required": False, "default": None} if rng.random() < 0.2 else made


def random_draft(rng: random.Random) -> dict[str, Any]:
    ids = ["one", "two", "three"][: rng.randint(2, 3)]
    pathways = []
    for n, name in enumerate(ids):
        outputs = [random_field(rng, f) for f in NAMES if rng.random() < 0.5]
        taken = {o["name"] for o in outputs}
        inputs = tuple(random_field(rng, f) for f in NAMES if f not in taken and n and rng.random() < 0.35)
        kept = [o["name"] for o in outputs if rng.random() < 0.8]
        made: dict[str, Any] = {"id": name, "signature": signature(*outputs, inputs=inputs), "accumulate": kept}
        made["merge"] = {f: rng.choice(RULES[f]) for f in kept if rng.random() < 0.4}
        made["next"] = ids[n + 1] if n + 1 < len(ids) else "end"
        if kept and rng.random() < 0.3:
            made["complete_when"] = [rng.choice(kept)]
        if inputs and rng.random() < 0.3:
            made["bindings"] = {inputs[0]["name"]: rng.choice(NAMES)}
        pathways.append(made)
    transitions = [{"id": "ask", "to_pathway": rng.choice(ids), "trigger": intent("ask")}] if rng.random() < 0.4 else []
    return {"name": "Any", "entry": "one", "pathways": pathways, "transitions": transitions}


def random_outputs(rng: random.Random, sig: SignatureSpec) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for f in sig.outputs:
        bare = f.type.of if isinstance(f.type, OptionalType) else f.type
        if not f.required and rng.random() < 0.5:
            made[f.name] = None
        else:
            made[f.name] = {"str": rng.choice(("", "a")), "int": rng.randint(0, 3), "list": rng.choice(([], ["x"]))}[bare.kind]
    return made


def talk(spec: JourneySpec, rng: random.Random, turns: int = 6) -> str:
    """The name of the fault of shape that a conversation ran into; empty when it went well."""
    state: JourneyState = first_state(spec)
    for number in range(1, turns + 1):
        if state.ended:
            return ""
        try:
            current, (effect,) = step(spec, turn(state, number=number), MessageReceived())
            while not isinstance(effect, CommitTurn):
                if isinstance(effect, RunAgent):
                    answer = AgentAnswered(random_outputs(rng, effect.agent.signature))  # type: ignore[arg-type]
                    current, (effect,) = step(spec, current, answer)
                elif isinstance(effect, FailPathway):
                    return repr(effect)
                else:
                    heard = Classification(rng.choice(("ask", "none")), 1.0)
                    current, (effect,) = step(spec, current, IntentDetected(heard))
        except (MissingInput, MergeFailed, InvalidOutputs) as fault:
            return f"{type(fault).__name__}: {fault}"
        state = effect.state
    return ""


@pytest.mark.slow
def test_no_journey_without_errors_fails_on_shape_and_those_with_errors_do() -> None:
    rng = random.Random(4)
    sound = failed = 0
    for _ in range(400):
        draft = random_draft(rng)
        report = check_journey(draft)
        if {f.code for f in report.errors} - {"unbound_input", "input_type", "merge_type"}:
            continue
        spec = JourneySpec.model_validate(draft)
        faults = [fault for _ in range(8) if (fault := talk(spec, rng))]
        if report.errors:
            failed += bool(faults)
        else:
            sound += 1
            assert faults == [], draft
    assert sound > 60
    assert failed > 40
