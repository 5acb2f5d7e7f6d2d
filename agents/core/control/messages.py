"""What runs and people say to each other: frozen messages, the same over every transport, with one JSON form."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from agents.core.spec.types import Frozen


class _Asked(Frozen):
    """What every request has. ``id`` is the step that waits; ``digest`` covers what is shown, and the reply names it."""

    id: str
    title: str
    digest: str = ""
    agent: str = ""
    expires_s: float | None = None


class Question(_Asked):
    """Replies: answer (one of ``options`` where there are any), reject with a reason."""

    type: Literal["question"] = "question"
    options: tuple[str, ...] = ()


class ApprovalRequest(_Asked):
    """A call that waits for a person. Replies: approve, edit (if ``editable``), reject, ask_back. ``why``: who asked for it."""

    type: Literal["approval"] = "approval"
    risk: str = "medium"
    tool: str = ""
    arguments: dict[str, Any] = {}
    editable: bool = False
    quorum: int = 1
    why: str = ""


class OutcomeRequest(_Asked):
    """Nobody knows whether this call was carried out. Replies: retry, done (with its result), stop."""

    type: Literal["outcome"] = "outcome"
    tool: str = ""
    arguments: dict[str, Any] = {}


class BudgetRequest(_Asked):
    """The next call does not fit a limit. Replies: raise (by an amount of ``measure``), stop."""

    type: Literal["budget"] = "budget"
    account: str = ""
    measure: str = "microusd"
    limit: float = 0
    used: float = 0
    needed: float = 0


class Progress(Frozen):
    """How far the work is; ``percentage`` is 0 to 100 where it is known."""

    type: Literal["progress"] = "progress"
    message: str
    percentage: float | None = None


class Text(Frozen):
    """The text of a step so far: never stored, the newest replaces those before it."""

    type: Literal["text"] = "text"
    path: str
    text: str


class Decided(Frozen):
    """A request was decided, here or by somebody else."""

    type: Literal["decided"] = "decided"
    id: str
    decision: str
    by: str = ""
    reason: str = ""


class Problem(Frozen):
    """A reply that does not fit; the request stays open."""

    type: Literal["problem"] = "problem"
    id: str
    message: str


class Ended(Frozen):
    """The last message of a run."""

    type: Literal["ended"] = "ended"
    status: str
    output: dict[str, Any] | None = None
    error: dict[str, Any] | None = None


DecisionName = Literal["answer", "approve", "edit", "reject", "ask_back", "retry", "done", "raise", "stop"]


class Reply(Frozen):
    """A person's decision on the request ``id``: the same fields as the decisions of the API."""

    type: Literal["reply"] = "reply"
    id: str
    decision: DecisionName
    reason: str = ""
    arguments: dict[str, Any] | None = None
    result: Any = None
    raise_by: int | None = None
    seen_digest: str = ""
    by: str = ""


Request = Question | ApprovalRequest | OutcomeRequest | BudgetRequest
Message = Request | Progress | Text | Decided | Problem | Ended
REQUESTS = (Question, ApprovalRequest, OutcomeRequest, BudgetRequest)
_MESSAGE: TypeAdapter[Message] = TypeAdapter(Annotated[Message, Field(discriminator="type")])


def parse_message(data: Any) -> Message:
    """Raises ``ValueError`` for what is no message."""
    return _MESSAGE.validate_python(data)


def to_data(message: Message | Reply) -> dict[str, Any]:
    """The JSON form."""
    return message.model_dump(mode="json", exclude_none=True)
