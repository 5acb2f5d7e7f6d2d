"""The second half of a turn: the agents of the pathway that answers, what enters the context, what follows, the reply."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from agents.core.spec.agent import AgentSpec
from agents.core.spec.errors import InvalidValues
from agents.core.spec.pipeline import IN_ORDER, PipelineSpec, signature_of
from agents.core.spec.values import validate_outputs
from journeys.core.engine.barring import unless_barred
from journeys.core.engine.binding import bind_inputs
from journeys.core.engine.context import accumulate, is_present
from journeys.core.engine.events import Effect, FailPathway, RunAgent, RunPattern, Turn
from journeys.core.engine.pathways import pathway_agents, required_outputs
from journeys.core.engine.returns import leave
from journeys.core.engine.summary import commit
from journeys.core.engine.transitions import after_answer, types_of, values_of
from journeys.core.errors import InvalidOutputs, MissingInput
from journeys.core.expressions import explain, holds
from journeys.core.patterns.digression import resumed
from journeys.core.spec import JourneySpec, PathwaySpec


def ask_first(spec: JourneySpec, turn: Turn) -> tuple[Turn, tuple[Effect, ...]]:
    """The pathway where the turn stands is asked; inputs that cannot be bound are its first failure."""
    turn = replace(turn, ran=turn.state.pathway, asked=0, outputs={}, attempt=1, reason="")
    return ask_next(spec, turn)


def ask_next(spec: JourneySpec, turn: Turn) -> tuple[Turn, tuple[Effect, ...]]:
    pathway = spec.pathway(turn.ran)
    agents = pathway_agents(spec, pathway, *_lesson(turn))
    if turn.asked == len(agents):
        return _finish(spec, turn, pathway)
    if pathway.pipeline != IN_ORDER and pathway.agents:
        return replace(turn, asked=len(agents)), (RunPattern(pathway, tuple(agents)),)
    name, agent = agents[turn.asked]
    try:
        values = bind_member(spec, turn, name, agent, turn.outputs)
    except MissingInput as fault:
        return turn, (FailPathway(fault),)
    return replace(turn, asked=turn.asked + 1), (RunAgent(name, agent, values),)


def bind_member(
    spec: JourneySpec, turn: Turn, name: str, agent: AgentSpec | PipelineSpec, outputs: Mapping[str, Any]
) -> dict[str, Any]:
    """The inputs of one that answers in the pathway of ``turn``, after members that brought ``outputs``."""
    return bind_inputs(
        name,
        signature_of(agent),
        spec.pathway(turn.ran).bindings,
        message=turn.message,
        history=turn.history,
        context=turn.state.context,
        outputs={**turn.given, **outputs},
        user=turn.user,
        files=turn.files,
        calculate=lambda text: explain(text, values_of(spec, turn, outputs), types_of(spec, turn)),
    )


def is_complete(spec: JourneySpec, pathway: PathwaySpec, context: Mapping[str, Any], outputs: Mapping[str, Any]) -> bool:
    """Whether ``pathway`` has done its work.

    With ``complete_when``: every named value is true (not ``False``, ``0`` or empty); an accumulated field as the context
    has it after this turn, any other as this turn's outputs have it or else the context. Without: every field of
    ``accumulate`` is present in the context, whichever turn brought it; without these, every required output is present
    in this turn. Present: not ``None``, ``""``, ``[]`` or ``{}``. With ``complete_if``, that expression must be true besides,
    and alone it is all that counts.
    """
    if pathway.complete_when:
        known = {**context, **{name: value for name, value in outputs.items() if name not in pathway.accumulate}}
        return all(known.get(name) for name in pathway.complete_when)
    if pathway.complete_if:
        return True
    if pathway.accumulate:
        return all(is_present(context.get(name)) for name in pathway.accumulate)
    return all(is_present(outputs.get(name)) for name in required_outputs(spec, pathway))


def _finish(spec: JourneySpec, turn: Turn, pathway: PathwaySpec) -> tuple[Turn, tuple[Effect, ...]]:
    _check_outputs(pathway, turn.outputs)
    context, changed = accumulate(spec, pathway, turn.state.context, turn.outputs)
    marks = {**turn.state.changed, **dict.fromkeys(changed, turn.number)}
    state = replace(turn.state, context=context, changed=marks)
    complete = is_complete(spec, pathway, context, turn.outputs) and _says_so(spec, replace(turn, state=state), pathway)
    turn = after_answer(spec, replace(turn, state=state))
    if complete and turn.state.pathway == pathway.id and not turn.state.ended:
        state, move = leave(spec, turn.state, pathway)
        if move is not None:
            state, move = unless_barred(turn, state, move)
            turn = replace(turn, state=state, moves=(*turn.moves, move))
    return turn, (commit(spec, turn, _reply(spec, pathway, turn), complete=complete),)


def _lesson(turn: Turn) -> list[str]:
    """What another attempt is told of the one before it."""
    told = f"The last attempt at this could not be used: {turn.reason} Do it in a way that avoids this."
    return [told] if turn.reason else []


def _says_so(spec: JourneySpec, turn: Turn, pathway: PathwaySpec) -> bool:
    return holds(pathway.complete_if, values_of(spec, turn), types_of(spec, turn)).holds


def _check_outputs(pathway: PathwaySpec, outputs: Mapping[str, Any]) -> None:
    """A pathway that declares both a signature and agents holds them to it, as soon as its required outputs are all there."""
    signature = pathway.signature
    if signature is None or not pathway.agents or any(f.required and f.name not in outputs for f in signature.outputs):
        return
    try:
        validate_outputs(signature, {f.name: outputs[f.name] for f in signature.outputs if f.name in outputs})
    except InvalidValues as error:
        raise InvalidOutputs(f"pathway {pathway.id!r}: {error.message}", pathway=pathway.id) from None


def _reply(spec: JourneySpec, pathway: PathwaySpec, turn: Turn) -> str:
    """The declared response field, else ``response``, ``answer``, ``result``, else the first text; a refused move explains,
    and a return says where the conversation goes on."""
    names = (pathway.response_field, "response", "answer", "result", *turn.outputs)
    texts = (turn.outputs.get(name) for name in names)
    text = next((t for t in texts if isinstance(t, str) and t), "")
    refused = [m.why for m in turn.moves if m.kind == "refused"]
    back = [resumed(spec, m.target) for m in turn.moves if m.kind == "return"]
    return "\n\n".join(part for part in (text, *refused, *back) if part)
