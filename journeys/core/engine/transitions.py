"""Transitions of every kind: which may leave the current pathway, which of them fires, and what taking one does.

They are asked by priority, equal ones in declared order, at three moments: at the person's ``message`` (intents, conditions,
always), after the pathway's ``answer`` (tool results, conditions, always), and when something ``happened`` (time-out, error,
inactivity). A turn takes at most one at each moment, so that transitions never run into each other endlessly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from agents.core.spec.types import TypeSpec
from journeys.core.engine.barring import unless_barred
from journeys.core.engine.events import Considered, Happened, Turn
from journeys.core.engine.known import known_types, known_values
from journeys.core.engine.returns import enter
from journeys.core.engine.state import JourneyState
from journeys.core.engine.updates import update_context
from journeys.core.expressions import Verdict, holds
from journeys.core.names import ANYWHERE
from journeys.core.spec import (
    AlwaysTriggerSpec,
    ConditionTriggerSpec,
    EventTriggerSpec,
    IntentTriggerSpec,
    JourneySpec,
    TransitionSpec,
)

Fires = Callable[[TransitionSpec], Verdict | None]  # None: this transition has no business at this moment


@dataclass(frozen=True, slots=True)
class Survey:
    """What a message may lead to: ``options`` need to know its intent, ``certain`` fires if none of these does."""

    options: tuple[TransitionSpec, ...]
    certain: TransitionSpec | None
    why: str
    considered: tuple[Considered, ...]


def leaving(spec: JourneySpec, state: JourneyState) -> tuple[TransitionSpec, ...]:
    """The transitions that may leave the current pathway, the highest priority first; none leads back to it."""
    here = state.pathway
    fitting = [t for t in spec.transitions if t.to_pathway != here and (ANYWHERE in t.from_pathways or here in t.from_pathways)]
    return tuple(sorted(fitting, key=lambda t: -t.priority))


def applicable(spec: JourneySpec, state: JourneyState) -> tuple[TransitionSpec, ...]:
    """The intent transitions among ``leaving``, whatever their guards say."""
    return tuple(t for t in leaving(spec, state) if isinstance(t.trigger, IntentTriggerSpec))


def survey(spec: JourneySpec, turn: Turn) -> Survey:
    """Looks at a message before its intent is known. Intents that come after a transition that fires anyway are not asked."""
    options: list[TransitionSpec] = []
    lost: list[Considered] = []
    for transition in leaving(spec, turn.state):
        trigger = transition.trigger
        if not isinstance(trigger, IntentTriggerSpec) and getattr(trigger, "on", "") != "message":
            continue
        verdict = _guarded(spec, turn, transition, Verdict(True) if isinstance(trigger, IntentTriggerSpec) else None)
        if not verdict.holds:
            lost.append(_card(transition, False, verdict.why))
        elif isinstance(trigger, IntentTriggerSpec):
            options.append(transition)
        else:
            return Survey(tuple(options), transition, verdict.why, tuple(lost))
    return Survey(tuple(options), None, "", tuple(lost))


def after_answer(spec: JourneySpec, turn: Turn) -> Turn:
    """The turn after its pathway answered and its outputs entered the context: with a move, when a transition fired.

    Such a move stands in place of the pathway's own return or ``next``, and the new pathway waits for the next message.
    """

    def fires(transition: TransitionSpec) -> Verdict | None:
        trigger = transition.trigger
        if isinstance(trigger, EventTriggerSpec) and trigger.event == "tool_result":
            told = f"the tool {trigger.tool!r} has" if trigger.tool else "no tool has"
            answered = trigger.tool in turn.tools if trigger.tool else bool(turn.tools)
            return Verdict(
                answered, f"{told} {'answered' if answered else 'not answered'}" if trigger.tool else f"{told} answered"
            )
        if getattr(trigger, "on", "") == "answer":
            return _condition(spec, turn, transition)
        return None

    return _first(spec, turn, fires)


def on_event(spec: JourneySpec, turn: Turn, event: Happened) -> Turn:
    """The turn after ``event``: with a move, when a transition listens to it."""

    def fires(transition: TransitionSpec) -> Verdict | None:
        trigger = transition.trigger
        if not isinstance(trigger, EventTriggerSpec) or trigger.event != event.event:
            return None
        if event.transition and transition.id != event.transition:
            return None
        if trigger.code and trigger.code != event.code:
            return Verdict(False, f"it waits for the error {trigger.code!r}, this one is {event.code!r}")
        if trigger.after_s is not None and event.after_s < trigger.after_s:
            return Verdict(False, f"it waits for {trigger.after_s:g} s, only {event.after_s:g} s have passed")
        return Verdict(True, event.told)

    return _first(spec, turn, fires)


def take(spec: JourneySpec, turn: Turn, transition: TransitionSpec, why: str) -> Turn:
    """Takes ``transition``: the move, then its context updates. A stack that is full refuses and changes nothing else.

    Raises ``ContextTooLarge``, and then nothing has changed.
    """
    context = update_context(spec, turn.state.context, transition.context_update, values_of(spec, turn))
    state, move = enter(
        spec, turn.state, transition.to_pathway, kind="transition", push=transition.push, why=why, transition=transition.id
    )
    state, move = unless_barred(turn, state, move)
    if move.kind != "refused":
        fresh = [n for n in context if n not in state.context or state.context[n] is not context[n]]
        marks = {n: mark for n, mark in state.changed.items() if n in context}
        state = replace(state, context=context, changed={**marks, **dict.fromkeys(fresh, turn.number)})
    card = _card(transition, move.kind != "refused", move.why)
    return replace(turn, state=state, moves=(*turn.moves, move), considered=(*turn.considered, card))


def lost(transition: TransitionSpec, why: str, confidence: float | None = None) -> Considered:
    """The card of a transition that was looked at and not taken."""
    return replace(_card(transition, False, why), confidence=confidence)


def _first(spec: JourneySpec, turn: Turn, fires: Fires) -> Turn:
    """Takes the first transition that fires and whose guard lets it; one that a full stack refuses ends the search too."""
    for transition in leaving(spec, turn.state):
        verdict = fires(transition)
        if verdict is None:
            continue
        if verdict.holds and transition.guard:
            guard = _holds(spec, turn, transition.guard)
            verdict = verdict if guard.holds else Verdict(False, f"its guard does not let it: {guard.why}")
        if verdict.holds:
            return take(spec, turn, transition, verdict.why)
        turn = replace(turn, considered=(*turn.considered, _card(transition, False, verdict.why)))
    return turn


def _guarded(spec: JourneySpec, turn: Turn, transition: TransitionSpec, given: Verdict | None) -> Verdict:
    guard = _holds(spec, turn, transition.guard)
    if not guard.holds:
        return Verdict(False, f"its guard does not let it: {guard.why}")
    return given or _condition(spec, turn, transition)


def _condition(spec: JourneySpec, turn: Turn, transition: TransitionSpec) -> Verdict:
    trigger = transition.trigger
    if isinstance(trigger, ConditionTriggerSpec):
        verdict = _holds(spec, turn, trigger.expression)
        return Verdict(True, trigger.description or f"{trigger.expression} is true") if verdict.holds else verdict
    if isinstance(trigger, AlwaysTriggerSpec):
        return Verdict(True, trigger.description or "it is always taken")
    return Verdict(False, f"a trigger of the kind {trigger.kind!r} has no condition")


def _holds(spec: JourneySpec, turn: Turn, expression: str) -> Verdict:
    return holds(expression, values_of(spec, turn), types_of(spec, turn)) if expression else Verdict(True)


def values_of(spec: JourneySpec, turn: Turn, outputs: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What expressions may name at this point of the turn; ``outputs`` stand in place of the turn's own."""
    return known_values(
        spec,
        context=turn.state.context,
        outputs=turn.outputs if outputs is None else outputs,
        user=turn.user,
        message=turn.message,
        turn=turn.number,
        pathway=turn.state.pathway,
    )


def types_of(spec: JourneySpec, turn: Turn) -> Mapping[str, TypeSpec]:
    """The types of ``values_of``."""
    return known_types(spec, [turn.ran] if turn.ran else [])


def _card(transition: TransitionSpec, taken: bool, why: str) -> Considered:
    return Considered(transition.id, transition.trigger.kind, transition.to_pathway, taken, why)
