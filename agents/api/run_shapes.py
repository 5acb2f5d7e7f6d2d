"""The shapes of runs and their events in JSON, and the way from rows to them. Owns no operation."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, cast
from uuid import UUID

from ninja import Schema
from pydantic import AwareDatetime, Field

from agents.models.run import Run, RunEvent
from agents.services.live import event_body
from agents.services.run_search import RunFilter
from trust.services.operations import Body, example

RunState = Literal["queued", "running", "waiting", "succeeded", "failed", "cancelled", "expired"]
RUN: dict[str, Any] = {
    "id": "0b7c3f56-0a3e-4c62-9f55-8a5b3cfb4f10",
    "kind": "agent",
    "title": "Triage",
    "slug": "triage",
    "version": 2,
    "spec_digest": "sha256:9f2c1b7e5d3a4c6b8e0f1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f",
    "status": "succeeded",
    "waiting_on": None,
    "inputs": {"message": "My chest hurts."},
    "output": {"urgency": "high"},
    "error": None,
    "topics": [],
    "last_seq": 6,
    "attempt": 1,
    "budget_microusd": 20000,
    "spent_microusd": 412,
    "cost_unknown": False,
    "input_tokens": 310,
    "output_tokens": 12,
    "forked_from": None,
    "forked_at_path": "",
    "parent": None,
    "created_by": "key:5f0c1c0e-6d1d-4f5c-8f5e-0a4a3f4b1c2d",
    "created_by_label": "nightly import",
    "created_at": "2026-11-22T09:00:00Z",
    "started_at": "2026-11-22T09:00:00Z",
    "finished_at": "2026-11-22T09:00:02Z",
    "cancel_requested_at": None,
}
EVENT: dict[str, Any] = {
    "seq": 1,
    "type": "run.queued",
    "path": "",
    "payload": {"by": "key:5f0c1c0e-6d1d-4f5c-8f5e-0a4a3f4b1c2d"},
    "version": 1,
    "at": "2026-11-22T09:00:00Z",
}


class RunOut(Schema):
    """One execution of a spec. Money is in micro-dollars (millionths of a US dollar)."""

    model_config = example(**RUN)

    id: UUID
    kind: str
    title: str
    slug: str | None = Field(description="Of the definition that runs; null for a spec without one.")
    version: int | None = Field(description="Its version number.")
    spec_digest: str
    status: RunState
    waiting_on: dict[str, Any] | None = Field(description="What a waiting run waits for.")
    inputs: dict[str, Any]
    output: Any
    error: dict[str, Any] | None = Field(description="Of a failed run: `code`, `message` and details.")
    topics: list[str] = Field(description="Where else its bells ring; a turn of a session has `session.<id>`.")
    last_seq: int = Field(description="The number of the newest event.")
    attempt: int
    budget_microusd: int | None
    spent_microusd: int
    cost_unknown: bool = Field(description="True when a model without a known price took part.")
    input_tokens: int
    output_tokens: int
    forked_from: UUID | None
    forked_at_path: str
    parent: UUID | None = Field(description="The run whose agent called this one's as a tool.")
    created_by: str
    created_by_label: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    cancel_requested_at: datetime | None


class RunIn(Body):
    """What to run: a published agent, or one turn of a journey in a new session."""

    model_config = example(kind="agent", slug="triage", version=None, inputs={"message": "My chest hurts."})

    kind: Literal["agent", "journey"]
    slug: str = Field(max_length=100)
    version: int | None = Field(default=None, ge=1, description="A version number; null: the published version.")
    inputs: dict[str, Any] = Field(description="By the agent's signature; for a journey: `message`.")
    budget_microusd: int | None = Field(default=None, ge=0, le=2**53 - 1, description="The run stops before it costs more.")


class RunFilters(Schema):
    """What a list of runs can be narrowed to."""

    status: RunState | None = Field(default=None, description="Only runs in this state.")
    kind: str | None = Field(default=None, max_length=20, description="Only runs of this kind: `agent`, `journey`.")
    slug: str = Field(default="", max_length=100, description="Only runs of this agent or journey.")
    mine: bool = Field(default=False, description="Only runs that this key or its person started.")
    since: AwareDatetime | None = Field(default=None, description="Only runs that were started at or after this time.")
    until: AwareDatetime | None = Field(default=None, description="Only runs that were started before this time.")
    q: str = Field(default="", max_length=200, description="Words in inputs, titles, names of people, or the start of an id.")
    sort: Literal["newest", "cost"] = Field(default="newest", description="`cost`: dearest first.")

    def as_filter(self) -> RunFilter:
        return RunFilter(
            status=self.status or "",
            kind=self.kind or "",
            slug=self.slug,
            mine=self.mine,
            since=self.since,
            until=self.until,
            search=self.q.replace("\0", ""),
            sort=self.sort,
        )


class StopIn(Body):
    """How a run is to stop; without a body, immediately."""

    model_config = example(mode="graceful", message="enough for today")

    mode: Literal["graceful", "immediate"] = Field(
        default="immediate",
        description="`graceful`: the step under way is finished and recorded, no further one begins. `immediate`: it is"
        " cancelled. A second request makes a graceful stop immediate.",
    )
    message: str = Field(default="", max_length=500, description="Why; it is part of the run's error.")


class ResumeIn(Body):
    """Where a stopped run is taken up again."""

    model_config = example(checkpoint="0b7c3f56-0a3e-4c62-9f55-8a5b3cfb4f10:12")

    checkpoint: str = Field(
        default="", max_length=80, description="`<run>:<seq>` as its error names it; empty: the end of its journal."
    )


class ForkIn(Body):
    """Where the new run leaves the old one."""

    model_config = example(path="model/0", result={"urgency": "low"})

    path: str = Field(default="", max_length=400, description="A step of the old run: everything before it is kept.")
    result: Any = Field(
        default=None, description="When sent, stands as this step's result; when left out, the step is performed again."
    )
    arguments: dict[str, Any] | None = Field(
        default=None, description="For a tool call that a model asked for: it is decided on and made with these arguments."
    )
    inputs: dict[str, Any] | None = Field(
        default=None, description="For a run of an agent: the same version from the start, with these inputs."
    )


class EventOut(Schema):
    """One event of a run's journal. `seq` counts 1, 2, 3 ... without a gap."""

    model_config = example(**EVENT)

    seq: int
    type: str
    path: str = Field(description="The step that it belongs to; empty: the run.")
    payload: dict[str, Any]
    version: int = Field(description="Of the payload's shape.")
    at: datetime


class EventsOut(Schema):
    """Events after the one that was named, in order."""

    model_config = example(items=[EVENT], last_seq=1, ended=False)

    items: list[EventOut]
    last_seq: int = Field(description="Send it as `after` for what follows.")
    ended: bool = Field(description="True when the run has ended and nothing follows `last_seq`.")


PLAIN = (
    "id",
    "kind",
    "title",
    "spec_digest",
    "waiting_on",
    "inputs",
    "output",
    "error",
    "topics",
    "last_seq",
    "attempt",
    "budget_microusd",
    "spent_microusd",
    "cost_unknown",
    "input_tokens",
    "output_tokens",
    "forked_at_path",
    "created_by",
    "created_by_label",
    "created_at",
    "started_at",
    "finished_at",
    "cancel_requested_at",
)


def tell_run(row: Run) -> RunOut:
    return RunOut(
        **{name: getattr(row, name) for name in PLAIN},
        status=cast(RunState, row.status),
        forked_from=row.forked_from_id,
        parent=row.parent_id,
        slug=row.version.definition.slug if row.version else None,
        version=row.version.number if row.version else None,
    )


def tell_event(row: RunEvent) -> EventOut:
    return EventOut(**event_body(row))
