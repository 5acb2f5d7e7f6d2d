"""Transitions as Python source: the word of each trigger, of each update, and what differs from the defaults."""

from __future__ import annotations

from typing import Any

from agents.core.spec.layout import literal
from agents.core.spec.printing import Printer
from journeys.core.names import ANYWHERE, END
from journeys.core.spec import ContextUpdateSpec, TransitionSpec

_TRIGGERS = {
    "intent": "IntentTrigger",
    "condition": "ConditionTrigger",
    "always": "AlwaysTrigger",
    "event": "EventTrigger",
}
_FIRST = {"intent": "intents", "condition": "expression", "event": "event"}


def print_transition(printer: Printer, transition: TransitionSpec) -> str:
    """A call of ``Transition`` that compiles to ``transition``; its id is always stated, so that it survives a move."""
    args = [f"id={transition.id!r}"] if transition.id else []
    if transition.label:
        args.append(f"label={transition.label!r}")
    args.append(f"trigger={_trigger(printer, transition.trigger)}")
    args.append(f"to_pathway={None if transition.to_pathway == END else transition.to_pathway!r}")
    sources = transition.from_pathways
    if sources != (ANYWHERE,):
        args.append(f"from_pathway={literal(sources[0] if len(sources) == 1 else sources)}")
    if transition.priority:
        args.append(f"priority={transition.priority!r}")
    if not transition.push:
        args.append("push=False")
    if transition.guard:
        args.append(f"guard={transition.guard!r}")
    if transition.context_update:
        updates = ", ".join(_update(printer, update) for update in transition.context_update)
        args.append(f"context_update=[{updates}]")
    return f"{printer.use('Transition')}({', '.join(args)})"


def _trigger(printer: Printer, trigger: Any) -> str:
    first = _FIRST.get(trigger.kind)
    args = [literal(getattr(trigger, first))] if first else []
    for name, info in type(trigger).model_fields.items():
        value = getattr(trigger, name)
        if name not in ("kind", first) and value != info.default:
            args.append(f"{name}={literal(value)}")
    return f"{printer.use(_TRIGGERS[trigger.kind])}({', '.join(args)})"


def _update(printer: Printer, update: ContextUpdateSpec) -> str:
    """The word of an update; what has parts that its word does not take is written as its spec."""
    field, value, source = repr(update.field), literal(update.value), repr(update.source)
    match update.op:
        case "set" if not update.source:
            return f"{printer.use('Set')}({field}, {value})"
        case "copy" if update.value is None and update.source:
            return f"{printer.use('Copy')}({field}, {source})"
        case "append" if not update.source:
            return f"{printer.use('Append')}({field}, {value})"
        case "append" if update.value is None:
            return f"{printer.use('Append')}({field}, source={source})"
        case "remove" if update.value is None and not update.source:
            return f"{printer.use('Remove')}({field})"
    return printer.call(update)
