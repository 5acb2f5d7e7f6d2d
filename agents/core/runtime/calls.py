"""The two kinds of step that agents take: asking a model and calling a tool. Everything else about them is the chain's."""

from __future__ import annotations

from collections.abc import Callable
from string import Formatter
from typing import Any

from agents.core.autonomy.permissions import ToolFacts
from agents.core.llm.port import ChatReply, ChatRequest, ModelError
from agents.core.media.loading import load_media, most_tokens
from agents.core.runtime.children import call_agent
from agents.core.runtime.context import Approval, RunContext, StepCall
from agents.core.runtime.effects import Effect
from agents.core.runtime.errors import RuntimeFault, StepFailed
from agents.core.runtime.ports import LocalWork, Tool, ToolContext
from agents.core.spec.agent import ToolUse
from agents.core.tools.checking import EndlessSchema, build_validator, find_errors
from trust.core.canonical import canonical_json

Performed = tuple[Any, dict[str, Any]]


class InvalidArguments(RuntimeFault):
    """A tool was called with arguments that its schema does not allow; ``details`` hold the problems."""

    code = "invalid_arguments"


class ToolFailed(StepFailed):
    """A tool raised an error of its own."""

    def __init__(self, message: str, code: str = "tool_failed", **details: Any):
        super().__init__(message, code, **details)


async def call_model(
    ctx: RunContext, request: ChatRequest, show: Callable[[str], str] | None = None, *, name: str = "model"
) -> ChatReply:
    """One request to one model as one step. Raises ``StepFailed`` with the provider's code and what came of the answer.

    ``show`` turns the raw text so far into what listeners see; without it nothing is shown. The step's identity is the
    request as declared: a change of the organization's default model never makes a recorded step diverge.
    """

    async def perform(call: StepCall) -> Performed:
        try:
            reply = await _ask(ctx, call, request, show)
        except ModelError as error:
            call.partial = call.partial or error.partial
            raise StepFailed(str(error), error.code) from error
        result = reply.model_dump(mode="json", exclude={"usage"}, exclude_defaults=True)
        return result, reply.usage.model_dump(mode="json", exclude_defaults=True) | {"cost_microusd": reply.usage.cost_microusd}

    result = await ctx.step(
        name,
        kind="model",
        effect=Effect.MODEL,
        request=request_data(request),
        perform=perform,
        worst_case_microusd=_worst_case(ctx, request),
        worst_case_tokens=_worst_case_tokens(request),
    )
    return ChatReply.model_validate(result)


def request_data(request: ChatRequest) -> dict[str, Any]:
    """Everything of ``request`` that a provider sees, as JSON data: the identity of its step."""
    data = request.model_dump(mode="json", exclude={"task", "json_schema"}, exclude_defaults=True)
    if request.json_schema is not None:
        data["json_schema"] = request.json_schema
    return data


async def call_tool(ctx: RunContext, use: ToolUse, arguments: dict[str, Any]) -> Any:
    """One call of a tool as one step, if its permissions allow it; a person approves it first where they say so.

    Raises ``UnknownTool``, ``InvalidArguments`` before anything is recorded, ``PermissionRefused``, ``CallRejected``, or
    ``StepFailed``.
    """
    tool = ctx.ports.tools.get(use.name)
    check_arguments(tool, arguments)
    facts = ToolFacts(use.name, tool.effect, tool.danger, tool.edits, also=tool.alias)
    if tool.asks:
        return await ctx.ask(arguments["question"], arguments.get("options"), tool=facts)

    async def perform(call: StepCall) -> Performed:
        given = arguments if call.arguments is None else call.arguments
        check_arguments(tool, given)
        context = ToolContext(call.run_id, call.path, call.idempotency_key, ctx.ports.workspace, ctx.ports.egress)
        return await _use(tool, given, context), {}

    request = {"tool": use.name, "arguments": arguments}
    if tool.unavailable:  # nobody is asked to approve what cannot be done
        return await ctx.step("tool", kind="tool", effect=Effect.READ, request=request, perform=perform)
    approval = Approval(
        title=summarize(tool, arguments),
        risk="high" if tool.danger == "unknown" else tool.danger,
        quorum=use.quorum,
        other_person=use.other_person,
        expires_s=use.expires_s,
    )
    if tool.agent is not None:
        return await call_agent(ctx, tool, tool.agent, arguments, facts=facts, approval=approval)
    if tool.local:
        work = LocalWork(tool.local, request)
        return await ctx.step(
            "tool", kind="tool", effect=Effect.LOCAL, request=request, local=work, approval=approval, tool=facts
        )
    return await ctx.step(
        "tool", kind="tool", effect=tool.effect, request=request, perform=perform, approval=approval, tool=facts
    )


def check_arguments(tool: Tool, arguments: dict[str, Any]) -> None:
    """Raises ``InvalidArguments`` that lists every problem with its place."""
    validator = _VALIDATORS.get(tool.name)
    if validator is None or validator.schema != tool.parameters:
        validator = _VALIDATORS[tool.name] = build_validator(tool.parameters)
    try:
        problems = [
            {"where": ".".join(str(part) for part in error.absolute_path), "message": error.message}
            for error in find_errors(validator, arguments)
        ]
    except EndlessSchema as error:
        problems = [{"where": "", "message": str(error)}]
    try:
        canonical_json(arguments)
    except ValueError as error:  # NaN, or an integer that not every JSON reader can hold
        problems.append({"where": "", "message": str(error)})
    if problems:
        told = "; ".join(f"{p['where']}: {p['message']}" if p["where"] else p["message"] for p in problems)
        raise InvalidArguments(f"tool {tool.name} does not take these arguments: {told}", problems=problems)


def summarize(tool: Tool, arguments: dict[str, Any]) -> str:
    """The tool's sentence for people with the arguments filled in; what it does not mention stays out."""
    if not tool.summary:
        return f"Call {tool.name}"
    parts = []
    for text, name, _spec, _conversion in Formatter().parse(tool.summary):
        parts += [text, str(arguments.get(name, f"({name} not given)"))] if name else [text]
    return "".join(parts)


_VALIDATORS: dict[str, Any] = {}


async def _ask(ctx: RunContext, call: StepCall, request: ChatRequest, show: Callable[[str], str] | None) -> ChatReply:
    provider, model = ctx.ports.models.get(request.model)
    pieces: list[str] = []
    shown = ""
    reply: ChatReply | None = None
    media = await load_media(ctx.ports.files, (part for message in request.messages for part in message.files))
    try:
        async for delta in provider.stream(request.model_copy(update={"model": model, "media": media})):
            if delta.reply is not None:
                reply = delta.reply
            if delta.text:
                pieces.append(delta.text)
                if show is not None:
                    text = show("".join(pieces))
                    if text and text != shown:
                        shown = text
                        ctx.ports.listener.delta(call.path, text)
    finally:
        call.partial = "".join(pieces)
    if reply is None:
        raise ModelError(f"provider {provider.name} ended its stream without a reply", code="bad_reply", partial=call.partial)
    return reply


def _worst_case(ctx: RunContext, request: ChatRequest) -> int | None:
    """A provider that is not configured costs nothing here: the step itself fails and says so."""
    try:
        provider, model = ctx.ports.models.get(request.model)
    except ModelError:
        return 0
    return provider.worst_case_microusd(request.model_copy(update={"model": model}))


def _worst_case_tokens(request: ChatRequest) -> int:
    """Two characters a token, which no usual text reaches, and the most that may be answered."""
    files = sum(most_tokens(part) for m in request.messages for part in m.files)
    return sum(len(m.content) for m in request.messages) // 2 + files + (request.model.max_tokens or DEFAULT_ANSWER_TOKENS)


DEFAULT_ANSWER_TOKENS = 1024


async def _use(tool: Tool, arguments: dict[str, Any], context: ToolContext) -> Any:
    if tool.unavailable:
        raise ToolFailed(f"tool {tool.name} cannot be used here: {tool.unavailable}", tool.unavailable_code)
    if tool.call is None:
        raise ToolFailed(f"tool {tool.name} has nothing to call")
    try:
        return await tool.call(arguments, context)
    except RuntimeFault:
        raise
    except Exception as error:  # the edge to foreign code: whatever a tool raises is this step's failure
        raise ToolFailed(f"{type(error).__name__}: {error}") from error
