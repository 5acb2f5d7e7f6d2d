"""Earlier turns of a conversation as messages that the model really reads, and the turns with this one added."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agents.core.llm.port import Message
from agents.core.runtime.errors import RuntimeFault
from agents.core.spec.signature import SignatureSpec
from agents.core.strategies.parts.inputs import HISTORY

Turn = dict[str, str]  # role (user, assistant) and content


class InvalidHistory(RuntimeFault):
    """The earlier turns are not a list of ``{"role": "user" | "assistant", "content": text}``."""

    code = "invalid_inputs"


def read_turns(values: Mapping[str, Any], most: int) -> list[Turn]:
    """The last ``most`` exchanges of the input ``conversation_history``. Raises ``InvalidHistory``."""
    turns = values.get(HISTORY) or []
    for n, turn in enumerate(turns if isinstance(turns, list) else [turns]):
        fits = isinstance(turn, dict) and turn.get("role") in ("user", "assistant") and isinstance(turn.get("content"), str)
        if not fits:
            allowed = 'a list of {"role": "user" or "assistant", "content": text}'
            raise InvalidHistory(f"{HISTORY}[{n}] is {str(turn)[:80]!r}; allowed is {allowed}")
    return cut([{"role": turn["role"], "content": turn["content"]} for turn in turns], most)


def as_messages(turns: list[Turn]) -> list[Message]:
    return [Message.model_validate(turn) for turn in turns]


def cut(turns: list[Turn], most: int) -> list[Turn]:
    """The last ``most`` exchanges, beginning with the person's word."""
    starts = [n for n, turn in enumerate(turns) if turn["role"] == "user"]
    return turns[starts[-most] :] if 0 < most < len(starts) else turns if most else []


def add_turn(turns: list[Turn], said: str, answered: str, most: int) -> list[Turn]:
    return cut([*turns, {"role": "user", "content": said}, {"role": "assistant", "content": answered}], most)


def without_history(sig: SignatureSpec) -> SignatureSpec:
    """The signature as it is rendered: the turns go before the values and are not repeated among them."""
    return sig.model_copy(update={"inputs": tuple(field for field in sig.inputs if field.name != HISTORY)})
