"""What the loop benches compare: a tool loop of five calls and three agents in a row, ours and by the bare client."""

from __future__ import annotations

import json
from typing import Any

from openai import AsyncOpenAI

from agents.core.llm.render import render_messages
from agents.core.runtime.context import RunContext
from agents.core.runtime.effects import Effect
from agents.core.runtime.ports import Tool, ToolContext
from agents.core.spec.agent import AgentSpec, ToolUse
from agents.core.spec.json_schema import output_schema
from agents.core.strategies import run_agent
from agents.core.strategies.catalog import strategy_names
from agents.core.strategies.single_shot import SingleShot
from agents.core.tools.catalog import register_tool
from tests.bench.agents import AGENT, INPUTS, SIGNATURE, bare_call

CALLS = 5
SCHEMA = {"type": "object", "properties": {"word": {"type": "string"}}, "required": ["word"], "additionalProperties": False}


async def _look_up(arguments: dict[str, Any], context: ToolContext) -> dict[str, Any]:
    return {"meaning": arguments["word"].upper()}


LOOK_UP = Tool("look_up", "Looks a word up", SCHEMA, Effect.READ, _look_up)
LOOPER = AGENT.model_copy(update={"name": "bench looper", "tools": (ToolUse(name="look_up"),)})
TRIO = AGENT.model_copy(update={"name": "bench trio", "strategy": "bench_trio"})


class Trio(SingleShot):
    """Three agents, one after another."""

    async def run(self, ctx: RunContext, spec: AgentSpec, values: dict[str, Any], params: Any) -> dict[str, Any]:
        for _ in range(2):
            await run_agent(ctx.child("agent"), AGENT, values)
        return await run_agent(ctx.child("agent"), AGENT, values)


def register_loops() -> None:
    register_tool("look_up", "tests.bench.loops:LOOK_UP")
    strategy_names()["bench_trio"] = "tests.bench.loops:Trio"


async def bare_loop(client: AsyncOpenAI) -> str:
    """The same tool loop by the bare client: stream, collect the call, do it, ask again."""
    messages: list[Any] = [{"role": m.role, "content": m.content} for m in render_messages(SIGNATURE, INPUTS)]
    tools: Any = [{"type": "function", "function": {"name": "look_up", "description": "Looks a word up", "parameters": SCHEMA}}]
    schema: Any = {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": output_schema(SIGNATURE)}}
    while True:
        stream = await client.chat.completions.create(
            model="gpt-4o-mini",
            messages=messages,
            tools=tools,
            response_format=schema,
            stream=True,
            stream_options={"include_usage": True},
        )
        text, name, given, call_id = "", "", "", ""
        async for chunk in stream:
            delta = chunk.choices[0].delta if chunk.choices else None
            text += (delta.content or "") if delta else ""
            for piece in (delta.tool_calls or []) if delta else []:
                call_id = piece.id or call_id
                name += (piece.function.name or "") if piece.function else ""
                given += (piece.function.arguments or "") if piece.function else ""
        if not name:
            return text
        function = {"name": name, "arguments": given}
        messages.append({"role": "assistant", "tool_calls": [{"id": call_id, "type": "function", "function": function}]})
        result = {"meaning": json.loads(given)["word"].upper()}
        messages.append({"role": "tool", "tool_call_id": call_id, "content": json.dumps(result)})


async def bare_trio(client: AsyncOpenAI) -> None:
    for _ in range(3):
        await bare_call(client, stream=True)
