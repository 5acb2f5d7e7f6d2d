"""Conversation with a memory: the earlier turns enter the prompt as messages, and the result says what to remember.

A run reads the turns from its input ``conversation_history`` and gives them back, with this one, as ``updated_history``: where
they are kept between runs is the caller's choice. Python agents keep them by session id (``agents.core.memory``).
"""

from __future__ import annotations

from typing import Any

from pydantic import Field

from agents.core.runtime.context import RunContext
from agents.core.spec.agent import AgentSpec
from agents.core.spec.types import Frozen
from agents.core.strategies.asking import ask_model
from agents.core.strategies.parts.answer import fill_outputs, in_order, open_outputs
from agents.core.strategies.parts.conversation import add_turn, as_messages, read_turns, without_history
from agents.core.strategies.parts.inputs import answer_field, main_text


class MemoryParams(Frozen):
    max_history_turns: int = Field(default=10, ge=0, le=200, description="How many earlier exchanges the model reads.")
    max_rounds: int = Field(default=5, ge=1, le=50, description="How often the model may call tools before it must answer.")


class Memory:
    """One answer with everything that was said before."""

    title = "Conversation with memory"
    Params = MemoryParams
    provides: dict[str, str] = {
        "memory_updated": "Whether this turn was added to the conversation",
        "updated_history": "The conversation with this turn: the next run's conversation_history",
    }

    async def run(self, ctx: RunContext, spec: AgentSpec, values: dict[str, Any], params: MemoryParams) -> dict[str, Any]:
        turns = read_turns(values, params.max_history_turns)
        promised = fill_outputs(spec.signature, {"memory_updated": True, "updated_history": []})
        wanted = without_history(spec.signature).model_copy(
            update={"outputs": tuple(open_outputs(spec.signature, promised)) or spec.signature.outputs}
        )
        answered = await ask_model(
            ctx, spec, values, signature=wanted, before=as_messages(turns), rounds=params.max_rounds if spec.tools else 0
        )
        said, reply = main_text(spec.signature, values), str(answered.get(answer_field(wanted), ""))
        updated = add_turn(turns, said, reply, params.max_history_turns)
        made = {"memory_updated": params.max_history_turns > 0, "updated_history": updated}
        return in_order(spec.signature, {**answered, **fill_outputs(spec.signature, made)})
