"""require_fields: a pathway is entered, or a session opened, only when certain things are known."""

from __future__ import annotations

from pydantic import Field

from agents.core.spec.types import Frozen
from journeys.core.engine.context import is_present
from journeys.core.hooks.call import GO_ON, HookCall, Verdict, Veto
from journeys.core.spec import HookEvent


class RequireFieldsParams(Frozen):
    fields: tuple[str, ...] = Field(
        default=(), max_length=50, description="Context fields that must be known.", json_schema_extra={"names": "field"}
    )
    to: tuple[str, ...] = Field(
        default=(),
        max_length=100,
        description="The pathways that it guards, or end; empty: every one.",
        json_schema_extra={"names": "pathway"},
    )
    reply: str = Field(
        default="Before that I need to know: {fields}.",
        min_length=1,
        description="What the person reads; it may hold {fields}.",
    )


class RequireFields:
    """Vetoes a move to one of the pathways, or a session's start, while a field is missing or empty."""

    title = "Require fields"
    Params = RequireFieldsParams
    events: tuple[HookEvent, ...] = ("pre_session_start", "pre_transition")

    def run(self, call: HookCall, params: RequireFieldsParams) -> Verdict:
        if params.to and call.event == "pre_transition" and call.target not in params.to:
            return GO_ON
        missing = [name for name in params.fields if not is_present(call.context.get(name))]
        if not missing:
            return GO_ON
        return Veto(params.reply.replace("{fields}", ", ".join(name.replace("_", " ") for name in missing)))
