"""What a model's answer must become: parsed, validated by its signature, or a message that tells the model what to repair.

Owns no request and no loop: ``agents.core.strategies`` asks, this judges.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from agents.core.llm.partial import partial_values
from agents.core.llm.port import ChatReply, Message
from agents.core.spec.errors import InvalidValues
from agents.core.spec.signature import SignatureSpec
from agents.core.spec.values import validate_outputs


@dataclass(frozen=True, slots=True)
class Answer:
    """A judged reply: ``values`` when it fits, else ``problems`` and the ``partial`` values that could be read."""

    values: dict[str, Any] | None = None
    problems: tuple[str, ...] = ()
    partial: dict[str, Any] = field(default_factory=dict)


def judge_reply(sig: SignatureSpec, reply: ChatReply) -> Answer:
    """Whether ``reply`` is a whole and valid answer to ``sig``."""
    if reply.finish == "content_filter":
        return Answer(problems=("the provider's content filter stopped the answer",), partial=partial_values(reply.content))
    try:
        data = parse_object(reply.content)
    except ValueError as error:
        cut = " It was cut off by the token limit: answer more briefly." if reply.finish == "length" else ""
        return Answer(problems=(f"{error}{cut}",), partial=partial_values(reply.content))
    try:
        return Answer(values=validate_outputs(sig, data))
    except InvalidValues as error:
        return Answer(problems=tuple(_line(p) for p in error.problems), partial=data)


def parse_object(text: str) -> dict[str, Any]:
    """The one JSON object in ``text``; a code fence or words around it are forgiven.

    Raises ``ValueError`` that says what stands there instead.
    """
    body = text.strip()
    if not body:
        raise ValueError("the answer is empty; allowed is one JSON object")
    start = body.find("{")
    if start < 0:
        raise ValueError(f"the answer is not a JSON object but {_short(body)}")
    try:
        value, _end = _DECODER.raw_decode(body, start)
    except json.JSONDecodeError as error:
        raise ValueError(f"the answer is not valid JSON: {error.msg} at character {error.pos} of {_short(body)}") from None
    if not isinstance(value, dict):
        raise ValueError(f"the answer is not a JSON object but {_short(body)}")
    return value


def repair_messages(reply: ChatReply, answer: Answer) -> tuple[Message, Message]:
    """What goes back to the model: its own answer and what does not fit."""
    told = "\n".join(f"- {problem}" for problem in answer.problems)
    return (
        Message(role="assistant", content=reply.content),
        Message(role="user", content=f"That answer does not fit:\n{told}\nAnswer again with the whole corrected JSON object."),
    )


def schema_instructions(schema: dict[str, Any]) -> str:
    """The schema in words, for a provider that cannot enforce one."""
    text = json.dumps(schema, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return f"The JSON object must be valid against this JSON Schema:\n{text}"


def with_schema_instructions(messages: tuple[Message, ...], schema: dict[str, Any]) -> tuple[Message, ...]:
    """``messages`` whose system message ends with the schema."""
    told = schema_instructions(schema)
    if messages and messages[0].role == "system":
        return (Message(role="system", content=f"{messages[0].content}\n\n{told}"), *messages[1:])
    return (Message(role="system", content=told), *messages)


def _line(problem: Any) -> str:
    where = problem["where"]
    return f"{where}: {problem['message']}" if where else str(problem["message"])


def _short(text: str) -> str:
    return repr(text if len(text) <= 120 else text[:117] + "...")


def _no_constant(name: str) -> Any:
    raise ValueError(f"the answer holds {name}, which is not JSON")


_DECODER = json.JSONDecoder(parse_constant=_no_constant)
