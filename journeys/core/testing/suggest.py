"""A test case made of what happened: the turns of a conversation, with assertions suggested from their traces."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from agents.core.runtime.effects import Effect
from journeys.core.engine.intents import NONE
from journeys.core.spec import JourneySpec
from journeys.core.testing.case import CaseDecision, CaseTurn, Expectation, TestCase, ToolAnswer
from journeys.core.testing.coverage import transitions_taken
from journeys.core.testing.trace import ToolTrace, TurnTrace


def suggest_case(
    spec: JourneySpec,
    name: str,
    turns: Sequence[TurnTrace],
    *,
    context: dict[str, Any],
    effects: dict[str, Effect],
    variables: dict[str, Any] | None = None,
) -> TestCase:
    """``effects``: the class of each tool by name; calls of all but reads become declared results.

    Per turn: the pathway, the transitions, the intent, the fields that changed, the tools with their arguments, or the code
    with which the turn failed.
    """
    calls = [call for turn in turns for call in turn.tools]
    return TestCase(
        name=name,
        context=context,
        variables=variables or {},
        tools=tuple(_answers(call for call in calls if effects.get(call.name) is not Effect.READ)),
        turns=tuple(_turn(spec, t) for t in turns),
    )


def _turn(spec: JourneySpec, t: TurnTrace) -> CaseTurn:
    said: dict[str, Any] = {"says": t.says} if t.silence_s is None else {"silence_s": t.silence_s}
    fault = {"simulate": t.simulate, "tool": t.tool} if t.simulate else {}
    return CaseTurn.model_validate({**said, **fault, "decisions": _decisions(t), "expect": _expect(spec, t)})


def _decisions(turn: TurnTrace) -> tuple[CaseDecision, ...]:
    made = []
    for d in turn.decisions:
        if d.decision == "reject":
            made.append(CaseDecision(decision="reject", reason=d.reason or "no"))
        elif d.decision == "answer":
            made.append(CaseDecision(decision="answer", answer="" if d.answer is None else d.answer))
        else:
            made.append(CaseDecision(decision="approve"))
    return tuple(made)


def _answers(calls: Iterable[ToolTrace]) -> list[ToolAnswer]:
    """What each call got, once for each tool and arguments; the last call of a tool answers any other arguments too."""
    found: dict[str, ToolAnswer] = {}
    last: dict[str, ToolTrace] = {}
    for call in calls:
        answer = ToolAnswer(tool=call.name, when=call.arguments, result=call.result, error=call.error)
        found.setdefault(f"{call.name} {sorted(call.arguments.items(), key=str)}", answer)
        last[call.name] = call
    rest = [ToolAnswer(tool=c.name, result=c.result, error=c.error) for c in last.values()]
    return [*(a for a in found.values() if a.when), *rest]


def _expect(spec: JourneySpec, turn: TurnTrace) -> list[Expectation]:
    if turn.code:
        return [Expectation(check="failed", params={"code": turn.code})]
    found: list[tuple[str, dict[str, Any]]] = []
    if turn.pathway:
        found.append(("pathway", {"pathway": turn.pathway}))
    found += [("transition", {"transition": name}) for name in transitions_taken(spec, turn.summary)]
    if turn.intent and turn.intent != NONE:
        found.append(("intent", {"intent": turn.intent}))
    changed = turn.summary.get("changed") or {}
    found += [("field_equals", {"field": name, "value": value}) for name, value in changed.items() if value is not None]
    found += [("tool_called", {"tool": c.name, "arguments": c.arguments}) for c in turn.tools if not c.error]
    if turn.ended:
        found.append(("ended", {"ended": True}))
    return [Expectation(check=check, params=params) for check, params in found]
