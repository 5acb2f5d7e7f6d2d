"""Journals written by hand, for tests of what reads them: a run with everything in it, and a very long one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone

from agents.adapters.rows import EventRow, insert_events
from agents.core.inspect.account import fold_account
from agents.core.runtime.events import Event, EventType, NewEvent
from agents.models.run import Run
from agents.services.definitions import store_spec
from agents.services.specs import link_draft
from tests.factories.drafts import agent_draft
from trust.core.canonical import digest
from trust.core.principal import Principal

T = EventType
Timed = tuple[float, NewEvent]
BEGAN = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
DIGEST = "sha256:" + "3" * 64
ALICE = {"by": "user:1", "label": "Alice"}


def queued(at: float = 0.0, **more: Any) -> Timed:
    return at, NewEvent(T.RUN_QUEUED, "", {"by": "user:1", **more})


def started(at: float, worker: str = "worker-1") -> Timed:
    return at, NewEvent(T.RUN_STARTED, "", {"worker": worker})


def begun(at: float, path: str, kind: str, request: dict[str, Any], *, agent: str = "", attempt: int = 1, **more: Any) -> Timed:
    effect = "model" if kind == "model" else "read"
    payload = {"kind": kind, "effect": effect, "digest": _digest(kind, request), "request": request, "attempt": attempt}
    payload |= {"agent": agent} if agent else {}
    return at, NewEvent(T.STEP_STARTED, path, {**payload, **more})


def finished(at: float, path: str, kind: str, request: dict[str, Any], result: Any, took: float = 0.0, **more: Any) -> Timed:
    payload = {"digest": _digest(kind, request), "result": result, "duration_s": took, **more}
    return at, NewEvent(T.STEP_FINISHED, path, payload)


def failed(at: float, path: str, kind: str, request: dict[str, Any], code: str, message: str, took: float = 0.0) -> Timed:
    error = {"code": code, "message": message}
    payload = {"kind": kind, "digest": _digest(kind, request), "error": error, "duration_s": took}
    return at, NewEvent(T.STEP_FAILED, path, payload)


def asks(messages: str, model: str = "gpt-5-mini") -> dict[str, Any]:
    return {
        "model": {"provider": "openai", "model": model},
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": messages}],
    }


def answers(text: str = "", calls: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    found: dict[str, Any] = {"provider": "openai", "model": "gpt-5-mini"}
    return {**found, "tool_calls": list(calls), "finish": "tool_calls"} if calls else {**found, "content": text}


def paid(cost: int | None, given: int = 200, made: int = 40) -> dict[str, Any]:
    return {"usage": {"input_tokens": given, "output_tokens": made, "cost_microusd": cost}}


WIPE = {"tool": "delete_file", "arguments": {"path": "notes.txt"}}
TELL = {"message": "Half of the plan is done", "percentage": 50.0}


def rich_journal() -> list[Timed]:
    """Two agents at once, a tool that a person approved, a denied and a failed one, a repeated attempt, progress, an answer."""
    plan, close = asks('message: "plan a trip"'), asks('plan: "Go by train"')
    call = {"id": "c1", "name": "http_post", "arguments": {"url": "https://example.org/book", "body": "two seats"}}
    post = {"tool": "http_post", "arguments": call["arguments"]}
    read = {"tool": "read_file", "arguments": {"path": "notes.txt"}}
    allowed = _policy("allow", "its danger is safe", _voice("Researcher", "allow", "its danger is safe"))
    asked = _policy("ask", "its danger is high", _voice("Booker", "ask", "its danger is high"))
    denied = _policy(
        "deny",
        "Acme: rule 'delete_.*', priority 5: nothing is deleted",
        _voice("Acme", "deny", "rule 'delete_.*', priority 5"),
        _voice("Booker", "ask", "its danger is high"),
    )
    card = {
        "kind": "approval",
        "digest": _digest("tool", post),
        "step_kind": "tool",
        "effect": "keyed",
        "title": "Post to example.org",
        "risk": "high",
        "editable": True,
        **post,
        "options": [],
        "agent": "Booker",
        "policy": asked,
        "quorum": 2,
        "other_person": True,
        "expires_s": None,
    }
    yes = {"decision": "approve", "reason": "two seats are right", "seen_digest": DIGEST, **ALICE}
    a, b = "agent/0/branch/0", "agent/0/branch/1"
    return [
        queued(),
        started(0.4),
        begun(0.5, f"{a}/model/0", "model", plan, agent="Researcher", reserved_microusd=900),
        begun(0.6, f"{b}/model/0", "model", asks('message: "book it"'), agent="Booker", reserved_microusd=900),
        finished(1.9, f"{a}/model/0", "model", plan, answers("not json"), 1.4, **paid(310)),
        begun(2.0, f"{a}/tool/0", "tool", read, agent="Researcher", policy=allowed),
        finished(2.2, f"{b}/model/0", "model", asks('message: "book it"'), answers(calls=[call]), 1.6, **paid(420, 300, 60)),
        failed(2.3, f"{a}/tool/0", "tool", read, "tool_failed", "FileNotFoundError: notes.txt", 0.3),
        (2.4, NewEvent(T.APPROVAL_REQUESTED, f"{b}/tool/0", card)),
        begun(2.5, f"{a}/model/1", "model", plan, agent="Researcher", reserved_microusd=900),
        finished(3.4, f"{a}/model/1", "model", plan, answers('{"message": "Go by train"}'), 0.9, **paid(290)),
        begun(3.4, f"{a}/progress/0", "progress", TELL, agent="Researcher"),
        finished(3.4, f"{a}/progress/0", "progress", TELL, None),
        (3.5, NewEvent(T.RUN_WAITING, "", {"on": "approval", "path": f"{b}/tool/0", "title": "Post to example.org"})),
        (7.0, NewEvent(T.APPROVAL_VOTED, f"{b}/tool/0", {"by": "user:2", "label": "Bob", "reason": "fine"})),
        (9.0, NewEvent(T.APPROVAL_DECIDED, f"{b}/tool/0", yes)),
        (9.0, NewEvent(T.RUN_RESUMED, "", {"by": "user:1"})),
        started(9.2),
        begun(9.3, f"{b}/tool/0", "tool", post, agent="Booker", policy=asked, effect="keyed"),
        started(13.0, "worker-2"),
        begun(13.1, f"{b}/tool/0", "tool", post, agent="Booker", policy=asked, effect="keyed", attempt=2),
        finished(13.9, f"{b}/tool/0", "tool", post, {"status": 201, "reference": "HC-7"}, 0.8),
        _denial(14.0, f"{b}/tool/1", WIPE, denied),
        begun(14.1, "agent/0/model/0", "model", close, agent="Planner", reserved_microusd=900),
        finished(15.6, "agent/0/model/0", "model", close, answers('{"response": "Done."}'), 1.5, **paid(None)),
        (15.7, NewEvent(T.RUN_SUCCEEDED, "", {"output": {"response": "Done."}})),
    ]


def _policy(decision: str, reason: str, *trail: dict[str, str]) -> dict[str, Any]:
    return {"decision": decision, "reason": reason, "trail": list(trail)}


def long_journal(n_events: int = 5000, chars: int = 600) -> list[Timed]:
    """Model and tool calls in turn, two events each, under three agents; ``chars`` of text in each request."""
    found, at, n = [queued(), started(0.2)], 0.3, 0
    filler = ("all work and no play makes a dull journal; " * 40)[:chars]
    while len(found) < n_events - 1:
        agent, kind = ("Reader", "Writer", "Judge")[n // 40 % 3], "model" if n % 2 == 0 else "tool"
        path = f"agent/0/cycle/{n // 40}/{kind}/{n % 40 // 2}"
        request: dict[str, Any] = asks(f"message {n}: {filler}")
        result: Any = answers(f"answer {n}: {filler[:200]}")
        if kind == "tool":
            request, result = {"tool": "read_file", "arguments": {"path": f"part-{n}.txt"}}, {"text": filler}
        usage = paid(12 + n % 7) if kind == "model" else {}
        found.append(begun(at, path, kind, request, agent=agent, reserved_microusd=50 if usage else 0))
        took = 0.2 + (n % 11) / 10
        at += took
        found.append(finished(at, path, kind, request, result, took, **usage))
        at += 0.01
        n += 1
    return [*found, (at, NewEvent(T.RUN_SUCCEEDED, "", {"output": {"response": "the end"}}))]


def as_events(journal: Sequence[Timed], began_at: datetime = BEGAN) -> list[Event]:
    """As the core reads them."""
    return [
        Event(seq, new.type, new.path, new.payload, 1, began_at + timedelta(seconds=at))
        for seq, (at, new) in enumerate(journal, 1)
    ]


def store_journal(principal: Principal, journal: Sequence[Timed], **row: Any) -> Run:
    """A run of the principal with this journal; ``row`` are columns of the run, ``status`` among them."""
    spec = link_draft(principal.organization_id, "agent", agent_draft())
    length = journal[-1][0]
    account = fold_account(as_events(journal))
    began_at = row.pop("began_at", timezone.now() - timedelta(seconds=length + 1))
    values: dict[str, Any] = {
        "kind": "agent",
        "title": spec.name,
        "spec_digest": store_spec(principal.organization_id, spec),
        "status": "succeeded",
        "inputs": {"message": "plan a trip"},
        "output": journal[-1][1].payload.get("output"),
        "created_by": principal.ref,
        "created_by_label": principal.label,
        "attempt": 1,
        "spent_microusd": account.spent_microusd,
        "input_tokens": account.input_tokens,
        "output_tokens": account.output_tokens,
        "cost_unknown": account.cost_unknown,
        "last_seq": len(journal),
        "created_at": began_at,
        "started_at": began_at,
        "finished_at": began_at + timedelta(seconds=length),
    }
    run = Run.objects.create(organization_id=principal.organization_id, **{**values, **row})
    insert_events([EventRow(run.id, seq, new, began_at + timedelta(seconds=at)) for seq, (at, new) in enumerate(journal, 1)])
    return run


def _digest(kind: str, request: dict[str, Any]) -> str:
    return digest({"kind": kind, "request": request})


def _voice(layer: str, decision: str, reason: str) -> dict[str, str]:
    return {"layer": layer, "decision": decision, "reason": reason}


def _denial(at: float, path: str, request: dict[str, Any], policy: dict[str, Any]) -> Timed:
    moment, event = failed(at, path, "tool", request, "denied", "delete_file is denied: nothing is deleted")
    return moment, NewEvent(
        event.type, path, {**event.payload, "policy": policy, "agent": "Booker", "effect": "unkeyed", "request": request}
    )
