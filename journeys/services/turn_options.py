"""What may go with a message: stored files, and a tester's wishes for its turn. Checked here, kept with the message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from agents.core.spec.runnable import spec_problems
from agents.services.files import file_value, get_file
from journeys.core.engine.tester import PlaySpec
from journeys.models import Message, Session
from trust.core.errors import Invalid, NotFound, Problem
from trust.core.principal import Principal

MAX_FILES = 10


def message_options(principal: Principal, files: Sequence[UUID], play: dict[str, Any] | None) -> dict[str, Any]:
    """The payload of a message with ``files`` and ``play``; empty without any. Raises ``Invalid``."""
    if len(files) > MAX_FILES:
        raise Invalid(problems=[{"where": "files", "message": f"a message has at most {MAX_FILES} files, not {len(files)}"}])
    found: dict[str, Any] = {}
    if files:
        found["files"] = [_file(principal, file_id, n) for n, file_id in enumerate(files)]
    if play:
        found["play"] = check_play(play)
    return found


def turn_inputs(session: Session, message: Message) -> dict[str, Any]:
    """What a turn's run is told beside its message: the wishes of the message, over those that the session holds."""
    play = {**session.debug, **message.payload.get("play", {})}
    return {"play": play} if play else {}


def check_play(play: dict[str, Any]) -> dict[str, Any]:
    """The tester's wishes as they are stored. Raises ``Invalid`` for what no turn can do."""
    try:
        return PlaySpec.model_validate(play).model_dump(mode="json", exclude_defaults=True)
    except ValidationError as error:
        problems: list[Problem] = [{"where": f"play.{p['where']}", "message": p["message"]} for p in spec_problems(error)]
        raise Invalid(problems=problems) from None


def _file(principal: Principal, file_id: UUID, n: int) -> dict[str, Any]:
    try:
        return file_value(get_file(principal, file_id))
    except NotFound as missing:
        raise Invalid(problems=[{"where": f"files[{n}]", "message": f"{missing.message} Upload it first."}]) from None
