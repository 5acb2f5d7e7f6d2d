"""The A2A agent card of an agent: what another agent reads to know what this one can do.

After the Agent2Agent protocol specification, version 0.3.0, section 5.5 (AgentCard).
"""

from __future__ import annotations

import re
from typing import Any

from agents.core.spec.agent import AgentSpec
from agents.core.spec.json_schema import input_schema, output_schema
from agents.core.spec.types import FieldSpec, FileType, ListType, OptionalType, ScalarType

PROTOCOL = "0.3.0"
_TEXT, _JSON = "text/plain", "application/json"
_FILES = {"any": ("application/octet-stream",), "image": ("image/png", "image/jpeg"), "audio": ("audio/wav", "audio/mpeg")}


def agent_card(spec: AgentSpec, *, url: str = "", version: str = "1.0.0", streaming: bool = True) -> dict[str, Any]:
    """The card as JSON data. ``url`` is where the agent answers; without one the card says nothing of it."""
    card: dict[str, Any] = {
        "protocolVersion": PROTOCOL,
        "name": spec.name,
        "description": _description(spec),
        "version": version,
        "capabilities": {"streaming": streaming, "pushNotifications": False, "stateTransitionHistory": True},
        "defaultInputModes": _modes(spec.signature.inputs),
        "defaultOutputModes": [_JSON, _TEXT],
        "skills": [_skill(spec)],
        "supportsAuthenticatedExtendedCard": False,
    }
    return {**card, "url": url, "preferredTransport": "JSONRPC"} if url else card


def _skill(spec: AgentSpec) -> dict[str, Any]:
    """The agent's one skill is its signature; its schemas are told in words that a matching model can read."""
    sig = spec.signature
    skill: dict[str, Any] = {
        "id": _slug(spec.name),
        "name": sig.name.removesuffix("Signature").replace("_", " ") or sig.name,
        "description": " ".join([sig.intent or _first_sentence(sig.instructions) or _description(spec), _contract(spec)]),
        "tags": _tags(spec),
        "inputModes": _modes(sig.inputs),
        "outputModes": [_JSON, _TEXT],
    }
    examples = [example for rule in spec.demo for example in rule.when if not example.startswith("re:")]
    return {**skill, "examples": examples[:5]} if examples else skill


def _contract(spec: AgentSpec) -> str:
    given = ", ".join(input_schema(spec.signature)["properties"]) or "nothing"
    return f"Takes {given}; gives {', '.join(output_schema(spec.signature)['properties'])}."


def _tags(spec: AgentSpec) -> list[str]:
    """The strategy, kinds of files, tools, and the words of the outputs' names: what a search by keywords finds."""
    words = [_slug(spec.strategy), *sorted(_kinds(spec.signature.inputs)), *(_slug(use.name) for use in spec.tools)]
    return list(dict.fromkeys([*words, *(_slug(field.name) for field in spec.signature.outputs)]))[:20]


def _modes(fields: tuple[FieldSpec, ...]) -> list[str]:
    """Media types: plain text where one text is enough to call the agent, JSON always, files where it takes them."""
    needed = [field for field in fields if field.required]
    plain = len(needed) <= 1 and any(isinstance(f.type, ScalarType) and f.type.kind == "str" for f in needed or fields)
    files = [mode for kind in sorted(_kinds(fields)) for mode in _FILES[kind]]
    return [*([_TEXT] if plain else []), _JSON, *files]


def _kinds(fields: tuple[FieldSpec, ...]) -> set[str]:
    kinds = set()
    for field in fields:
        type_ = field.type
        while isinstance(type_, OptionalType | ListType):
            type_ = type_.of
        if isinstance(type_, FileType):
            kinds.add(str(type_.accepts))
    return kinds


def _description(spec: AgentSpec) -> str:
    return (
        spec.description or spec.signature.intent or _first_sentence(spec.signature.instructions) or f"The agent {spec.name}."
    )


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=[.!?])\s", text.strip(), maxsplit=1)[0]


def _slug(name: str) -> str:
    snake = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name))
    return re.sub(r"[^a-z0-9]+", "-", snake.lower()).strip("-") or "agent"
