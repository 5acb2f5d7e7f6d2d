"""A draft of the summary that a person hands a conversation back with: one model call as a run of its own."""

from __future__ import annotations

import time
from uuid import UUID

from agents.core.spec.agent import AgentSpec, ModelSpec
from agents.core.spec.signature import SignatureSpec
from agents.core.spec.types import FieldSpec, ScalarType
from agents.services.runs import get_run, start_run
from agents.services.targets import Run
from journeys.models import Message, MessageRole
from journeys.services.hand_over import MAX_SUMMARY, get_conversation, list_conversation_messages
from journeys.services.sessions import session_spec
from trust.core.errors import Conflict
from trust.core.principal import Principal

WAIT_S = 30.0
_READ = 60  # messages, the newest
_TEXT = ScalarType(kind="str")
_SIGNATURE = SignatureSpec(
    name="Hand-over summary",
    instructions=(
        "A person of the team has answered in a conversation instead of the assistant and now hands it back. Say in at most "
        "three sentences what was settled, what was promised, and what is still open, so that the assistant can go on."
    ),
    inputs=(FieldSpec(name="conversation", type=_TEXT, description="who said what, one line each"),),
    outputs=(FieldSpec(name="summary", type=_TEXT),),
)


def draft_summary(*, principal: Principal, session_id: UUID) -> str:
    """What a model would write; the person may change it before it counts. Raises ``Conflict`` when there is none in time."""
    session = get_conversation(principal, session_id)
    said = list_conversation_messages(principal, session_id)[-_READ:]
    spec = AgentSpec(
        name="Hand-over summary", signature=_SIGNATURE, model=ModelSpec.model_validate(session_spec(session).intent_model)
    )
    lines = "\n".join(f"{_who(message)}: {message.text}" for message in said if message.text)
    run = start_run(principal=principal, spec=spec, inputs={"conversation": lines}, private_to=principal.ref)
    return _text_of(_wait(principal, run))


def _who(message: Message) -> str:
    return message.author or {MessageRole.USER: "person", MessageRole.ASSISTANT: "assistant"}.get(
        MessageRole(message.role), "note"
    )


def _wait(principal: Principal, run: Run) -> Run:
    until = time.monotonic() + WAIT_S
    while not run.ended and time.monotonic() < until:
        time.sleep(0.1)
        run = get_run(principal, run.id)
    return run


def _text_of(run: Run) -> str:
    summary = (run.output or {}).get("summary", "") if run.status == "succeeded" else ""
    if not summary:
        why = (run.error or {}).get("message") or f"the model had no answer within {WAIT_S:g} s"
        raise Conflict(f"No draft could be made: {why}. Write the summary yourself.")
    return str(summary)[:MAX_SUMMARY]
