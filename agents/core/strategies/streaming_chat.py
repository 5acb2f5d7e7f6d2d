"""Chat whose answer is heard while it is written, in pieces of a chosen size, with the conversation so far in the prompt."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from agents.core.runtime.context import RunContext
from agents.core.spec.agent import AgentSpec
from agents.core.spec.types import Frozen
from agents.core.strategies.asking import ask_model
from agents.core.strategies.parts.answer import fill_outputs, in_order, open_outputs
from agents.core.strategies.parts.conversation import as_messages, read_turns, without_history
from agents.core.strategies.parts.inputs import answer_field


class StreamingChatParams(Frozen):
    max_history_turns: int = Field(default=10, ge=0, le=200, description="How many earlier exchanges the model reads.")
    max_rounds: int = Field(default=5, ge=1, le=50, description="How often the model may call tools before it must answer.")
    chunk_size: int = Field(
        default=1, ge=1, le=10_000, description="The least number of characters that are passed on at once."
    )


class StreamingChat:
    """One streamed answer. ``chunk_size`` is for whoever passes the pieces on (``StreamingChatAgent.stream``)."""

    title = "Streaming chat"
    Params = StreamingChatParams
    provides: dict[str, str] = {"characters": "How long the streamed answer is"}

    async def run(
        self, ctx: RunContext, spec: AgentSpec, values: dict[str, Any], params: StreamingChatParams
    ) -> dict[str, Any]:
        filled = fill_outputs(spec.signature, {"characters": 0})
        wanted = without_history(spec.signature).model_copy(
            update={"outputs": tuple(open_outputs(spec.signature, filled)) or spec.signature.outputs}
        )
        before = as_messages(read_turns(values, params.max_history_turns))
        rounds = params.max_rounds if spec.tools else 0
        answered = await ask_model(ctx, spec, values, signature=wanted, before=before, rounds=rounds)
        length = len(str(answered.get(answer_field(wanted), "")))
        return in_order(spec.signature, {**answered, **fill_outputs(spec.signature, {"characters": length})})
