"""Cycles of thought, action and observation in one growing conversation: what ReAct and the autonomous loop are made of.

An action is a call of tools (the provider's own tool calls, or the tool named in the typed decision), a question to the
person, a piece of work in words, or the end. What came of it goes into the conversation, and nothing of it is lost.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from agents.core.llm.partial import partial_values, show_field
from agents.core.llm.port import ChatReply, Message, ToolCall
from agents.core.llm.render import prepare, render_messages
from agents.core.llm.structured import judge_reply, repair_messages
from agents.core.runtime.calls import call_model
from agents.core.runtime.context import RunContext
from agents.core.runtime.errors import InvalidAnswer
from agents.core.runtime.parallel import run_parallel
from agents.core.spec.agent import AgentSpec
from agents.core.strategies.asking import chat_request, to_json, try_tool
from agents.core.strategies.parts.answer import fill_outputs, in_order, open_outputs
from agents.core.strategies.parts.question import (
    Given,
    Question,
    anything,
    choice,
    for_question,
    make_question,
    maybe,
    share,
    text,
)

MEANINGS = {
    "tool_use": "tool_use calls a tool: call it directly, or name it in tool with its arguments in action_input",
    "clarify": "clarify asks the person the question in action_input, only when nothing else can answer it",
    "work": "work does a piece of the task in words, written in action_input",
    "finish": "finish ends the work, when all that the task needs is known",
}
CONFIDENCE = "How sure you are that the task is solved, from 0 to 1"


@dataclass(frozen=True, slots=True)
class Cycle:
    """One cycle. ``calls`` have name, arguments and result each; ``confidence`` is ``None`` where the model gave none."""

    thought: str
    action: str
    action_input: Any
    confidence: float | None
    calls: tuple[dict[str, Any], ...] = ()


class Cycles:
    """The conversation of one run. ``actions`` are names of ``MEANINGS``; ``provided`` are outputs that no model is asked for;
    ``parallel``: the calls of a cycle at once."""

    def __init__(
        self,
        ctx: RunContext,
        spec: AgentSpec,
        values: Mapping[str, Any],
        how: str,
        actions: Sequence[str],
        *,
        provided: Collection[str] = (),
        given: Given | None = None,
        parallel: bool = False,
    ):
        self._ctx, self._spec, self._values, self._given, self._parallel = ctx, spec, values, dict(given or {}), parallel
        told = "\n".join(f"- {MEANINGS[action]}" for action in actions)
        goal = ", ".join(field.name for field in spec.signature.outputs if field.name not in provided)
        asked = f"\nWhat the work is for: in the end you will be asked for {goal}." if goal else ""
        how = f"{how}\nThe actions are:\n{told}{asked}"
        tools = {"available_tools": ("Names of the tools you may use", [use.name for use in spec.tools])}
        outputs = [
            text("thought", "What you know, what is missing, and what therefore comes next"),
            choice("action", "What you do now", actions),
            maybe("tool", "The name of the tool to use, null for every other action"),
            anything("action_input", "The tool's arguments as an object, or a text"),
            share("confidence", CONFIDENCE),
        ]
        self._question = make_question(spec, values, how, outputs, {**self._given, **tools})
        self._history: list[Message] = []
        self.taken: list[Cycle] = []

    async def take(self) -> Cycle:
        """One more cycle, its action done."""
        reply, decision = await self._turn("cycle", self._question, may_call=bool(self._spec.tools))
        if decision is None:
            results = await self._call_all(reply.tool_calls)
            self._history.append(Message(role="assistant", content=reply.content, tool_calls=reply.tool_calls))
            for call, result in zip(reply.tool_calls, results, strict=True):
                self._history.append(Message(role="tool", tool_call_id=call.id, content=to_json(result)))
            calls = tuple(_told(*pair) for pair in zip(reply.tool_calls, results, strict=True))
            cycle = Cycle(_thought(reply), "tool_use", _inputs(calls), None, calls)
        else:
            self._history.append(Message(role="assistant", content=reply.content))
            cycle = await self._act(decision)
        self.taken.append(cycle)
        return cycle

    async def answer(self, made: Mapping[str, Any], note: str) -> dict[str, Any]:
        """All outputs of the agent: ``made`` fills those of its names, the model gives the others out of the conversation."""
        filled = fill_outputs(self._spec.signature, made)
        wanted = open_outputs(self._spec.signature, filled)
        if not wanted:
            return in_order(self._spec.signature, filled)
        question = make_question(self._spec, self._values, "", wanted, self._given)
        self._say(f"{note} Now give the final answer from what was found.".strip())
        _, answered = await self._turn("answer", question, may_call=False)
        return in_order(self._spec.signature, {**(answered or {}), **filled})

    @property
    def tool_calls(self) -> list[dict[str, Any]]:
        """Every call of every cycle, with its result."""
        return [call for cycle in self.taken for call in cycle.calls]

    async def _turn(self, name: str, question: Question, *, may_call: bool) -> tuple[ChatReply, dict[str, Any] | None]:
        """The reply and the outputs it holds; ``None`` when it calls tools instead. Invalid answers go back for repair."""
        spec, sig = for_question(self._spec, question), question.signature
        show = show_field(prepare(sig).shown_field) if name == "answer" and prepare(sig).shown_field else None
        messages = [*render_messages(sig, question.values), *self._history]
        repairs = 0
        while True:
            rounds = len(spec.tools)
            request = chat_request(
                self._ctx, spec, sig, question.values, messages=messages, model=None, rounds=rounds, may_call=may_call
            )
            reply = await call_model(self._ctx, request, show, name=name)
            if reply.tool_calls and may_call:
                return reply, None
            judged = judge_reply(sig, reply)
            if judged.values is not None:
                return reply, question.outputs(judged.values)
            if repairs >= spec.max_repairs:
                raise InvalidAnswer(
                    f"agent {spec.name}, {name}: the answer did not fit after {repairs} repairs: " + "; ".join(judged.problems),
                    partial=judged.partial,
                    problems=list(judged.problems),
                    tool_calls=self.tool_calls,
                )
            repairs += 1
            messages += repair_messages(reply, judged)

    async def _act(self, decision: dict[str, Any]) -> Cycle:
        given = decision["action_input"]
        calls: tuple[dict[str, Any], ...] = ()
        if decision["action"] == "tool_use":
            calls = await self._use(decision["tool"], given)
        elif decision["action"] == "clarify":
            asked = given if isinstance(given, str) and given.strip() else decision["thought"]
            self._say(f"The person answers: {to_json(await self._ctx.ask(asked))}")
        elif decision["action"] == "work":
            self._say("Go on.")
        return Cycle(decision["thought"], decision["action"], given, decision["confidence"], calls)

    async def _use(self, tool: str | None, given: Any) -> tuple[dict[str, Any], ...]:
        if not tool:
            self._say("No tool was called: name one in tool, or choose another action.")
            return ()
        arguments = given if isinstance(given, dict) else {}
        raw = None if isinstance(given, dict) or given is None else to_json(given)
        call = ToolCall(id="", name=tool, arguments=arguments, raw=raw)
        result = await try_tool(self._ctx, self._spec, call)
        self._say(f"Observation of {tool}: {to_json(result)}")
        return (_told(call, result),)

    async def _call_all(self, calls: Sequence[ToolCall]) -> list[Any]:
        if self._parallel and len(calls) > 1:
            return await run_parallel([partial(try_tool, self._ctx.child("call"), self._spec, call) for call in calls])
        return [await try_tool(self._ctx, self._spec, call) for call in calls]

    def _say(self, words: str) -> None:
        self._history.append(Message(role="user", content=words))


def _told(call: ToolCall, result: Any) -> dict[str, Any]:
    return {"name": call.name, "arguments": call.arguments, "result": result}


def _inputs(calls: Sequence[dict[str, Any]]) -> Any:
    return calls[0]["arguments"] if len(calls) == 1 else [{"tool": c["name"], "arguments": c["arguments"]} for c in calls]


def _thought(reply: ChatReply) -> str:
    """What a model said beside its tool calls: words, or the thought of a decision."""
    said = reply.content.strip()
    thought = partial_values(said).get("thought") if said.startswith("{") else said
    return thought if isinstance(thought, str) else ""
