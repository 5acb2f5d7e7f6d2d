"""The stack of suspended pathways: entering, returning, ending. Pure; every move explains itself.

A pathway is on the stack at most once: entering one that is suspended unwinds to it. So the stack is never longer than
the journey has pathways. A full stack refuses a further detour, unless nothing can come back to what is suspended: then that
is forgotten. So a session cannot be stuck.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from journeys.core.engine.state import JourneyState
from journeys.core.names import END
from journeys.core.spec import JourneySpec, PathwaySpec


@dataclass(frozen=True, slots=True)
class Move:
    """One change of pathway within a turn, or one that was ``refused``; ``why`` is a sentence for people.

    ``transition`` is the id of the transition that made it; empty for ``next``, returns and ends of their own.
    """

    kind: Literal["transition", "next", "return", "end", "error", "cancel", "refused"]
    source: str
    target: str
    why: str
    transition: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def enter(
    spec: JourneySpec,
    state: JourneyState,
    target: str,
    *,
    kind: Literal["transition", "next", "error", "cancel"],
    push: bool,
    why: str,
    transition: str = "",
) -> tuple[JourneyState, Move]:
    """Goes to ``target``; ``push`` suspends the pathway that is left. A stack that is full refuses and stays."""
    move = Move(kind, state.pathway, target, why, transition)
    if target == END:
        return end(state, why, transition)
    if target in state.stack:
        return _unwind(state, target), move
    if not push:
        return replace(state, pathway=target), move
    behaviour = spec.pathway(target).return_behavior
    limit = min(spec.max_depth, behaviour.max_depth) if behaviour else spec.max_depth
    if len(state.stack) >= limit and not _returns_somewhen(spec, state.pathway):
        state = replace(state, stack=(), kept={})
    if len(state.stack) >= limit:
        return state, replace(move, kind="refused", why=_too_deep(spec, state, target, limit))
    kept = dict(state.kept)
    if behaviour and not behaviour.preserve_context:
        kept[state.pathway] = dict(state.context)
    entered = replace(state, pathway=target, stack=(*state.stack, state.pathway), kept=kept)
    return entered, move


def leave(spec: JourneySpec, state: JourneyState, ran: PathwaySpec) -> tuple[JourneyState, Move | None]:
    """What follows when ``ran``, the current pathway, is complete: its return, else its ``next``, else it stays."""
    behaviour = ran.return_behavior
    title = _title(ran)
    if behaviour and behaviour.kind == "specific":
        return _go_back(state, behaviour.target, behaviour.preserve_context, f"{title} returns to {behaviour.target!r}")
    if behaviour and behaviour.kind == "entry":
        why = f"{title} returns to where the conversation began"
        back, move = _go_back(state, spec.entry, behaviour.preserve_context, why)
        return (replace(back, stack=(), kept={}) if move else back), move
    if behaviour and state.stack:
        return _go_back(state, state.stack[-1], behaviour.preserve_context, f"{title} returns to what it interrupted")
    if ran.next:
        return enter(spec, state, ran.next, kind="next", push=False, why=f"{title} is complete")
    return state, None


def end(state: JourneyState, why: str, transition: str = "") -> tuple[JourneyState, Move]:
    """Ends the journey; the pathway stays as the last one and nothing is suspended or asked any more."""
    ended = replace(state, stack=(), kept={}, pending={}, ended=True)
    return ended, Move("end", state.pathway, END, why, transition)


def _go_back(state: JourneyState, target: str, preserve: bool, why: str) -> tuple[JourneyState, Move | None]:
    """Back to ``target`` with a shorter stack: one that is suspended takes everything above it along, any other stands in
    place of what the detour interrupted."""
    if target == state.pathway:
        return state, None
    move = Move("return", state.pathway, target, why)
    interrupted = target if target in state.stack else state.stack[-1] if state.stack else ""
    back = replace(_unwind(state, interrupted), pathway=target) if interrupted else replace(state, pathway=target)
    if preserve or interrupted not in state.kept:
        return back, move
    context = dict(state.kept[interrupted])
    return replace(back, context=context, changed={k: v for k, v in state.changed.items() if k in context}), move


def _returns_somewhen(spec: JourneySpec, name: str) -> bool:
    """Whether ``name``, or what comes after it, ever goes back to what is suspended."""
    seen: set[str] = set()
    while name and name != END and name not in seen:
        seen.add(name)
        if spec.pathway(name).return_behavior:
            return True
        name = spec.pathway(name).next
    return False


def _unwind(state: JourneyState, target: str) -> JourneyState:
    stack = state.stack[: state.stack.index(target)]
    return replace(state, pathway=target, stack=stack, kept={k: v for k, v in state.kept.items() if k in stack})


def _too_deep(spec: JourneySpec, state: JourneyState, target: str, limit: int) -> str:
    waiting = ", ".join(_title(spec.pathway(name)) for name in state.stack)
    return (
        f"{_title(spec.pathway(target))} has to wait: {len(state.stack)} topics are open already ({waiting}) "
        f"and {limit} is the most at once. Let us finish this one first."
    )


def _title(pathway: PathwaySpec) -> str:
    return pathway.title or pathway.id.replace("_", " ").capitalize()
