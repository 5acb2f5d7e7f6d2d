"""redact_pattern: what fits a pattern is taken out of messages before a model sees them. The stored message keeps it."""

from __future__ import annotations

import re2
from pydantic import Field, field_validator

from agents.core.spec.types import Frozen
from journeys.core.hooks.call import HookCall, Verdict
from journeys.core.spec import HookEvent

_OPTIONS = re2.Options()
_OPTIONS.log_errors = False
_OPTIONS.max_mem = 1 << 20


class RedactPatternParams(Frozen):
    pattern: str = Field(
        default=r"\b\d(?:[ -]?\d){12,18}\b",
        min_length=1,
        max_length=500,
        description="An RE2 expression; as it stands it finds numbers of payment cards.",
    )
    replacement: str = Field(default="[removed]", max_length=100, description="What stands in its place.")

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str) -> str:
        try:
            re2.compile(pattern, _OPTIONS)
        except re2.error as error:
            told = error.args[0].decode() if error.args and isinstance(error.args[0], bytes) else str(error)
            raise ValueError(f"{pattern!r} is not a regular expression of RE2: {told}") from None
        return pattern


class RedactPattern:
    """Changes the message and the earlier ones as models see them; people and the session keep what was written."""

    title = "Redact"
    Params = RedactPatternParams
    events: tuple[HookEvent, ...] = ("pre_message_process",)

    def run(self, call: HookCall, params: RedactPatternParams) -> Verdict:
        pattern = re2.compile(params.pattern, _OPTIONS)

        def clean(text: str) -> str:
            return str(pattern.sub(lambda _: params.replacement, text))

        message = clean(call.message)
        history = [{**m, "text": clean(m.get("text", ""))} for m in call.history]
        return Verdict(
            message=message if message != call.message else None,
            history=history if history != [dict(m) for m in call.history] else None,
        )
