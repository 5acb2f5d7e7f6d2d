"""The chain around the one door: replay, stop, permission, approval, hooks, budget, record, perform.

Each link is a wrapper; none knows the others. Those that keep a person in control are in ``agents.core.autonomy``."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any, NoReturn

from agents.core.autonomy.budgets import within_budget
from agents.core.autonomy.hooks import around_step
from agents.core.autonomy.interrupts import StopRequest, stop_before
from agents.core.autonomy.permission_link import decide_permission
from agents.core.runtime.children import ChildFailed, result_of
from agents.core.runtime.context import Link, Next, RunContext, StepCall
from agents.core.runtime.effects import Effect
from agents.core.runtime.errors import (
    AskedBack,
    BudgetExceeded,
    CallRejected,
    Divergence,
    OutcomeUnknown,
    PermissionRefused,
    RuntimeFault,
    StepFailed,
    Suspended,
)
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
    """One run's door: the chain over its record. ``interrupted`` lists the steps that a cancellation cut off; while ``stop``
    is set, no further step begins."""

    def __init__(self, ports: Ports, events: Iterable[Event] = ()):
        self.ports = ports
        self.record = Record(events)
        self.interrupted: list[Interrupted] = []
        self.stop: StopRequest | None = None
        self.under_way: dict[str, tuple[int, int, int]] = {}  # path -> money, tokens, calls of intents that are being written
        self._began = ports.clock.now()
        self._enter: Next = _perform_recorded(self)
        for link in reversed(self._links()):
            self._enter = _wrap(link, self._enter)

    def context(self, run_id: str) -> RunContext:
        return RunContext(self.ports, self._enter, run_id, keeper=self)

    async def append(self, *events: NewEvent) -> None:
        await self.ports.journal.append(*events)
        for event in events:
            self.record.add(event)

    def active_s(self) -> float:
        """For how many seconds the run has been worked on, waiting for people left out."""
        return self.record.active_s + (self.ports.clock.now() - self._began).total_seconds()

    def append_outcome(self, event: NewEvent) -> None:
        """What a step came to: the run goes on at once, but no later effect begins before this is on disk."""
        self.ports.journal.append_later(event)
        self.record.add(event)

    def _links(self) -> list[Link]:
        return [
            self._identify,
            self._replay,
            stop_before(self),
            decide_permission(self),
            self._decide_unknown,
            self._ask,
            around_step(self),
            self._await_child,
            within_budget(self),
        ]

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
        if seen is None or seen.attempts == 0 or Effect.UNKEYED not in (call.effect, seen.effect):
            return await self._begin(call, go)
        decision = seen.outcome
        if decision is None:
            return await self._ask_outcome(call, seen.attempts, asked=seen.unknown)
        if decision["decision"] == "done":
            await self.append(_finished(call, decision.get("result"), {}, seen))
            return decision.get("result")
        if decision["decision"] == "stop":
            raise await self.fail(call, StepFailed(decision.get("reason") or "stopped by a person", "stopped"))
        return await self._begin(call, go)

    async def _begin(self, call: StepCall, go: Next) -> Any:
        """An unkeyed effect whose answer is lost while this worker lives is as unknown as one that a crash cut off."""
        try:
            return await go(call)
        except OutcomeUnknown:
            seen = self.record.get(call.path)
            if call.effect is not Effect.UNKEYED or seen is None or seen.ended:
                raise
            return await self._ask_outcome(call, seen.attempts)

    async def _ask_outcome(self, call: StepCall, attempt: int, *, asked: bool = False) -> NoReturn:
        payload = {**_card(call), "kind": "outcome", "attempt": attempt}
        if not asked:
            await self.append(NewEvent(EventType.OUTCOME_UNKNOWN, call.path, payload))
        raise Suspended({"on": "outcome", "path": call.path, "title": payload["title"]})

    async def _ask(self, call: StepCall, go: Next) -> Any:
        seen = self.record.get(call.path)
        if call.approval is None:
            if seen and seen.asked and seen.decision is None:  # the card is out: its step has no other end than its decision
                title = f"Approve {call.request.get('tool', call.path)}"
                raise Suspended({"on": "approval", "path": call.path, "title": title})
            return await go(call)
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
            raise await self.fail(call, CallRejected(decision.get("reason") or "rejected without a reason"))
        if decision["decision"] == "ask_back":
            raise await self.fail(call, AskedBack(decision["reason"]))
        if decision["decision"] == "edit":
            call.arguments = decision["arguments"]
        return await go(call)

    async def _await_child(self, call: StepCall, go: Next) -> Any:
        """A child run ends in its own time, as an event of this journal; until then no worker is held."""
        if call.kind != "child":
            return await go(call)
        seen = self.record.get(call.path)
        if seen is None or seen.decision is None:
            raise Suspended({"on": "child", "path": call.path, "title": f"Waits for {call.request['agent']}", **call.request})
        try:
            result = result_of(seen.decision)
        except ChildFailed as failed:
            raise await self.fail(call, failed) from None
        await self.append(_finished(call, result, {}, seen))
        return result

    async def fail(self, call: StepCall, error: RuntimeFault) -> RuntimeFault:
        """Records that the step came to ``error`` without being performed, and returns it to be raised."""
        seen = self.record.get(call.path)
        event = _failed(call, error, {}, seen, 0.0)
        if seen and seen.reserved_microusd:  # of an attempt that was cut off: nobody knows that it was free
            lost = seen.reserved_microusd
            money = Money(release_microusd=lost, release_tokens=seen.reserved_tokens, spend_microusd=lost)
            event = replace(event, payload={**event.payload, "lost_microusd": lost}, money=money)
        await self.append(event)
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
        call.attempt, call.key = (seen.attempts if seen else 0) + 1, seen.key if seen else ""
        await door.append(_started(call, seen))
        door.under_way.pop(call.path, None)
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
            if isinstance(error, OutcomeUnknown) and call.effect is Effect.UNKEYED:
                raise  # the intent stays without an outcome
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
    tokens = call.worst_case_tokens
    if tokens:
        payload["reserved_tokens"] = tokens
    if call.key:
        payload["key"] = call.key
    if call.agent:
        payload["agent"] = call.agent
    if call.policy:
        payload["policy"] = call.policy
    if call.arguments is not None:
        payload["arguments"] = call.arguments
    if lost:
        payload["lost_microusd"] = lost
    money = None
    if reserve or lost or call.kind == "model":
        money = Money(
            reserve_microusd=reserve,
            release_microusd=lost,
            spend_microusd=lost,
            reserve_tokens=tokens,
            release_tokens=seen.reserved_tokens if seen else 0,
            calls=1,
        )
    return NewEvent(EventType.STEP_STARTED, call.path, payload, money)


def _finished(
    call: StepCall, result: Any, usage: dict[str, Any], seen: StepRecord | None, duration_s: float | None = None
) -> NewEvent:
    payload: dict[str, Any] = {"digest": call.digest, "result": result, "duration_s": round(duration_s or 0.0, 6)}
    if duration_s is None:  # no intent was written: the outcome tells what was asked, too
        payload |= {"kind": call.kind, "effect": call.effect.value, "request": call.request}
        payload |= {"agent": call.agent} if call.agent else {}
        payload |= {"policy": call.policy} if call.policy else {}
    if usage:
        payload["usage"] = usage
        payload |= {"agent": call.agent} if call.agent else {}
    return NewEvent(EventType.STEP_FINISHED, call.path, payload, _settle(usage, seen))


def _failed(call: StepCall, error: RuntimeFault, usage: dict[str, Any], seen: StepRecord | None, duration_s: float) -> NewEvent:
    detail = {"code": error.code, "message": str(error), **({"details": error.details} if error.details else {})}
    payload: dict[str, Any] = {
        "kind": call.kind,
        "digest": call.digest,
        "error": detail,
        "duration_s": round(duration_s, 6),
    }
    if seen is None or not seen.attempts:  # no intent was written: the refusal tells what was asked
        payload |= {"effect": call.effect.value, "request": call.request}
    payload |= {"agent": call.agent} if call.agent else {}
    if call.kind == "model":
        payload["asked"] = call.request.get("model", {})
    if call.policy:
        payload["policy"] = call.policy
    if call.partial:
        payload["partial"] = call.partial
    if usage:
        payload["usage"] = usage
    return NewEvent(EventType.STEP_FAILED, call.path, payload, _settle(usage, seen))


def _settle(usage: dict[str, Any], seen: StepRecord | None) -> Money | None:
    reserved = seen.reserved_microusd if seen else 0
    tokens = seen.reserved_tokens if seen else 0
    if not usage and not reserved and not tokens:
        return None
    cost = usage.get("cost_microusd")
    return Money(
        release_microusd=reserved,
        release_tokens=tokens,
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
        "agent": call.agent,
        "policy": call.policy,
        "quorum": approval.quorum if approval else 1,
        "other_person": bool(approval and approval.other_person),
        "expires_s": approval.expires_s if approval else None,
    }


def _recorded_error(seen: StepRecord) -> RuntimeFault:
    error = seen.error
    kind = _RECORDED.get(error.get("code", ""))
    if kind is CallRejected and seen.attempts:
        kind = None  # it was begun: a provider rejected the request, not a person the step
    details = error.get("details", {})
    return kind(error["message"], **details) if kind else StepFailed(error["message"], error["code"], **details)


_RECORDED: dict[str, type[RuntimeFault]] = {
    kind.code: kind for kind in (AskedBack, CallRejected, BudgetExceeded, OutcomeUnknown, PermissionRefused)
}
