"""What a model would be sent first for an agent: the very request that a run would make, without making one.

The agent runs in memory against a model that keeps the request and answers nothing, so that every strategy is previewed by
its own code. No tool is called, nothing is stored, nobody is asked.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic_core import to_json

from agents.core.llm.port import Capabilities, ChatModel, ChatReply, ChatRequest, Delta, Message, ModelError
from agents.core.llm.render import prepare, render_messages
from agents.core.llm.structured import with_schema_instructions
from agents.core.runtime.errors import UnknownTool
from agents.core.runtime.memory import memory_ports, run_in_memory
from agents.core.runtime.ports import Models, Tool, Tools
from agents.core.spec.agent import AgentSpec, ModelSpec
from agents.core.spec.signature import SignatureSpec
from agents.core.spec.types import FieldSpec, OptionalType
from agents.core.strategies import run_agent_spec
from agents.services.capabilities import check_capabilities
from agents.services.models import resolve_models
from agents.services.specs import link_draft
from agents.services.tools import resolve_tools, tool_names_of
from trust.core.principal import Principal

MOST_S = 2.0
BYTES_A_TOKEN = 4


@dataclass(frozen=True, slots=True)
class Preview:
    """``messages`` as the provider gets them, ``tools`` as the model is told of them, ``tokens`` an estimate of all that.

    ``warnings`` are what the chosen model cannot do of what the agent wants. ``from_run``: whether the strategy asked it
    itself; else the strategy does something else before it asks a model, and the messages are those of a plain question.
    """

    messages: tuple[Message, ...]
    json_schema: dict[str, Any]
    strict: bool
    tools: tuple[Any, ...]
    tokens: int
    provider: str
    model: str
    warnings: tuple[str, ...]
    from_run: bool


def preview_agent(principal: Principal, draft: Mapping[str, Any], inputs: Mapping[str, Any] | None = None) -> Preview:
    """The first request of a run of ``draft`` on ``inputs``; inputs that are left out stand as examples of their type.

    Raises ``Invalid`` that lists every problem of the draft.
    """
    spec: Any = link_draft(principal.organization_id, "agent", dict(draft))
    return preview_spec(principal, spec, inputs)


def preview_spec(principal: Principal, spec: AgentSpec, inputs: Mapping[str, Any] | None = None) -> Preview:
    values = {**example_values(spec.signature), **(inputs or {})}
    tools = resolve_tools(principal.organization_id, tool_names_of(spec))
    asked = asyncio.run(_first_request(spec, values, tools))
    request = asked or _plain_request(spec, values, tools)
    model, named, missing = _find_model(principal, request.model)
    able = model.capabilities(named) if model else Capabilities(json_schema="strict")
    messages = request.messages
    if able.json_schema == "instructions" and request.json_schema:
        messages = with_schema_instructions(messages, request.json_schema)
    return Preview(
        messages=messages,
        json_schema=request.json_schema or {},
        strict=request.strict,
        tools=request.tools,
        tokens=_count(messages, request),
        provider=named.provider,
        model=named.model,
        warnings=tuple(_warn(principal, spec, able, missing)),
        from_run=asked is not None,
    )


def _warn(principal: Principal, spec: AgentSpec, able: Capabilities, missing: str) -> list[str]:
    """What the model cannot do, or perhaps cannot do, of what the agent wants, each in one sentence."""
    warnings = [f"This model cannot answer now: {missing}."] if missing else []
    warnings += [found["message"] for found in check_capabilities(principal.organization_id, spec).warnings]
    if able.json_schema == "instructions" and not missing:
        warnings.append("This model has no enforced answer format: the schema is told in words, and answers are checked here.")
    if not able.is_ai and able.notice:
        warnings.append(able.notice)
    return warnings


def example_values(signature: SignatureSpec) -> dict[str, Any]:
    """A value for each input that stands for what a caller would give: the default, or ``‹name›`` and the like."""
    return {field.name: field.default if not field.required else _example(field) for field in signature.inputs}


def _example(field: FieldSpec) -> Any:
    type_ = field.type.of if isinstance(field.type, OptionalType) else field.type
    low = field.constraints.ge
    plain = {
        "int": int(low or 0),
        "float": float(low or 0),
        "bool": False,
        "date": "2026-01-31",
        "datetime": "2026-01-31T09:00:00",
    }
    if type_.kind in plain:
        return plain[type_.kind]
    if type_.kind == "enum":
        return getattr(type_, "values")[0]  # noqa: B009 - the union of types hides it
    if type_.kind == "model":
        return {inner.name: _example(inner) for inner in getattr(type_, "fields")}  # noqa: B009
    if type_.kind == "list":
        return [_example(FieldSpec(name=field.name, type=getattr(type_, "of")))]  # noqa: B009
    if type_.kind == "dict":
        return {}
    return f"‹{field.name}›"


async def _first_request(spec: AgentSpec, values: dict[str, Any], tools: Tools) -> ChatRequest | None:
    ear = _Ear()
    ports = memory_ports(models=ear, tools=_Untouched(tools))
    try:
        async with asyncio.timeout(MOST_S):
            await run_in_memory(run_agent_spec, spec, values, ports, run_id="preview")
    except TimeoutError:
        pass
    return ear.heard


def _plain_request(spec: AgentSpec, values: dict[str, Any], tools: Tools) -> ChatRequest:
    prepared = prepare(spec.signature)
    return ChatRequest(
        model=spec.model,
        messages=render_messages(spec.signature, values),
        tools=tuple(_known(tools, spec)),
        json_schema=prepared.schema,
        strict=prepared.strict,
    )


def _known(tools: Tools, spec: AgentSpec) -> list[Any]:
    found = []
    for use in spec.tools:
        try:
            found.append(tools.get(use.name).schema)
        except UnknownTool:
            continue
    return found


def _find_model(principal: Principal, wanted: ModelSpec) -> tuple[ChatModel | None, ModelSpec, str]:
    models: Models = resolve_models(principal.organization_id)
    try:
        model, named = models.get(wanted)
    except ModelError as error:
        return None, wanted, str(error)
    return model, named, ""


def _count(messages: tuple[Message, ...], request: ChatRequest) -> int:
    """Four bytes a token: near enough for any language and tokenizer to judge a prompt by."""
    size = sum(len(message.content.encode()) + 16 for message in messages)
    size += sum(len(to_json(tool.parameters)) + len(tool.name) + len(tool.description) for tool in request.tools)
    return -(-(size + len(to_json(request.json_schema or {}))) // BYTES_A_TOKEN)


class _Ear:
    """Models, all of which keep the first request and give no answer."""

    name = "preview"

    def __init__(self) -> None:
        self.heard: ChatRequest | None = None

    def get(self, model: ModelSpec) -> tuple[ChatModel, ModelSpec]:
        return self, model

    def capabilities(self, model: ModelSpec) -> Capabilities:
        return Capabilities(json_schema="strict", tools=True)

    def worst_case_microusd(self, request: ChatRequest) -> int | None:
        return 0

    async def complete(self, request: ChatRequest) -> ChatReply:
        self.heard = self.heard or request
        raise ModelError("a preview asks no model", code="rejected")

    async def stream(self, request: ChatRequest) -> AsyncIterator[Delta]:
        yield Delta(reply=await self.complete(request))


class _Untouched:
    """Tools that can be told of and not called."""

    def __init__(self, tools: Tools):
        self._tools = tools

    def get(self, name: str) -> Tool:
        return dataclasses.replace(self._tools.get(name), call=_refuse, local="")


async def _refuse(arguments: dict[str, Any], context: Any) -> Any:
    raise UnknownTool("a preview calls no tool")
