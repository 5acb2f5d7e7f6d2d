"""The first half of a turn: is the session open, what does the message mean, which transition is taken, and who answers."""

from __future__ import annotations

from dataclasses import replace

from journeys.core.engine.answering import ask_first
from journeys.core.engine.barring import is_barred, unless_barred
from journeys.core.engine.context import check_size
from journeys.core.engine.deciding import Decision, decide
from journeys.core.engine.events import Considered, Detect, Detected, DetectIntent, Effect, Happened, IntentDetected, Turn
from journeys.core.engine.intents import HISTORY_SEEN, Choices, detector, question
from journeys.core.engine.returns import enter
from journeys.core.engine.summary import commit
from journeys.core.engine.transitions import leaving, lost, on_event, survey, take
from journeys.core.errors import JourneyEnded
from journeys.core.names import END
from journeys.core.patterns import cancel, clarify, correction
from journeys.core.patterns.phrases import CANCEL, CORRECTION, HAND_OVER, pattern_intents
from journeys.core.spec import JourneySpec, TransitionSpec

DEFAULT_END = "This conversation has ended. Start a new one whenever you like."
Went = tuple[Turn, tuple[Effect, ...]]


def begin(spec: JourneySpec, turn: Turn) -> Went:
    """A message is to be answered: it may answer a question that waits, else its intent is asked for, if that matters."""
    turn = _open(turn)
    if turn.state.pending.get("kind") == clarify.CLARIFY:
        return _clarified(spec, turn)
    if turn.state.pending.get("kind") == cancel.CANCEL_QUESTION:
        values = {"message": turn.message, "question": spec.patterns.cancel.question}
        return turn, (Detect(cancel.NAME, cancel.detector(spec), values),)
    return look(spec, turn)


def look(spec: JourneySpec, turn: Turn) -> Went:
    """Which intents the message may have. No model is asked when no intent could change what happens."""
    found = survey(spec, turn)
    turn = replace(turn, options=found.options, certain=found.certain, considered=(*turn.considered, *found.considered))
    choices = choices_of(spec, turn)
    needless = not choices or (found.certain and not (choices.transitions or choices.patterns))
    if needless:
        return _without_intent(spec, turn)
    values = question(spec, turn.state, choices, turn.message, turn.history)
    return turn, (DetectIntent(detector(spec, choices), values, keep_s=spec.intent_cache_s),)


def route(spec: JourneySpec, turn: Turn, event: IntentDetected) -> Went:
    """The message's intent is known."""
    asked_before = bool(turn.clarifying)
    rule = None if asked_before else spec.patterns.clarify
    decision = decide(choices_of(spec, turn), event.classification, rule, cached=event.from_cache)
    cards = _lost_options(turn, decision)
    turn = replace(turn, decision=decision, considered=(*turn.considered, *cards))
    if decision.close:
        return _ask_back(spec, turn, decision)
    if asked_before and decision.chosen in {option["intent"] for option in turn.clarifying["options"]}:
        turn = replace(turn, message=f"{turn.clarifying['message']}\n\n{turn.message}")
    if decision.pattern:
        return follow_pattern(spec, turn, decision.pattern)
    if decision.transition:
        return _go(spec, _on_topic(turn), decision.transition, decision.why)
    return _without_intent(spec, turn)


def happened(spec: JourneySpec, turn: Turn, event: Happened) -> Went:
    """Something happened between two messages: a transition that listens is taken, else the turn ends without a word."""
    turn = on_event(spec, _open(turn), event)
    if any(move.kind != "refused" for move in turn.moves):
        return arrive(spec, replace(turn, state=replace(turn.state, pending={})))
    return turn, (commit(spec, turn, "", complete=False),)


def arrive(spec: JourneySpec, turn: Turn) -> Went:
    """After a move before the answer: the pathway where the turn stands now answers, and an ended journey says its end."""
    if turn.state.ended:
        return turn, (commit(spec, turn, spec.end_message or DEFAULT_END, complete=True),)
    return ask_first(spec, turn)


def follow_pattern(spec: JourneySpec, turn: Turn, name: str) -> Went:
    """The message means one of the conversation patterns."""
    turn = _on_topic(turn)
    if name == HAND_OVER:
        return hand_over(spec, turn, spec.patterns.hand_over.message)
    if name == CANCEL:
        return _asked_to_cancel(spec, turn) if spec.patterns.cancel.confirm else _cancel(spec, turn)
    if name == CORRECTION:
        values = correction.question(spec, turn.state, turn.message, turn.history, HISTORY_SEEN)
        return turn, (Detect(correction.NAME, correction.detector(spec, turn.state), values),)
    raise ValueError(f"no pattern {name!r}")


def detected(spec: JourneySpec, turn: Turn, event: Detected) -> Went:
    """The detector of a pattern has read the message: the answer to a question, or what is corrected."""
    if turn.state.pending.get("kind") == cancel.CANCEL_QUESTION:
        turn = replace(turn, state=replace(turn.state, pending={}))
        answer = event.outputs.get(cancel.ANSWER, cancel.OTHER)
        if answer == cancel.YES:
            return _cancel(spec, turn)
        return look(spec, turn) if answer == cancel.OTHER else ask_first(spec, turn)
    changed = correction.corrections(spec, turn.state, event.outputs)
    if not changed:
        return ask_first(spec, turn)
    context = {**turn.state.context, **changed}
    check_size(context, spec.max_context_bytes)
    state = replace(turn.state, context=context, changed={**turn.state.changed, **dict.fromkeys(changed, turn.number)})
    notes = {**turn.notes, "corrected": changed}
    said = (*turn.said, correction.reply(spec, changed))
    return ask_first(spec, replace(turn, state=state, notes=notes, said=said))


def _asked_to_cancel(spec: JourneySpec, turn: Turn) -> Went:
    turn = replace(turn, state=replace(turn.state, pending=cancel.pending_question(turn.number)))
    return turn, (commit(spec, turn, spec.patterns.cancel.question, complete=False, suggestions=["Yes", "No"]),)


def _cancel(spec: JourneySpec, turn: Turn) -> Went:
    state, move = cancel.give_up(spec, turn.state)
    if move is not None:
        state, move = unless_barred(turn, state, move)
        turn = replace(turn, moves=(*turn.moves, move))
        if is_barred(turn, move):
            return turn, (commit(spec, turn, move.why, complete=False),)
    turn = replace(turn, state=state, notes={**turn.notes, "cancelled": True})
    if spec.patterns.cancel.reply:
        return turn, (commit(spec, turn, spec.patterns.cancel.reply, complete=False),)
    return arrive(spec, turn)


def hand_over(spec: JourneySpec, turn: Turn, message: str) -> Went:
    """Says ``message`` and asks for a person: ``hand_over`` of the summary is true. The session stays where it stands."""
    turn = replace(turn, notes={**turn.notes, "hand_over": True})
    return turn, (commit(spec, turn, message, complete=False, suggestions=[]),)


def choices_of(spec: JourneySpec, turn: Turn) -> Choices:
    """Everything that the message of ``turn`` may mean."""
    fallback = spec.patterns.fallback
    nothing = not correction.correctable(spec, turn.state)
    patterns = tuple(p for p in pattern_intents(spec) if not (p.name == CORRECTION and nothing))
    return Choices(turn.options, patterns, fallback if fallback.enabled else None)


def _open(turn: Turn) -> Turn:
    if turn.state.ended:
        raise JourneyEnded("this session has ended and takes no further message; start a new one")
    return replace(turn, began_in=turn.state.pathway, before=turn.state)


def _without_intent(spec: JourneySpec, turn: Turn) -> Went:
    """No intent is acted upon: a transition that fires anyway, else the fallback or the present stage."""
    if turn.certain:
        why = survey(spec, turn).why
        return _go(spec, _on_topic(turn), turn.certain, why)
    if turn.decision and turn.decision.off_topic:
        return _off_topic(spec, turn)
    return ask_first(spec, _on_topic(turn))


def _go(spec: JourneySpec, turn: Turn, transition: TransitionSpec, why: str) -> Went:
    """A move that a hook vetoed is answered by its reason alone: the message was not meant for the present stage."""
    turn = take(spec, turn, transition, why)
    if is_barred(turn, turn.moves[-1]):
        return turn, (commit(spec, turn, turn.moves[-1].why, complete=False),)
    return arrive(spec, turn)


def _off_topic(spec: JourneySpec, turn: Turn) -> Went:
    """The fallback: its reply, and after so many in a row its pathway or a person."""
    fallback = spec.patterns.fallback
    count = turn.state.off_topic + 1
    turn = replace(turn, state=replace(turn.state, off_topic=count), notes={**turn.notes, "fallback": count})
    if count >= fallback.after and fallback.hand_over:
        return hand_over(spec, _on_topic(turn), spec.patterns.hand_over.message)
    if count >= fallback.after and fallback.pathway not in ("", turn.state.pathway):
        why = f"{count} messages in a row did not fit"
        state, move = enter(spec, turn.state, fallback.pathway, kind="transition", push=fallback.pathway != END, why=why)
        return arrive(spec, _on_topic(replace(turn, state=state, moves=(*turn.moves, move))))
    if fallback.reply:
        return turn, (commit(spec, turn, fallback.reply, complete=False),)
    return ask_first(spec, turn)


def _on_topic(turn: Turn) -> Turn:
    return replace(turn, state=replace(turn.state, off_topic=0)) if turn.state.off_topic else turn


def _ask_back(spec: JourneySpec, turn: Turn, decision: Decision) -> Went:
    pending = clarify.pending_question(turn.message, decision.close, turn.number)
    turn = replace(_on_topic(turn), state=replace(turn.state, pending=pending, off_topic=0))
    text = clarify.ask(spec, decision.close)
    labels = [option.label for option in decision.close]
    return turn, (commit(spec, turn, text, complete=False, suggestions=labels),)


def _clarified(spec: JourneySpec, turn: Turn) -> Went:
    """The message after a question back. One that answers it stands for the original message; any other is looked at anew."""
    pending = turn.state.pending
    turn = replace(turn, state=replace(turn.state, pending={}), notes={**turn.notes, "clarifies": pending["turn"]})
    option = clarify.choose(pending, turn.message)
    if option is not None:
        return _chosen(spec, replace(turn, message=pending["message"]), option)
    if clarify.rejects(turn.message):
        return ask_first(spec, replace(turn, message=pending["message"]))
    return look(spec, replace(turn, clarifying=pending))


def _chosen(spec: JourneySpec, turn: Turn, option: clarify.Option) -> Went:
    turn = replace(turn, notes={**turn.notes, "chosen": option.to_json()})
    if option.pattern:
        return follow_pattern(spec, turn, option.pattern)
    transition = next((t for t in leaving(spec, turn.state) if t.id == option.transition), None)
    if transition is None:
        return ask_first(spec, turn)
    return _go(spec, turn, transition, f"the person was asked and chose {option.label!r}")


def _lost_options(turn: Turn, decision: Decision) -> list[Considered]:
    """The cards of the intent transitions that were not taken, each once."""
    reasons = {candidate.transition: candidate for candidate in decision.candidates if candidate.transition}
    return [
        lost(transition, reasons[transition.id].why, reasons[transition.id].confidence)
        for transition in turn.options
        if transition.id in reasons and transition is not decision.transition
    ]
