"""PathwaySpec: one stage of a conversation, what answers in it, and how it ends, fails and goes back."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from agents.core.spec.signature import SignatureSpec
from agents.core.spec.types import Frozen
from journeys.core.spec.triggers import Expression

PathwayId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]
MergeRule = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]  # a name of the catalog of merge rules


class ReturnSpec(Frozen):
    """Where a finished pathway goes back to: the one below it on the stack, ``target``, or the journey's entry.

    ``preserve_context`` False drops what the detour added. ``max_depth``: how many pathways may be suspended when this one
    is entered.
    """

    kind: Literal["previous", "specific", "entry"]
    target: str = ""
    preserve_context: bool = True
    max_depth: int = Field(default=5, ge=1, le=100)


class ErrorRecoverySpec(Frozen):
    """What becomes of a turn whose pathway fails: it ``fail``s, is asked again with the reason up to ``retries`` times
    (``retry``; then it fails), answers with ``reply``, or goes to the error pathway ``pathway``, which answers."""

    mode: Literal["fail", "retry", "reply", "pathway"] = "fail"
    retries: int = Field(default=2, ge=1, le=10)
    reply: str = ""
    pathway: str = ""


class PathwaySpec(Frozen):
    """One stage of the conversation.

    ``agents`` names what answers: agents, or anything else that can run, in the order of ``pipeline`` (a pattern of the
    pipeline catalog with its ``pipeline_params``). Each gets its inputs by name from the message (``message``,
    ``history``, ``context``), the user variables, the accumulated context, the earlier agents' outputs, and by
    ``bindings``: input field -> source name, or ``=`` and an expression.
    ``accumulate`` names the output fields that enter the context; ``merge`` says how (default: replace).
    ``complete_when`` names output or context fields that must all be truthy, ``complete_if`` is an expression that must be
    true besides; both empty: every field of ``accumulate`` (or, without any, every required output) is present.
    ``timeout_s`` bounds the work of one turn here; ``on_error`` says what becomes of a turn that fails.
    """

    id: PathwayId
    title: str = ""
    description: str = ""
    signature: SignatureSpec | None = None
    agents: tuple[str, ...] = ()
    pipeline: str = "sequential"
    pipeline_params: dict[str, Any] = {}
    bindings: dict[str, str] = {}
    guidelines: tuple[str, ...] = ()
    accumulate: tuple[str, ...] = ()
    merge: dict[str, MergeRule] = {}
    complete_when: tuple[str, ...] = ()
    complete_if: Expression = ""
    next: str = ""
    return_behavior: ReturnSpec | None = None
    response_field: str = "response"
    suggestions: tuple[str, ...] = ()
    timeout_s: float | None = Field(default=None, gt=0)
    on_error: ErrorRecoverySpec = ErrorRecoverySpec()
