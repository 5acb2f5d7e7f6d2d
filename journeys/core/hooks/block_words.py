"""block_words: a message that holds one of these words is answered with a friendly text and goes no further."""

from __future__ import annotations

import re

from pydantic import Field

from agents.core.spec.types import Frozen
from journeys.core.hooks.call import GO_ON, HookCall, Verdict, Veto
from journeys.core.spec import HookEvent


class BlockWordsParams(Frozen):
    words: tuple[str, ...] = Field(
        default=(), max_length=500, description="Words or phrases, in any case; each is found as a whole word only."
    )
    reply: str = Field(
        default="Let us keep this friendly. Please say it in other words.",
        min_length=1,
        description="What the person reads in place of an answer.",
    )


class BlockWords:
    """Vetoes a message that holds one of the words. They are compared as whole words without regard to case."""

    title = "Block words"
    Params = BlockWordsParams
    events: tuple[HookEvent, ...] = ("pre_message_process",)

    def run(self, call: HookCall, params: BlockWordsParams) -> Verdict:
        said = f" {' '.join(_words(call.message))} "
        found = any(f" {' '.join(_words(word))} " in said for word in params.words if _words(word))
        return Veto(params.reply) if found else GO_ON


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
