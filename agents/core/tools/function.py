"""A Python function as a tool: ``@tool`` reads its name, its docstring and its type hints. Owns no tool itself."""

from __future__ import annotations

import asyncio
import inspect
import re
import typing
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, overload

from pydantic import BaseModel, ConfigDict, Field, PydanticUndefinedAnnotation, TypeAdapter, ValidationError, create_model
from pydantic.errors import PydanticSchemaGenerationError

from agents.core.runtime.calls import InvalidArguments
from agents.core.runtime.effects import Effect
from agents.core.runtime.ports import Tool, ToolContext, Tools

F = TypeVar("F", bound=Callable[..., Any])
DANGERS = ("safe", "low", "medium", "high", "critical", "unknown")
EFFECTS = (Effect.READ, Effect.KEYED, Effect.UNKEYED)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_SECTION = re.compile(r"^(Args|Arguments|Parameters|Returns?|Yields|Raises|Examples?|Notes?):\s*$", re.MULTILINE)
_LINE = re.compile(r"^(\w+)(?:\s*\([^)]*\))?:\s*(.*)$")


@overload
def tool(function: F) -> F: ...


@overload
def tool(
    *,
    name: str = "",
    description: str = "",
    danger: str = "unknown",
    effect: str = "unkeyed",
    edits: bool = False,
    summary: str = "",
) -> Callable[[F], F]: ...


def tool(
    function: Any = None,
    *,
    name: str = "",
    description: str = "",
    danger: str = "unknown",
    effect: str = "unkeyed",
    edits: bool = False,
    summary: str = "",
) -> Any:
    """Makes a tool of a function, which stays callable as before: ``@tool`` or ``@tool(danger="low", effect="read")``.

    The docstring is the description, the lines of its ``Args:`` describe the parameters, type hints make the schemas. A
    parameter of type ``ToolContext`` gets the call's context and is not the model's. ``danger`` is one of safe, low, medium,
    high, critical; not said, it is unknown, and each call asks a person. ``effect`` is read (may be repeated), keyed (repeated
    with ``context.idempotency_key``) or unkeyed (never repeated by itself). ``summary`` is the sentence on the approval card,
    with ``{parameter}`` in it. Raises ``TypeError`` for a function that cannot be a tool.
    """

    def decorate(function: F) -> F:
        made = _made(
            function,
            name=name or getattr(function, "__name__", ""),
            description=description or _described(function),
            danger=danger,
            effect=effect,
            edits=edits,
            summary=summary,
        )
        function.__kaizen_tool__ = made  # type: ignore[attr-defined]
        return function

    return decorate if function is None else decorate(function)


def tool_of(thing: Any) -> Tool:
    """The tool that ``thing`` is or was made into. Raises ``TypeError`` for anything else."""
    found = thing if isinstance(thing, Tool) else getattr(thing, "__kaizen_tool__", None)
    if not isinstance(found, Tool):
        raise TypeError(f"{thing!r} is no tool: decorate the function with @tool, or give the name of a tool of the catalog")
    return found


def split_tools(given: Sequence[Any]) -> tuple[list[Any], dict[str, Tool]]:
    """Names and uses of tools as they are, functions by their names; and the functions' tools by name."""
    from agents.core.spec.agent import ToolUse

    named = [thing if isinstance(thing, str | ToolUse) else tool_of(thing).name for thing in given]
    own = [tool_of(thing) for thing in given if not isinstance(thing, str | ToolUse)]
    return named, {one.name: one for one in own}


class FunctionTools:
    """The tools of functions, and below them another catalog: the usual one, when none is given."""

    def __init__(self, own: Mapping[str, Tool], below: Tools | None = None):
        self._own = dict(own)
        self._below = below

    def get(self, name: str) -> Tool:
        """Raises ``UnknownTool`` that lists the known names."""
        if name in self._own:
            return self._own[name]
        if self._below is not None:
            return self._below.get(name)
        from agents.core.tools.catalog import get_tool

        return get_tool(name)


def _made(
    function: Callable[..., Any], *, name: str, description: str, danger: str, effect: str, edits: bool, summary: str
) -> Tool:
    where = f"tool {name}"
    if not _NAME.fullmatch(name):
        raise TypeError(f"{name!r} cannot be the name of a tool: letters, digits and _, at most 64, no digit first")
    if danger not in DANGERS:
        raise TypeError(f"{where}: danger is one of {', '.join(DANGERS)}, got {danger!r}")
    if effect not in EFFECTS:
        raise TypeError(f"{where}: effect is one of {', '.join(EFFECTS)}, got {effect!r}")
    if not description:
        raise TypeError(f"{where} has no description: write a docstring, models choose tools by it")
    hints = _hints(function, where)
    arguments, contexts = _arguments(function, hints, where)
    answer = TypeAdapter(hints["return"]) if hints.get("return", Any) is not Any else None
    return Tool(
        name=name,
        description=description,
        parameters=_plain(arguments.model_json_schema()),
        effect=Effect(effect),
        call=_caller(function, arguments, contexts, answer),
        edits=edits,
        danger=danger,
        result=_plain(answer.json_schema(mode="serialization")) if answer else None,
        summary=summary,
    )


def _hints(function: Callable[..., Any], where: str) -> dict[str, Any]:
    try:
        return typing.get_type_hints(function, include_extras=True)
    except (NameError, TypeError, PydanticUndefinedAnnotation) as error:
        raise TypeError(f"{where}: its type hints cannot be read: {error}") from None


def _arguments(function: Callable[..., Any], hints: dict[str, Any], where: str) -> tuple[type[BaseModel], list[str]]:
    """A model of the parameters, and the names of those that get the context."""
    told = _parameters_described(function)
    fields: dict[str, Any] = {}
    contexts = []
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
            raise TypeError(f"{where}: {parameter} cannot be filled by name; parameters are named one by one")
        if parameter.name not in hints:
            raise TypeError(f"{where}: parameter {parameter.name} has no type")
        if hints[parameter.name] is ToolContext:
            contexts.append(parameter.name)
            continue
        default = ... if parameter.default is parameter.empty else parameter.default
        fields[parameter.name] = (hints[parameter.name], Field(default, description=told.get(parameter.name)))
    try:
        return create_model(f"{where} arguments", __config__=ConfigDict(extra="forbid"), **fields), contexts
    except (PydanticSchemaGenerationError, NameError) as error:
        raise TypeError(f"{where}: a parameter's type has no JSON form: {error}") from None


def _caller(function: Callable[..., Any], arguments: type[BaseModel], contexts: list[str], answer: Any) -> Any:
    async def call(given: dict[str, Any], context: ToolContext) -> Any:
        try:
            checked = arguments.model_validate(given)
        except ValidationError as error:
            problems = [{"where": ".".join(map(str, i["loc"])), "message": i["msg"]} for i in error.errors()]
            raise InvalidArguments("; ".join(f"{p['where']}: {p['message']}" for p in problems), problems=problems) from None
        filled = {name: getattr(checked, name) for name in arguments.model_fields} | dict.fromkeys(contexts, context)
        if inspect.iscoroutinefunction(function):
            result = await function(**filled)
        else:
            result = await asyncio.to_thread(function, **filled)
        return result if answer is None else answer.dump_python(result, mode="json")

    return call


def _described(function: Callable[..., Any]) -> str:
    return _SECTION.split(inspect.getdoc(function) or "", maxsplit=1)[0].strip()


def _parameters_described(function: Callable[..., Any]) -> dict[str, str]:
    """The lines below ``Args:``; what is indented deeper goes on with the parameter before."""
    parts = _SECTION.split(inspect.getdoc(function) or "")
    sections = dict(zip(parts[1::2], parts[2::2], strict=False))
    text = next((sections[name] for name in ("Args", "Arguments", "Parameters") if name in sections), "")
    lines = inspect.cleandoc(text).splitlines()
    told: dict[str, str] = {}
    last = ""
    for line in lines:
        if found := _LINE.match(line):
            last = found[1]
            told[last] = found[2].strip()
        elif last and line.strip():
            told[last] = f"{told[last]} {line.strip()}".strip()
    return told


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    """Without the titles that pydantic makes of names: they cost tokens and say nothing."""

    def bare(value: Any, *, is_names: bool = False) -> Any:
        if isinstance(value, dict):
            kept = {k: v for k, v in value.items() if is_names or k != "title" or not isinstance(v, str)}
            return {k: bare(v, is_names=not is_names and k in ("properties", "$defs")) for k, v in kept.items()}
        return [bare(item) for item in value] if isinstance(value, list) else value

    plain: dict[str, Any] = bare(schema)
    return {"type": "object", "properties": {}} | plain if plain.get("type") == "object" else plain
