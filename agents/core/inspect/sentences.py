"""What happened, in plain sentences: of a step, of its effect, of what a run waits for. Words only; decides nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agents.core.inspect.labels import step_label
from agents.core.runtime.steps import Step

EFFECTS = {
    "read": "It only reads, so it may be repeated freely.",
    "model": "A model call may be repeated after a crash; both calls are on the bill.",
    "keyed": "It is sent with an idempotency key, so the target applies it once however often it arrives.",
    "unkeyed": "It is done at most once: after a crash in the middle a person decides what has happened.",
    "local": "It happened in the very transaction that recorded it: exactly once.",
}


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of an effect. ``state``: done, open (under way or waited for), skipped, failed, unknown."""

    name: str
    state: str
    text: str
    at: datetime | None = None


def summarize_step(step: Step) -> str:
    """One or two sentences on what happened at this step."""
    told = _what(step) + _came_to(step)
    if step.kept and not step.edited:
        told += " It was done before the fork, in the run that this one left, and stands here as its record."
    if step.attempt > 1:
        told += f" It took {step.attempt} attempts."
    return told


def effect_stages(step: Step) -> list[Stage]:
    """The way of an effect to the world: proposed, approved, sent, confirmed; each with when and by whom."""
    stages = [Stage("Proposed", "done", _proposed(step), step.asked_at or step.begun_at or step.started_at), _approved(step)]
    if step.edited:
        return [*stages, Stage("Sent", "skipped", "A person set the result; nothing was sent."), _confirmed(step)]
    if step.effect == "local" and step.status in ("finished", "failed"):
        return [*stages, Stage("Sent", "done", "In the transaction that recorded it.", step.ended_at), _confirmed(step)]
    if step.begun_at is None:
        refused = step.status in ("failed", "cancelled")
        told = "It was never sent." if refused else "Not yet."
        return [*stages, Stage("Sent", "skipped" if refused else "open", told), _confirmed(step)]
    attempt = f" (attempt {step.attempt})" if step.attempt > 1 else ""
    key = " with its idempotency key" if step.effect == "keyed" else ""
    return [
        *stages,
        Stage("Sent", "done", f"Sent{key}{attempt}.", step.started_at if step.attempt > 1 else step.begun_at),
        _confirmed(step),
    ]


def decision_word(decision: str) -> str:
    """``approve`` as ``Approved``: what a person did, in the past."""
    return _DECISIONS.get(decision, decision.replace("_", " ").capitalize() or "Decided")


def _what(step: Step) -> str:
    who = f"Agent {step.agent}" if step.agent else "The run"
    label = step_label(step)
    percentage = step.request.get("percentage")
    told = {
        "model": f"asked the model{_model(step)}",
        "tool": f"called the tool {label}",
        "question": f"asked a person: “{step.title or step.request.get('question', label)}”",
        "approval": f"asked for approval: “{step.title or step.request.get('title', label)}”",
        "progress": f"reported progress: “{label}”" + (f" ({percentage:g} %)" if percentage is not None else ""),
        "state": f"did “{label}” in the database",
        "commit": f"did “{label}” in the database",
    }
    return f"{who} {told.get(step.kind, f'took the step “{label}”')}"


def _came_to(step: Step) -> str:
    if step.status == "waiting":
        return ", and waits for a person’s decision." if step.kind == "tool" else ", and waits."
    if step.status == "failed":
        error = step.error or {}
        return f". It failed: {str(error.get('message', 'without a message')).rstrip('.')}."
    if step.status == "cancelled":
        return ". It was cut off" + (" in the middle of its answer." if step.partial else ".")
    if step.status == "running":
        return ", which has no result yet."
    if step.edited:
        return ". A person set its result; it was not performed."
    return _answered(step)


def _answered(step: Step) -> str:
    result = step.result if isinstance(step.result, dict) else {}
    if step.kind == "model" and result.get("tool_calls"):
        names = [str(call.get("name", "?")) for call in result["tool_calls"] if isinstance(call, dict)]
        return f", which wanted to call {_list(names)}."
    if step.kind == "model":
        return ", which answered." if result.get("finish", "stop") == "stop" else f", which ended with “{result['finish']}”."
    if step.kind == "question":
        return f". The answer: “{step.result}”." if isinstance(step.result, str) else ". It was answered."
    if step.kind == "approval":
        return ". It was approved."
    return "." if step.kind in ("progress", "state", "commit", "note") else ", which succeeded."


def _model(step: Step) -> str:
    result = step.result if isinstance(step.result, dict) else {}
    asked = step.request.get("model")
    model = result.get("model") or (asked.get("model") if isinstance(asked, dict) else "")
    return f" {model}" if model else ""


def _proposed(step: Step) -> str:
    if step.kind == "model":
        return "The agent composed this request."
    return "The model asked for this call." if step.kind == "tool" else "The run came to this step."


def _approved(step: Step) -> Stage:
    decision, policy = step.decision or {}, step.policy
    if decision and step.card is not None:
        who = str(decision.get("label") or decision.get("by") or "somebody")
        refused = decision.get("decision") in ("reject", "stop")
        reason = f": “{decision['reason']}”" if decision.get("reason") else ""
        told = f"{decision_word(str(decision.get('decision', '')))} by {who}{reason}."
        return Stage("Approved", "failed" if refused else "done", told, step.decided_at)
    if step.card is not None:
        return Stage("Approved", "open", str(step.card.get("title", "Waits for a person.")), step.asked_at)
    if policy.get("decision") == "deny":
        return Stage("Approved", "failed", f"Denied: {policy.get('reason', '')}.")
    if policy.get("decision") == "allow":
        return Stage("Approved", "done", f"Allowed without asking: {policy.get('reason', '')}.")
    return Stage("Approved", "skipped", "No approval is needed for this kind of step.")


def _confirmed(step: Step) -> Stage:
    if step.status == "finished":
        return Stage("Confirmed", "done", "Its result is in the journal.", step.ended_at)
    if step.status == "failed":
        return Stage("Confirmed", "failed", str((step.error or {}).get("message", "It failed.")), step.ended_at)
    if step.status == "cancelled":
        return Stage("Confirmed", "unknown", "It was cut off; whether it happened is not known.", step.ended_at)
    if step.card is not None and step.card.get("kind") == "outcome" and step.status == "waiting":
        return Stage(
            "Confirmed", "unknown", "A worker was lost in the middle; a person decides what has happened.", step.asked_at
        )
    return Stage("Confirmed", "open", "Not yet.")


def _list(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def waiting_words(waiting_on: dict[str, Any] | None) -> tuple[str, str]:
    """What a waiting run waits for and what happens next, by what it waits on."""
    on = str((waiting_on or {}).get("on", ""))
    return _WAITING.get(on, ("a person", "It goes on when somebody decides."))


_DECISIONS = {
    "approve": "Approved",
    "edit": "Edited and approved",
    "reject": "Rejected",
    "answer": "Answered",
    "ask_back": "Asked back",
    "retry": "Tried again",
    "done": "Marked as done",
    "raise": "Raised",
    "stop": "Stopped",
}
_WAITING = {
    "approval": ("an approval", "Approved, it does the step; rejected, the agent is told the reason and goes on."),
    "question": ("an answer", "It goes on with the answer."),
    "outcome": ("a word on an unknown outcome", "Somebody says whether it happened: try again, mark as done, or stop."),
    "budget": ("more budget", "Raise the limit and it goes on, or stop it here."),
    "child": ("the run that it started", "It goes on by itself when that run ends."),
}
