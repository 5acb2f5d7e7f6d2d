"""Makes a test case of a real session: its turns, decisions and tool results, with assertions suggested from its trace."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from agents.core.runtime.effects import Effect
from agents.core.runtime.errors import UnknownTool
from agents.core.runtime.steps import Step
from agents.services.tools import resolve_tools
from journeys.core.testing.case import TestCase
from journeys.core.testing.suggest import suggest_case
from journeys.core.testing.trace import DecisionTrace, TurnTrace, tool_calls
from journeys.models import JourneyTest
from journeys.services.inspector import TurnView, get_inspector
from journeys.services.testing.cases import create_test, list_tests
from trust.core.errors import Invalid
from trust.core.principal import Principal

MOST_TURNS = 100


def suggest_test(principal: Principal, session_id: UUID, *, last_turn: int | None = None) -> tuple[str, TestCase]:
    """The journey's slug and the case that the session makes, up to ``last_turn``. Nothing is stored.

    Raises ``NotFound`` for a session that the principal may not read, ``Invalid`` for one without a finished turn.
    """
    seen = get_inspector(principal, session_id)
    turns = [turn for turn in seen.turns if last_turn is None or turn.number <= last_turn]
    known = dict(seen.session.known)
    traces, context = [], dict(known)
    for turn in turns[:MOST_TURNS]:
        trace = _trace(turn, context)
        if trace is not None:
            traces.append(trace)
            context = dict(trace.context)
    if not traces:
        raise Invalid(problems=[{"where": "session", "message": "no turn of this session has come to its end yet"}])
    slug = seen.session.slug
    effects = _effects(principal, {call.name for trace in traces for call in trace.tools})
    name = _free_name(principal, slug, seen.session.title or "A session")
    return slug, suggest_case(seen.spec, name, traces, context=known, effects=effects, variables=dict(seen.session.variables))


def make_test_from_session(
    *, principal: Principal, session_id: UUID, name: str = "", last_turn: int | None = None
) -> JourneyTest:
    """Stores the suggested case. Raises ``Conflict`` when the name is taken."""
    slug, case = suggest_test(principal, session_id, last_turn=last_turn)
    if name.strip():
        case = TestCase.model_validate({**case.model_dump(), "name": name.strip()})
    return create_test(principal=principal, slug=slug, case=case, source="session", session_id=session_id)


def _trace(turn: TurnView, context: dict[str, Any]) -> TurnTrace | None:
    """The turn, ``None`` while or when it has neither an answer nor a failure (stopped, expired)."""
    steps = turn.steps()
    failed: dict[str, Any] = (turn.run.error or {}) if turn.run is not None and turn.run.status == "failed" else {}
    if turn.reply is None and not failed:
        return None
    return TurnTrace(
        says=turn.text if turn.silence_s is None else "",
        silence_s=turn.silence_s,
        simulate=str(turn.play.get("simulate", "")),
        tool=str(turn.play.get("tool", "")),
        reply=turn.reply or "",
        summary=dict(turn.summary) if not failed else {},
        context={**context, **(turn.summary.get("changed") or {})},
        tools=tool_calls(steps),
        decisions=tuple(_decision(step) for step in steps if step.decision is not None and step.kind != "child"),
        code=str(failed.get("code", "")),
        error=str(failed.get("message", "")),
    )


def _decision(step: Step) -> DecisionTrace:
    said = step.decision or {}
    return DecisionTrace(
        kind=str((step.card or {}).get("kind", "")),
        title=step.title,
        decision=str(said.get("decision", "approve")),
        reason=str(said.get("reason") or ""),
        answer=said.get("result"),
    )


def _effects(principal: Principal, names: set[str]) -> dict[str, Effect]:
    tools = resolve_tools(principal.organization_id, names)
    found = {}
    for name in names:
        try:
            found[name] = tools.get(name).effect
        except UnknownTool:
            continue
    return found


def _free_name(principal: Principal, slug: str, title: str) -> str:
    taken = {test.name for test in list_tests(principal, slug)}
    base = " ".join(title.split())[:110]
    return next(name for name in (base, *(f"{base} {n}" for n in range(2, len(taken) + 3))) if name not in taken)
