"""Words in which the test conversations of the ready journeys are written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from journeys.core.testing.case import CaseDecision, CaseTurn, Expectation

APPROVE = CaseDecision()


def says(
    text: str,
    *expect: Expectation,
    decide: Sequence[CaseDecision] = (),
    simulate: Literal["", "tool_failure", "timeout"] = "",
) -> CaseTurn:
    """The person says ``text``; then all of ``expect`` holds."""
    return CaseTurn(says=text, decisions=tuple(decide), expect=expect, simulate=simulate)


def silent(seconds: float, *expect: Expectation) -> CaseTurn:
    """Nobody writes for so long; then all of ``expect`` holds."""
    return CaseTurn(silence_s=seconds, expect=expect)


def reject(reason: str) -> CaseDecision:
    return CaseDecision(decision="reject", reason=reason)


def at(pathway: str) -> Expectation:
    """The conversation stands in ``pathway``."""
    return Expectation(check="pathway", params={"pathway": pathway})


def through(pathway: str) -> Expectation:
    """``pathway`` was on the way of the turn."""
    return Expectation(check="pathway", params={"pathway": pathway, "anywhere": True})


def takes(transition: str) -> Expectation:
    return Expectation(check="transition", params={"transition": transition})


def knows(field: str, value: Any) -> Expectation:
    """The context field has exactly this value."""
    return Expectation(check="field_equals", params={"field": field, "value": value})


def tells(text: str) -> Expectation:
    """The reply contains ``text``."""
    return Expectation(check="reply_contains", params={"text": text})


def calls(tool: str, **arguments: Any) -> Expectation:
    return Expectation(check="tool_called", params={"tool": tool, "arguments": arguments})


def spares(tool: str) -> Expectation:
    """The tool was not called."""
    return Expectation(check="tool_not_called", params={"tool": tool})


def ends() -> Expectation:
    return Expectation(check="ended")
