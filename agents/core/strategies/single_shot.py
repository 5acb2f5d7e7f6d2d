"""Single shot: ask once; answer tool calls for a bounded number of rounds; send invalid answers back to be repaired."""

from __future__ import annotations

import json
from typing import Any

from pydantic import Field

from agents.core.llm.partial import show_field
from agents.core.llm.port import ChatReply, ChatRequest, Message, Task, ToolCall
from agents.core.llm.render import prepare, render_messages
from agents.core.llm.structured import judge_reply, repair_messages
from agents.core.runtime.calls import InvalidArguments, call_model, call_tool
from agents.core.runtime.context import RunContext
from agents.core.runtime.errors import CallRejected, InvalidAnswer, RuntimeFault, StepFailed, UnknownTool
from agents.core.spec.agent import AgentSpec
from agents.core.spec.types import Frozen

STOPPED = "stopped"  # a person's decision on an unknown outcome: it ends the run, the model is not asked


class SingleShotParams(Frozen):
    max_rounds: int = Field(default=5, ge=1, le=50, description="How often the model may call tools before it must answer.")


class SingleShot:
    """One question, one answer, with the tools it needs in between."""

    title = "Single shot"
    Params = SingleShotParams

    async def run(self, ctx: RunContext, spec: AgentSpec, values: dict[str, Any], params: SingleShotParams) -> dict[str, Any]:
        messages = list(render_messages(spec.signature, values))
        show = show_field(prepare(spec.signature).shown_field) if prepare(spec.signature).shown_field else None
        rounds = repairs = 0
        while True:
            request = _request(ctx, spec, values, messages, may_call=rounds < params.max_rounds)
            reply = await call_model(ctx, request, show)
            if reply.tool_calls and rounds < params.max_rounds:
                rounds += 1
                messages += await answer_tool_calls(ctx, spec, reply)
                continue
            answer = judge_reply(spec.signature, reply)
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
        answered.append(Message(role="tool", tool_call_id=call.id, content=await _result(ctx, spec, call)))
    return answered


def _request(ctx: RunContext, spec: AgentSpec, values: dict[str, Any], messages: list[Message], may_call: bool) -> ChatRequest:
    prepared = prepare(spec.signature)
    return ChatRequest.model_construct(
        model=spec.model,
        messages=tuple(messages),
        tools=tuple(ctx.ports.tools.get(use.name).schema for use in spec.tools),
        tool_choice="auto" if may_call else "none",
        json_schema=prepared.schema,
        strict=prepared.strict,
        schema_name="answer",
        task=Task.model_construct(signature=spec.signature, values=values, demo=spec.demo),
    )


async def _result(ctx: RunContext, spec: AgentSpec, call: ToolCall) -> str:
    try:
        return _json(await _call(ctx, spec, call))
    except (CallRejected, InvalidArguments, UnknownTool) as refused:
        return _error(refused)
    except StepFailed as failed:
        if failed.code == STOPPED:
            raise
        return _error(failed)


async def _call(ctx: RunContext, spec: AgentSpec, call: ToolCall) -> Any:
    use = next((use for use in spec.tools if use.name == call.name), None)
    if use is None:
        known = ", ".join(use.name for use in spec.tools) or "none"
        raise UnknownTool(f"this agent has no tool {call.name!r}; it has: {known}")
    if call.raw is not None:
        raise InvalidArguments(f"the arguments are not a JSON object: {call.raw[:200]!r}")
    return await call_tool(ctx, use, call.arguments)


def _error(fault: RuntimeFault) -> str:
    return _json({"error": {"code": fault.code, "message": str(fault)}})


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
