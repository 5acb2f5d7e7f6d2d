"""Assertions about the words of a reply, by rule."""

from __future__ import annotations

from typing import ClassVar

import re2
from pydantic import Field, field_validator

from agents.core.spec.types import Frozen
from journeys.core.testing.assertions.seen import Seen, Verdict


class ReplyContains:
    """The reply contains this text, small and capital letters alike."""

    title: ClassVar[str] = "Reply contains"

    class Params(Frozen):
        text: str = Field(min_length=1, title="Text")

    async def judge(self, params: Params, seen: Seen) -> Verdict:
        got = seen.last.reply
        return Verdict(passed=params.text.casefold() in got.casefold(), expected=f"contains “{params.text}”", got=got)


class ReplyMatches:
    """The reply contains a match of this pattern (RE2)."""

    title: ClassVar[str] = "Reply matches"

    class Params(Frozen):
        pattern: str = Field(min_length=1, max_length=1000, title="Pattern", description="A regular expression (RE2)")

        @field_validator("pattern")
        @classmethod
        def _compiles(cls, pattern: str) -> str:
            try:
                re2.compile(pattern, _quiet())
            except re2.error as error:
                raise ValueError(f"{pattern!r} is no pattern that RE2 reads: {_told(error)}") from None
            return pattern

    async def judge(self, params: Params, seen: Seen) -> Verdict:
        got = seen.last.reply
        found = re2.search(params.pattern, got, _quiet())
        return Verdict(passed=found is not None, expected=f"matches {params.pattern}", got=got)


class ReplyEquals:
    """The reply is exactly this text; spaces at both ends do not count."""

    title: ClassVar[str] = "Reply equals"

    class Params(Frozen):
        text: str = Field(title="Text")

    async def judge(self, params: Params, seen: Seen) -> Verdict:
        got = seen.last.reply
        return Verdict(passed=got.strip() == params.text.strip(), expected=params.text, got=got)


def _quiet() -> re2.Options:
    options = re2.Options()
    options.log_errors = False
    return options


def _told(error: Exception) -> str:
    told = error.args[0] if error.args else error
    return told.decode(errors="replace") if isinstance(told, bytes) else str(told)
