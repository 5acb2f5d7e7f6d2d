"""One typed question to a model: what every strategy is made of. Renders, asks, answers tool calls, sends back for repair."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from agents.core.llm.partial import show_field
from agents.core.llm.port import ChatReply, ChatRequest, Message, Task, ToolCall
from agents.core.llm.render import LONGEST_SIDE, prepare, render_messages
from agents.core.llm.structured import judge_reply, repair_messages
from agents.core.runtime.calls import InvalidArguments, call_model, call_tool
from agents.core.runtime.context import RunContext
from agents.core.runtime.errors import (
    CallRejected,
    InvalidAnswer,
    OutcomeUnknown,
    PermissionRefused,
    RuntimeFault,
    StepFailed,
    UnknownTool,
)
from agents.core.spec.agent import AgentSpec, ModelSpec
from agents.core.spec.signature import SignatureSpec

STOPPED = "stopped"  # a person's decision on an unknown outcome: it ends the run, the model is not asked


async def ask_model(
    ctx: RunContext,
    spec: AgentSpec,
    values: dict[str, Any],
    *,
    signature: SignatureSpec | None = None,
    name: str = "model",
    model: ModelSpec | None = None,
    rounds: int = 0,
    before: Sequence[Message] = (),
    shown: bool = True,
    longest_side: int = LONGEST_SIDE,
    heard: Callable[[ChatReply], None] | None = None,
) -> dict[str, Any]:
    """The validated outputs of ``signature`` (the agent's own by default) for ``values``.

    ``rounds``: how often the model may call the agent's tools first; 0 offers none. ``before`` goes between the system message
    and the values: earlier messages of a conversation. ``shown``: whether the answer is streamed to people. ``name`` names the
    steps; ``longest_side`` bounds images in pixels, 0 leaves them as they are; ``heard`` is told of each reply, and so of the
    model that gave it. Raises ``InvalidAnswer`` when the answer does not fit after the agent's ``max_repairs``.
    """
    signature = signature or spec.signature
    system, *rest = render_messages(signature, values, longest_side=longest_side)
    messages = [system, *before, *rest]
    show = show_field(prepare(signature).shown_field) if shown and prepare(signature).shown_field else None
    used = repairs = 0
    while True:
        request = chat_request(
            ctx, spec, signature, values, messages=messages, model=model, rounds=rounds, may_call=used < rounds
        )
        reply = await call_model(ctx, request, show, name=name)
        if heard is not None:
            heard(reply)
        if reply.tool_calls and used < rounds:
            used += 1
            messages += await answer_tool_calls(ctx, spec, reply)
            continue
        answer = judge_reply(signature, reply)
        if answer.values is not None:
            return answer.values
        if repairs >= spec.max_repairs:
            raise InvalidAnswer(
                f"agent {spec.name}: the answer did not fit its signature after {repairs} repairs: "
                + "; ".join(answer.problems),
                partial=answer.partial,
                problems=list(answer.problems),
            )
        repairs += 1
        messages += repair_messages(reply, answer)


async def answer_tool_calls(ctx: RunContext, spec: AgentSpec, reply: ChatReply) -> list[Message]:
    """Does the calls in the order the model gave them; failures and rejections become results that the model reads."""
    answered = [Message(role="assistant", content=reply.content, tool_calls=reply.tool_calls)]
    for call in reply.tool_calls:
        result = await try_tool(ctx, spec, call)
        answered.append(Message(role="tool", tool_call_id=call.id, content=to_json(result)))
    return answered


async def try_tool(ctx: RunContext, spec: AgentSpec, call: ToolCall) -> Any:
    """The result of one of the agent's tools, or ``{"error": {"code", "message"}}`` where it failed or was refused.

    Only a person's "stop" on an unknown outcome is raised.
    """
    try:
        return await _call(ctx, spec, call)
    except (CallRejected, InvalidArguments, OutcomeUnknown, PermissionRefused, UnknownTool) as refused:
        return _error(refused)
    except StepFailed as failed:
        if failed.code == STOPPED:
            raise
        return _error(failed)


def to_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def chat_request(
    ctx: RunContext,
    spec: AgentSpec,
    signature: SignatureSpec,
    values: dict[str, Any],
    *,
    messages: list[Message],
    model: ModelSpec | None,
    rounds: int,
    may_call: bool,
) -> ChatRequest:
    prepared = prepare(signature)
    return ChatRequest.model_construct(
        model=model or spec.model,
        messages=tuple(messages),
        tools=tuple(ctx.ports.tools.get(use.name).schema for use in spec.tools) if rounds else (),
        tool_choice="auto" if may_call else "none",
        json_schema=prepared.schema,
        strict=prepared.strict,
        schema_name="answer",
        task=Task.model_construct(signature=signature, values=values, demo=spec.demo),
    )


async def _call(ctx: RunContext, spec: AgentSpec, call: ToolCall) -> Any:
    use = next((use for use in spec.tools if use.name == call.name), None)
    if use is None:
        known = ", ".join(use.name for use in spec.tools) or "none"
        raise UnknownTool(f"this agent has no tool {call.name!r}; it has: {known}")
    if call.raw is not None:
        raise InvalidArguments(f"the arguments are not a JSON object: {call.raw[:200]!r}")
    return await call_tool(ctx, use, call.arguments)


def _error(fault: RuntimeFault) -> dict[str, Any]:
    return {"error": {"code": fault.code, "message": str(fault)}}
