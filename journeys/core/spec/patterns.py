"""The conversation patterns of a journey: what every conversation needs and no pathway should have to say again.

Each is off, or as quiet as it can be, unless the journey says otherwise; texts may hold ``{names}`` in braces.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from agents.core.spec.types import Frozen

HookEvent = Literal[
    "pre_session_start",
    "post_session_start",
    "pre_message_process",
    "post_message_process",
    "pre_pathway_execute",
    "post_pathway_execute",
    "pre_transition",
    "post_transition",
    "session_error",
]


class Phrases(Frozen):
    """How people say it: ``examples`` for the model that detects intents, ``demo_patterns`` for the demo model only."""

    enabled: bool = False
    examples: tuple[str, ...] = ()
    demo_patterns: tuple[str, ...] = ()


class CorrectionPattern(Phrases):
    """ "No, Tuesday": a value of the context is corrected where it stands. ``fields``: which may be (empty: all that pathways
    accumulate). ``reply`` goes before the answer; it may hold ``{changes}``."""

    fields: tuple[str, ...] = ()
    reply: str = "Corrected: {changes}."


class CancelPattern(Phrases):
    """The person gives up what is going on. ``to``: ``end``, ``entry``, ``previous`` or a pathway. With ``confirm`` the
    person is asked first."""

    to: str = "end"
    confirm: bool = False
    question: str = "Shall I stop here?"
    reply: str = ""


class DigressionPattern(Frozen):
    """What is said when a detour is over and the conversation comes back to ``{title}``; empty: nothing."""

    resume: str = ""


class ClarifyPattern(Frozen):
    """Two intents whose confidences differ by less than ``margin`` are put to the person as a question with ``{options}``."""

    enabled: bool = False
    margin: float = Field(default=0.15, ge=0, le=1)
    question: str = "Do you mean {options}?"


class FallbackPattern(Phrases):
    """A message that neither fits the stage nor means an intent: ``reply`` (empty: the stage answers as well as it can), and
    after ``after`` of them in a row the pathway ``pathway``, or with ``hand_over`` a person. ``demo_patterns`` say what the
    demo model takes for such a message."""

    reply: str = ""
    after: int = Field(default=3, ge=1, le=20)
    pathway: str = ""
    hand_over: bool = False


class HandOverPattern(Phrases):
    """The person asks for a human being: ``message`` is said, and the session waits for an operator.

    Whoever asked, with ``wait_s`` it waits no longer than so many seconds: if nobody has taken it over by then, ``late`` is
    said and the journey answers again, or with ``then`` at ``end`` the session ends. ``None``: it waits as long as it takes.
    """

    message: str = "I am passing you on to a person. Somebody will answer here soon."
    wait_s: float | None = Field(default=None, gt=0, le=30 * 86_400)
    then: Literal["agent", "end"] = "agent"
    late: str = Field(default="I am sorry, nobody is free right now. Please try it again later.", min_length=1)


class PatternsSpec(Frozen):
    correction: CorrectionPattern = CorrectionPattern()
    cancel: CancelPattern = CancelPattern()
    digression: DigressionPattern = DigressionPattern()
    clarify: ClarifyPattern = ClarifyPattern()
    fallback: FallbackPattern = FallbackPattern()
    hand_over: HandOverPattern = HandOverPattern()


class HookUse(Frozen):
    """A hook of the catalog at one of the nine events, with its parameters. Those before an event may veto it."""

    event: HookEvent
    hook: str
    params: dict[str, Any] = {}
