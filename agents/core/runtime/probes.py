"""The named places where a crash matters. Tests end the process at each of them and look at what is left."""

from __future__ import annotations

CRASH_POINTS: dict[str, str] = {
    "message.before_commit": "a person's message and its run are written, not committed",
    "message.after_commit": "a person's message and its run are committed, no worker knows",
    "claim.before_commit": "a worker has taken the run, not committed",
    "claim.after_commit": "a worker has taken the run, nothing has begun",
    "journal.before_commit": "a group of events is written, not committed",
    "journal.after_commit": "a group of events is committed, nobody has been told",
    "model.before_call": "the intent of a model call is on disk, the call has not begun",
    "model.after_call": "a model has answered, the answer is not on disk",
    "tool.before_call": "the intent of a tool call is on disk, the call has not begun",
    "tool.after_call": "a tool has done its work, the result is not on disk",
    "local.inside_transaction": "local work is done in a transaction that is not committed",
    "approval.before_request": "a step is about to ask a person",
    "approval.after_request": "the question to a person is on disk, the run is not waiting yet",
    "wait.before_commit": "the run is about to wait",
    "wait.after_commit": "the run waits, the worker has not let go",
    "decision.before_commit": "a person's decision is written, not committed",
    "decision.after_commit": "a person's decision is committed, no worker knows",
    "resume.before_replay": "a worker has taken a decided run, nothing is replayed",
    "resume.after_replay": "the decided step is about to go on",
    "finish.before_commit": "the run's end is written, not committed",
    "finish.after_commit": "the run's end is committed, nobody has been told",
}
