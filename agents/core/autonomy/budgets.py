"""The budget link: a call that does not fit a limit makes the run wait for "raise" or "stop" instead of failing.

Limits above the run (organization, journey, agent, session) and the run's own are kept by the journal's storage and checked
in the update that records the intent. The limits of an agent within the run are checked here, over the run's own record.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from agents.core.runtime.context import AgentScope, Link, Next, StepCall
from agents.core.runtime.errors import BudgetExceeded, Stopped, Suspended
from agents.core.runtime.events import EventType, NewEvent
from agents.core.runtime.ports import LocalWork

if TYPE_CHECKING:
    from agents.core.runtime.chain import Door

PATIENCE_S = 30.0  # how long a call waits for others to give back what they have reserved
FIRST_PAUSE_S = 0.05
MEASURES = ("microusd", "tokens", "calls")
START = "agents.start_child"  # the local work that makes a child run


def within_budget(door: Door) -> Link:
    async def link(call: StepCall, go: Next) -> Any:
        if call.kind not in ("model", "tool"):
            return await go(call)
        seen = door.record.get(call.path)
        if seen and seen.budget and seen.budget["decision"] == "stop":
            raise await door.fail(call, BudgetExceeded(seen.budget.get("reason") or "stopped at its budget"))
        if seen and seen.budget_asked:
            raise _wait(call, "the run waits at its budget")
        try:
            return await _with_patience(door, call, go)
        except BudgetExceeded as met:
            if "account" not in met.details:
                raise
            card = budget_card(call, met)
            await door.append(NewEvent(EventType.BUDGET_REACHED, call.path, card))
            raise _wait(call, card["title"]) from None

    return link


def budget_card(call: StepCall, met: BudgetExceeded) -> dict[str, Any]:
    """What the person is shown who may raise the limit."""
    return {
        "kind": "budget",
        "digest": call.digest,
        "step_kind": call.kind,
        "effect": call.effect.value,
        "title": str(met),
        "risk": "medium",
        "editable": False,
        "tool": "",
        "arguments": met.details,
        "options": [],
        "agent": call.agent,
        "policy": {},
        "quorum": 1,
        "other_person": False,
        "expires_s": None,
    }


async def _with_patience(door: Door, call: StepCall, go: Next) -> Any:
    """Reservations of other calls are given back within seconds: asking a person for that would be a nuisance."""
    waited, pause = 0.0, FIRST_PAUSE_S
    while True:
        try:
            return await _within_agents(door, call, go)
        except BudgetExceeded as met:
            if not met.temporary or waited >= PATIENCE_S:
                raise
        await asyncio.sleep(pause)
        if door.stop is not None:  # asked for meanwhile: the step has not begun
            raise Stopped(door.stop)
        waited, pause = waited + pause, min(pause * 2, 1.0)


async def _within_agents(door: Door, call: StepCall, go: Next) -> Any:
    """Checks the limits of the agents. What a call needs is held from here on: other branches check while its intent is
    being written."""
    for scope in call.agents:
        _check_time(door, scope)
    limited = [scope for scope in call.agents if _is_limited(scope)]
    if not limited:
        return await go(call)
    if call.local is not None and call.local.name == START:
        call.local = LocalWork(START, {**call.local.data, "left": _left(door, limited)})
    if call.kind != "model":
        return await go(call)
    needed = (call.worst_case_microusd or 0, call.worst_case_tokens, 1)
    for scope in limited:
        for measure, limit, used, held, need in zip(MEASURES, *_standing(door, scope), needed, strict=True):
            if limit is not None and used + held + need > limit:
                account, title = f"agent:{scope.path}", f"agent {scope.name}"
                raise budget_exceeded(account, title, measure, limit=limit, used=used, reserved=held, needed=need)
    door.under_way[call.path] = needed
    try:
        return await go(call)
    finally:
        door.under_way.pop(call.path, None)


def _is_limited(scope: AgentScope) -> bool:
    limits = scope.spec.limits
    return (scope.spec.budget_microusd, limits.tokens, limits.calls) != (None, None, None)


def _standing(door: Door, scope: AgentScope) -> tuple[list[float | None], list[int], list[int]]:
    """For each measure what the agent may use, what it has used, and what is held for calls and child runs under way."""
    spec, account = scope.spec, f"agent:{scope.path}"
    given = zip(MEASURES, (spec.budget_microusd, spec.limits.tokens, spec.limits.calls), strict=True)
    limits = [None if limit is None else limit + door.record.raised.get(f"{account}:{m}", 0) for m, limit in given]
    used, held = zip(*door.record.used(scope.path), strict=True)
    begun = [needed for path, needed in door.under_way.items() if path.startswith(f"{scope.path}/")]
    return limits, list(used), [sum(many) for many in zip(held, *begun, strict=True)]


def _left(door: Door, scopes: list[AgentScope]) -> dict[str, int]:
    """What a child run may use of the limits of the agents that call it."""
    left: dict[str, int] = {}
    for scope in scopes:
        for measure, limit, used, held in zip(MEASURES, *_standing(door, scope), strict=True):
            if limit is not None:
                rest = max(0, int(limit) - used - held)
                left[measure] = min(left.get(measure, rest), rest)
    return left


def _check_time(door: Door, scope: AgentScope) -> None:
    limit = scope.spec.limits.seconds
    if limit is None:
        return
    account = f"agent:{scope.path}"
    allowed = limit + door.record.raised.get(f"{account}:seconds", 0)
    used = door.active_s()
    if used > allowed:
        title = f"agent {scope.name}"
        raise budget_exceeded(account, title, "seconds", limit=allowed, used=round(used, 1), reserved=0, needed=0)


def budget_exceeded(
    account: str, title: str, measure: str, *, limit: float, used: float, reserved: float, needed: float
) -> BudgetExceeded:
    """``used`` without ``reserved``, which is held by calls under way; all in the unit of ``measure``."""
    told = (
        f"The next call may need {in_words(measure, needed)}, but {title} may use {in_words(measure, limit)}"
        f" and has used {in_words(measure, used)}" + (f", with {in_words(measure, reserved)} reserved" if reserved else "")
    )
    details = {"account": account, "title": title, "measure": measure, "limit": limit, "used": used}
    met = BudgetExceeded(told, **details, reserved=reserved, needed=needed)
    met.temporary = bool(reserved) and used + needed <= limit
    return met


def in_words(measure: str, amount: float) -> str:
    if measure == "microusd":
        return f"${amount / 1_000_000:.6f}".rstrip("0").rstrip(".") if amount else "$0"
    unit = {"tokens": "tokens", "calls": "calls", "seconds": "seconds"}[measure]
    return f"{amount:,.0f} {unit if amount != 1 else unit[:-1]}"


def _wait(call: StepCall, title: str) -> Suspended:
    return Suspended({"on": "budget", "path": call.path, "title": title})
