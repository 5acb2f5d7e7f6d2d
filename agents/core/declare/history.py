"""The memory of an agent in Python: which signatures take earlier turns, and where a session's turns come from and go to."""

from __future__ import annotations

from typing import Any

from agents.core.memory.conversations import ConversationStore
from agents.core.spec.agent import AgentSpec
from agents.core.spec.errors import InvalidValues
from agents.core.spec.signature import SignatureSpec
from agents.core.spec.types import DictType, FieldSpec, ListType, ScalarType
from agents.core.strategies.parts.inputs import HISTORY, answer_field, main_text

FIELD = FieldSpec(
    name=HISTORY,
    type=ListType(of=DictType(of=ScalarType(kind="str"))),
    description="Earlier turns, oldest first, each with role (user or assistant) and content",
    required=False,
    default=[],
)


def with_history(sig: SignatureSpec) -> SignatureSpec:
    """``sig`` with the input ``conversation_history``, if it has none."""
    if any(field.name == HISTORY for field in sig.inputs):
        return sig
    return SignatureSpec.model_validate({**sig.__dict__, "inputs": (*sig.inputs, FIELD)})


async def recall(spec: AgentSpec, store: ConversationStore, session_id: str, inputs: dict[str, Any]) -> dict[str, Any]:
    """``inputs`` with the session's turns. Raises ``InvalidValues`` for an agent that has no memory to put them into."""
    if not any(field.name == HISTORY for field in spec.signature.inputs):
        told = f"{spec.name} keeps no memory; set max_turns in its config, or give its signature the input {HISTORY}"
        raise InvalidValues(problems=[{"where": "session_id", "message": told}])
    return inputs if HISTORY in inputs else {**inputs, HISTORY: await store.load(session_id)}


async def remember(
    spec: AgentSpec, store: ConversationStore, session_id: str, inputs: dict[str, Any], outputs: dict[str, Any]
) -> None:
    """Adds this turn: what was asked and what people read of the answer."""
    turn = [
        {"role": "user", "content": main_text(spec.signature, inputs)},
        {"role": "assistant", "content": str(outputs.get(answer_field(spec.signature), ""))},
    ]
    await store.add(session_id, turn)
