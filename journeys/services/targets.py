"""Starts one turn of a journey for ``POST /runs``: a new session with its first message. Executes nothing."""

from __future__ import annotations

import uuid
from typing import Any, cast
from uuid import UUID

from agents.services.idempotency import start_once
from agents.services.runs import get_run
from agents.services.targets import Run
from journeys.services.sessions import open_session, post_message
from trust.core.canonical import digest
from trust.core.errors import Invalid
from trust.core.principal import Principal


def start_journey(
    *,
    principal: Principal,
    slug: str,
    version: int | None,
    inputs: dict[str, Any],
    budget_microusd: int | None,
    idempotency_key: str,
) -> Run:
    """The run of the first turn. Session, message and run are one transaction, so a repeated key finds all or nothing."""
    text = _message_of(inputs, budget_microusd)

    def start() -> Run:
        session = open_session(principal=principal, slug=slug, version=version)
        message = post_message(principal=principal, session_id=session.id, client_id=uuid.uuid4().hex, text=text)
        return get_run(principal, cast(UUID, message.run_id))

    request = digest({"journey": slug, "version": str(version), "message": text})
    return start_once(principal=principal, key=idempotency_key, request_digest=request, start=start)


def _message_of(inputs: dict[str, Any], budget_microusd: int | None) -> str:
    text = inputs.get("message")
    if set(inputs) != {"message"} or not isinstance(text, str) or not text.strip():
        got = ", ".join(sorted(inputs)) or "none"
        message = f"a journey takes exactly one input, `message`, a text that is not empty; got: {got}"
        raise Invalid(problems=[{"where": "inputs", "message": message}])
    if budget_microusd is not None:
        message = "a journey's budget is part of its spec (`budget_microusd`); leave it out here"
        raise Invalid(problems=[{"where": "budget_microusd", "message": message}])
    return text
