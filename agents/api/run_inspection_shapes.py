"""The shapes of what inspecting a run tells in JSON: steps, account, timeline, comparison, replay. Owns no operation."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from agents.core.inspect.changes import Change
from agents.core.inspect.compare import Comparison, Pair
from agents.core.inspect.replay import Replayed
from agents.core.inspect.sentences import effect_stages, summarize_step
from agents.core.inspect.tree import Wanted, badges_of
from agents.core.runtime.steps import Step
from agents.services.inspection import Inspection
from trust.services.operations import example

CHANGE: dict[str, Any] = {"kind": "changed", "where": "output.urgency", "before": "high", "after": "low"}
STEP: dict[str, Any] = {
    "path": "agent/0/model/0",
    "kind": "model",
    "agent": "Triage",
    "status": "finished",
    "summary": "Agent Triage asked the model gpt-5-mini, which answered.",
    "badges": [],
    "effect": "model",
    "request": {"messages": [{"role": "user", "content": 'message: "My chest hurts."'}]},
    "arguments": None,
    "result": {"content": '{"urgency": "high"}'},
    "error": None,
    "partial": "",
    "attempt": 1,
    "edited": False,
    "kept": False,
    "policy": {},
    "decision": None,
    "stages": [{"name": "Proposed", "state": "done", "text": "The agent composed this request.", "at": None}],
    "duration_s": 1.2,
    "input_tokens": 310,
    "output_tokens": 12,
    "cost_microusd": 412,
    "first_seq": 3,
    "last_seq": 4,
    "started_at": "2026-11-22T09:00:00Z",
    "ended_at": "2026-11-22T09:00:01Z",
}


class StepFilters(Schema):
    """Which steps, and at which event."""

    at: int | None = Field(default=None, ge=1, le=2**31 - 1, description="As it was after this event; left out: now.")
    kind: Literal["model", "tool", "person", "other"] | None = Field(default=None, description="Only steps of this kind.")
    only: Literal["errors", "failing", "cost"] | None = Field(
        default=None, description="Only failed steps, only those on the way to the failure, or only those with a cost."
    )
    q: str = Field(default="", max_length=200, description="Words that are in what a step was given or gave back.")
    offset: int = Field(default=0, ge=0, le=10**6, description="How many steps to leave out at the beginning.")
    limit: int = Field(default=200, ge=1, le=1000, description="How many steps at most.")

    def as_wanted(self) -> Wanted:
        return Wanted("steps", self.kind or "", self.only or "", self.q)


class StageOut(Schema):
    """One stage of an effect: proposed, approved, sent, confirmed."""

    name: str
    state: Literal["done", "open", "skipped", "failed", "unknown"]
    text: str
    at: datetime | None


class StepOut(Schema):
    """One step as people read it. Money is in micro-dollars; a null cost means that no price is known."""

    model_config = example(**STEP)

    path: str
    kind: str
    agent: str
    status: str
    summary: str = Field(description="What happened, in a sentence.")
    badges: list[str] = Field(description="What is out of the ordinary: attempts, policy, replayed, forked here, edited.")
    effect: str
    request: dict[str, Any]
    arguments: dict[str, Any] | None = Field(description="What a person put in place of the request's arguments.")
    result: Any
    error: dict[str, Any] | None
    partial: str
    attempt: int
    edited: bool = Field(description="True when a person set the result.")
    kept: bool = Field(description="True when it was done by the run that this one was forked from.")
    policy: dict[str, Any] = Field(description="What permission decided, why, and the trail of every voice.")
    decision: dict[str, Any] | None = Field(description="The decision of a person.")
    stages: list[StageOut]
    duration_s: float
    input_tokens: int
    output_tokens: int
    cost_microusd: int | None = Field(description="Of all attempts.")
    first_seq: int
    last_seq: int
    started_at: datetime | None
    ended_at: datetime | None


class AccountOut(Schema):
    """What the run had used by the event that is looked at, folded from its journal."""

    spent_microusd: int
    reserved_microusd: int
    input_tokens: int
    output_tokens: int
    model_calls: int
    tool_calls: int
    cost_unknown: bool


class StepsOut(Schema):
    """A run's steps as they were after event `at`."""

    model_config = example(
        at=6,
        last_seq=6,
        status="succeeded",
        account={
            "spent_microusd": 412,
            "reserved_microusd": 0,
            "input_tokens": 310,
            "output_tokens": 12,
            "model_calls": 1,
            "tool_calls": 0,
            "cost_unknown": False,
        },
        total=1,
        items=[STEP],
    )

    at: int
    last_seq: int
    status: str
    account: AccountOut
    total: int = Field(description="Of steps that fit the filters; `offset` and `limit` take a part of them.")
    items: list[StepOut]


class ChangeOut(Schema):
    """One difference. `where` is a path such as `output.urgency`; empty: the whole value."""

    kind: Literal["added", "removed", "changed"]
    where: str
    before: Any
    after: Any


class PairOut(Schema):
    """The step at one path in both runs."""

    path: str
    state: Literal["same", "changed", "left", "right"] = Field(description="`left` and `right`: only that run has it.")
    request: list[ChangeOut]
    result: list[ChangeOut]
    left_microusd: int | None
    right_microusd: int | None
    left_s: float | None
    right_s: float | None


class ComparisonOut(Schema):
    """Two runs side by side, their steps aligned by path."""

    model_config = example(
        left="0b7c3f56-0a3e-4c62-9f55-8a5b3cfb4f10",
        right="5f0c1c0e-6d1d-4f5c-8f5e-0a4a3f4b1c2d",
        first="agent/0/model/1",
        counts={"same": 2, "changed": 1, "left": 0, "right": 1},
        inputs=[],
        outcome=[CHANGE],
        left_microusd=412,
        right_microusd=390,
        steps=[],
    )

    left: UUID
    right: UUID
    first: str = Field(description="The path at which the runs part; empty when all steps are the same.")
    counts: dict[str, int]
    inputs: list[ChangeOut]
    outcome: list[ChangeOut]
    left_microusd: int
    right_microusd: int
    steps: list[PairOut]


class ReplayOut(Schema):
    """What executing the recorded run once more came to. No model was asked and nothing was touched."""

    model_config = example(
        verdict="equal",
        told="All 5 steps replay, and the run ends with the same result, to the byte.",
        steps=5,
        seconds=0.01,
        path="",
        request=[],
        result=[],
        unused=[],
        digest="sha256:9f2c1b7e5d3a4c6b8e0f1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f",
    )

    verdict: Literal["equal", "diverged", "open"] = Field(description="`open`: the recording ends before the run does.")
    told: str
    steps: int
    seconds: float
    path: str = Field(description="Where it diverged, or where the recording ends.")
    request: list[ChangeOut] = Field(description="The recorded request against the one that the code makes today.")
    result: list[ChangeOut] = Field(description="The recorded outcome against the replay's.")
    unused: list[str] = Field(description="Recorded steps that the code never came to.")
    digest: str = Field(description="Of the outcome when it is equal.")


class ExportOut(Schema):
    """The run as evidence: the same for the same run each time. `digest` is SHA-256 over the rest as RFC 8785 JSON."""

    model_config = example(
        format="kaizen.run/1",
        run={"id": "0b7c3f56-0a3e-4c62-9f55-8a5b3cfb4f10"},
        spec={},
        events=[],
        approvals=[],
        account={},
        digest=None,
    )

    format: str
    run: dict[str, Any]
    spec: dict[str, Any]
    events: list[dict[str, Any]]
    approvals: list[dict[str, Any]]
    account: dict[str, Any]
    digest: str | None = Field(description="Null where a tool's result holds a number without canonical form.")


def tell_step(step: Step, forked_at: str) -> StepOut:
    plain = {name: getattr(step, name) for name in STEP if hasattr(step, name)}
    return StepOut(
        **plain
        | {
            "summary": summarize_step(step),
            "badges": [badge.text for badge in badges_of(step, forked_at)],
            "stages": [StageOut(name=s.name, state=s.state, text=s.text, at=s.at) for s in effect_stages(step)],  # type: ignore[arg-type]
            "cost_microusd": step.total_microusd,
        }
    )


def tell_account(seen: Inspection) -> AccountOut:
    return AccountOut(**{name: getattr(seen.account, name) for name in AccountOut.model_fields})


def tell_replay(found: Replayed) -> ReplayOut:
    return ReplayOut(
        verdict=found.verdict,  # type: ignore[arg-type]
        told=found.told,
        steps=found.steps,
        seconds=found.seconds,
        path=found.path,
        request=_changes(found.request),
        result=_changes(found.result),
        unused=list(found.unused),
        digest=found.digest,
    )


def tell_comparison(left: UUID, right: UUID, found: Comparison) -> ComparisonOut:
    return ComparisonOut(
        left=left,
        right=right,
        first=found.first,
        counts=found.counts,
        inputs=_changes(found.inputs),
        outcome=_changes(found.output),
        left_microusd=found.left.account.spent_microusd,
        right_microusd=found.right.account.spent_microusd,
        steps=[_pair(pair) for pair in found.pairs],
    )


def _pair(pair: Pair) -> PairOut:
    return PairOut(
        path=pair.path,
        state=pair.state,  # type: ignore[arg-type]
        request=_changes(pair.request),
        result=_changes(pair.result),
        left_microusd=pair.left.total_microusd if pair.left else None,
        right_microusd=pair.right.total_microusd if pair.right else None,
        left_s=pair.left.duration_s if pair.left else None,
        right_s=pair.right.duration_s if pair.right else None,
    )


def _changes(changes: tuple[Change, ...]) -> list[ChangeOut]:
    return [ChangeOut(kind=c.kind, where=c.where, before=c.before, after=c.after) for c in changes]  # type: ignore[arg-type]
