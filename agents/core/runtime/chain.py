"""The chain around the one door: replay, approval, record, perform. Each link is a wrapper; none knows the others."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from agents.core.runtime.context import Link, Next, RunContext, StepCall
from agents.core.runtime.effects import Effect
from agents.core.runtime.errors import BudgetExceeded, CallRejected, Divergence, RuntimeFault, StepFailed, Suspended
from agents.core.runtime.events import Event, EventType, Money, NewEvent
from agents.core.runtime.ports import LocalWork, Ports
from agents.core.runtime.record import Record, StepRecord
from agents.core.runtime.storable import storable
from trust.core.canonical import digest


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A step that was cut off by a cancellation: what it had of its answer."""

    path: str
    kind: str
    partial: str


class Door:
    """One run's door: the chain over its record. ``interrupted`` lists the steps that a cancellation cut off."""

    def __init__(self, ports: Ports, events: Iterable[Event] = ()):
        self.ports = ports
        self.record = Record(events)
        self.interrupted: list[Interrupted] = []
        self._enter: Next = _perform_recorded(self)
        for link in reversed(self._links()):
            self._enter = _wrap(link, self._enter)

    def context(self, run_id: str) -> RunContext:
        return RunContext(self.ports, self._enter, run_id)

    async def append(self, *events: NewEvent) -> None:
        await self.ports.journal.append(*events)
        for event in events:
            self.record.add(event)

    def append_outcome(self, event: NewEvent) -> None:
        """What a step came to: the run goes on at once, but no later effect begins before this is on disk."""
        self.ports.journal.append_later(event)
        self.record.add(event)

    def _links(self) -> list[Link]:
        return [self._identify, self._replay, self._decide_unknown, self._ask]

    async def _identify(self, call: StepCall, go: Next) -> Any:
        call.digest = digest({"kind": call.kind, "request": call.request})
        seen = self.record.get(call.path)
        if seen and seen.digest and seen.digest != call.digest:
            raise Divergence(
                f"step {call.path} asks for something else than its record: the journal holds {seen.digest}, "
                f"this code makes {call.digest}; fork the run from this step or run the version it was recorded with",
                path=call.path,
            )
        return await go(call)

    async def _replay(self, call: StepCall, go: Next) -> Any:
        seen = self.record.get(call.path)
        if seen and seen.ended == "finished":
            return seen.result
        if seen and seen.ended == "failed":
            raise _recorded_error(seen)
        return await go(call)

    async def _decide_unknown(self, call: StepCall, go: Next) -> Any:
        """An unkeyed effect that was begun and has no result is never repeated without a person's word."""
        seen = self.record.get(call.path)
        if seen is None or call.effect is not Effect.UNKEYED or seen.attempts == 0:
            return await go(call)
        decision = seen.outcome
        if decision is None:
            payload = {**_card(call), "kind": "outcome", "attempt": seen.attempts}
            if not seen.unknown:
                await self.append(NewEvent(EventType.OUTCOME_UNKNOWN, call.path, payload))
            raise Suspended({"on": "outcome", "path": call.path, "title": payload["title"]})
        if decision["decision"] == "done":
            await self.append(_finished(call, decision.get("result"), {}, seen))
            return decision.get("result")
        if decision["decision"] == "stop":
            raise await self._fail(call, StepFailed(decision.get("reason") or "stopped by a person", "stopped"), seen)
        return await go(call)

    async def _ask(self, call: StepCall, go: Next) -> Any:
        if call.approval is None:
            return await go(call)
        seen = self.record.get(call.path)
        if seen is None or seen.decision is None:
            if seen is None or not seen.asked:
                self.ports.probe("approval.before_request")
                await self.append(NewEvent(_asks(call), call.path, _card(call)))
                self.ports.probe("approval.after_request")
            raise Suspended({"on": call.approval.kind, "path": call.path, "title": call.approval.title})
        self.ports.probe("resume.after_replay")
        decision = seen.decision
        if decision["decision"] == "answer":
            await self.append(_finished(call, decision.get("result"), {}, seen))
            return decision.get("result")
        if decision["decision"] == "reject":
            raise await self._fail(call, CallRejected(decision.get("reason") or "rejected without a reason"), seen)
        if decision["decision"] == "edit":
            call.arguments = decision["arguments"]
        return await go(call)

    async def _fail(self, call: StepCall, error: RuntimeFault, seen: StepRecord | None) -> RuntimeFault:
        await self.append(_failed(call, error, {}, seen, 0.0))
        return error


def build_door(ports: Ports, events: Iterable[Event] = ()) -> Door:
    return Door(ports, events)


def _wrap(link: Link, go: Next) -> Next:
    async def entered(call: StepCall) -> Any:
        return await link(call, go)

    return entered


def _perform_recorded(door: Door) -> Next:
    """The innermost link: the intent is on disk before the effect, the outcome before the next intent."""

    async def perform(call: StepCall) -> Any:
        seen = door.record.get(call.path)
        if call.local is not None:
            return await _perform_local(door, call, call.local.with_arguments(call.arguments), seen)
        assert call.perform is not None, f"step {call.path} has nothing to perform"
        call.attempt = (seen.attempts if seen else 0) + 1
        await door.append(_started(call, seen))
        started = perf_counter()
        try:
            if call.kind in ("model", "tool"):
                door.ports.probe(f"{call.kind}.before_call")
            result, usage = await call.perform(call)
            result = storable(result)
            if call.kind in ("model", "tool"):
                door.ports.probe(f"{call.kind}.after_call")
        except asyncio.CancelledError:
            door.interrupted.append(Interrupted(call.path, call.kind, call.partial))
            raise
        except RuntimeFault as error:
            usage = error.details.pop("usage", {})
            door.append_outcome(_failed(call, error, usage, door.record.get(call.path), perf_counter() - started))
            raise
        door.append_outcome(_finished(call, result, usage, door.record.get(call.path), perf_counter() - started))
        return result

    return perform


async def _perform_local(door: Door, call: StepCall, work: LocalWork, seen: StepRecord | None) -> Any:
    """The work and its record are one transaction, so there is no intent to write and nothing to repeat."""
    try:
        result, event = await door.ports.journal.append_local(work, lambda r: _finished(call, r, {}, seen))
    except RuntimeFault as error:
        await door.append(_failed(call, error, {}, seen, 0.0))
        raise
    door.record.add(event)
    return result


def _started(call: StepCall, seen: StepRecord | None) -> NewEvent:
    """The intent. A reservation that an interrupted attempt left behind goes on the bill: nobody knows that it was free."""
    lost = seen.reserved_microusd if seen else 0
    reserve = call.worst_case_microusd or 0
    payload: dict[str, Any] = {
        "kind": call.kind,
        "effect": call.effect.value,
        "digest": call.digest,
        "request": call.request,
        "attempt": call.attempt,
        "reserved_microusd": reserve,
    }
    if call.arguments is not None:
        payload["arguments"] = call.arguments
    if lost:
        payload["lost_microusd"] = lost
    money = Money(reserve_microusd=reserve, release_microusd=lost, spend_microusd=lost) if reserve or lost else None
    return NewEvent(EventType.STEP_STARTED, call.path, payload, money)


def _finished(
    call: StepCall, result: Any, usage: dict[str, Any], seen: StepRecord | None, duration_s: float | None = None
) -> NewEvent:
    payload: dict[str, Any] = {"digest": call.digest, "result": result, "duration_s": round(duration_s or 0.0, 6)}
    if duration_s is None:  # no intent was written: the outcome tells what was asked, too
        payload |= {"kind": call.kind, "effect": call.effect.value, "request": call.request}
    if usage:
        payload["usage"] = usage
    return NewEvent(EventType.STEP_FINISHED, call.path, payload, _settle(usage, seen))


def _failed(call: StepCall, error: RuntimeFault, usage: dict[str, Any], seen: StepRecord | None, duration_s: float) -> NewEvent:
    detail = {"code": error.code, "message": str(error), **({"details": error.details} if error.details else {})}
    payload: dict[str, Any] = {
        "kind": call.kind,
        "digest": call.digest,
        "error": detail,
        "duration_s": round(duration_s, 6),
    }
    if call.partial:
        payload["partial"] = call.partial
    if usage:
        payload["usage"] = usage
    return NewEvent(EventType.STEP_FAILED, call.path, payload, _settle(usage, seen))


def _settle(usage: dict[str, Any], seen: StepRecord | None) -> Money | None:
    reserved = seen.reserved_microusd if seen else 0
    if not usage and not reserved:
        return None
    cost = usage.get("cost_microusd")
    return Money(
        release_microusd=reserved,
        spend_microusd=cost or 0,
        input_tokens=usage.get("input_tokens", 0),
        output_tokens=usage.get("output_tokens", 0),
        cost_unknown=bool(usage) and cost is None,
    )


def _asks(call: StepCall) -> EventType:
    assert call.approval is not None
    return EventType.QUESTION_ASKED if call.approval.kind == "question" else EventType.APPROVAL_REQUESTED


def _card(call: StepCall) -> dict[str, Any]:
    """Exactly what a person is shown, and what the decision is bound to."""
    approval = call.approval
    return {
        "kind": approval.kind if approval else "approval",
        "digest": call.digest,
        "step_kind": call.kind,
        "effect": call.effect.value,
        "title": approval.title if approval else f"Did {call.request.get('tool', call.path)} happen?",
        "risk": approval.risk if approval else "high",
        "editable": bool(approval and approval.editable),
        "tool": call.request.get("tool", ""),
        "arguments": call.request.get("arguments", {}),
        "options": call.request.get("options", []),
    }


def _recorded_error(seen: StepRecord) -> RuntimeFault:
    error = seen.error
    kind = _RECORDED.get(error.get("code", ""))
    details = error.get("details", {})
    return kind(error["message"], **details) if kind else StepFailed(error["message"], error["code"], **details)


_RECORDED: dict[str, type[RuntimeFault]] = {CallRejected.code: CallRejected, BudgetExceeded.code: BudgetExceeded}
