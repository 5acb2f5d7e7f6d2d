"""Words in which the ready journeys are written: what every stage hears and says, and short forms of the demo model's rules.

The rules stand in for a model where no key is: patterns and sentences, no AI.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zlib import crc32

from agents import DemoRule, InputField, OutputField, Signature, ToolContext
from journeys import JourneyConfig

YES = r"^\W*(?:yes|yeah|yep|sure|ok|okay|fine|please|go ahead|do it|right|correct|great|perfect|good)\b(?!.*\bnot?\b)"
NO = r"^\W*(?:no|nope|not (?:yet|now)|later)\b"
THANKS = r"\b(?:thanks|thank you|bye|goodbye|that'?s all|that is all)\b"
HELLO = r"^\W*(?:hi|hello|hey|good (?:morning|afternoon|evening|day))(?: there)?\W*$"
STOP = r"re:^\W*(?:please )?(?:cancel|stop|quit|forget it|never ?mind)\b(?!.*\?)"
STOPS = ("Cancel everything", "I give up")  # far from “let us go on”
HUMAN = r"re:\b(?:talk|speak|connect me|through) (?:to|with) (?:an? |the )?(?:\w+ )?(?:human|person|somebody|someone|agent)\b"
OFF_TOPIC = r"re:\b(?:weather|football|joke|poem|recipe|holiday)\b"
WHEN = r"\b(?P<when>(?:today|tomorrow|(?:mon|tues|wednes|thurs|fri)day|\d{1,2}(?::\d\d)? ?(?:am|pm|o'?clock)?)\b.*)"
CONFIG = JourneyConfig(budget_microusd=500_000)


class Talk(Signature):
    """The signature that the stages of the ready journeys extend."""

    message: str = InputField(desc="What the person just wrote")
    history: list[Any] = InputField(desc="The messages before it, oldest first", default=[])
    context: dict[str, Any] = InputField(desc="What the conversation knows so far", default={})
    response: str = OutputField(desc="The reply: friendly, plain, two to four sentences, in the person's language")


def say(
    text: str,
    *when: str,
    known: Sequence[str] = (),
    unless: Sequence[str] = (),
    after: str = "",
    rejected: bool = False,
    **outputs: Any,
) -> DemoRule:
    """Answers with ``text`` and ``outputs`` when one of the patterns fits (none: always)."""
    return DemoRule(
        when=_patterns(when),
        if_known=tuple(known),
        unless_known=tuple(unless),
        after=after,
        rejected=rejected,
        set={**outputs, "response": text},
    )


def note(*when: str, known: Sequence[str] = (), unless: Sequence[str] = (), after: str = "", **outputs: Any) -> DemoRule:
    """Keeps ``outputs`` and reads on."""
    return DemoRule(
        when=_patterns(when), if_known=tuple(known), unless_known=tuple(unless), after=after, go_on=True, set=outputs
    )


def use(tool: str, *when: str, known: Sequence[str] = (), unless: Sequence[str] = (), **arguments: Any) -> DemoRule:
    """Calls ``tool``; the rules are then read again with what it answered."""
    return DemoRule(when=_patterns(when), if_known=tuple(known), unless_known=tuple(unless), call=tool, args=arguments)


def bye(text: str, *when: str, **outputs: Any) -> DemoRule:
    """Answers with ``text`` when somebody thanks, wants nothing more, or one of the patterns fits."""
    return say(text, THANKS, NO, *when, **outputs)


def corrected(*patterns: str) -> tuple[str, ...]:
    """What the demo model takes for a correction: “no, ...” and then a pattern, whose named group is the new value."""
    return tuple(rf"re:^\W*(?:no|sorry|wait|actually|i meant)\b.*{pattern}" for pattern in patterns)


def reference(letters: str, context: ToolContext) -> str:
    """A number for what a tool did, such as ``RF-483920``: the same whenever the same call is repeated."""
    return f"{letters}-{crc32(context.idempotency_key.encode()) % 1_000_000:06d}"


def heard(*patterns: str) -> list[str]:
    """Patterns as a trigger's ``demo_patterns``."""
    return list(_patterns(patterns))


def _patterns(given: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"re:{pattern}" for pattern in given)
