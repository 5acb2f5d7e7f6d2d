"""What an agent was asked, whatever its inputs are called; and what its answer to people is called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from agents.core.llm.render import prepare
from agents.core.spec.signature import SignatureSpec
from agents.core.spec.types import FieldSpec, FileType, ListType, OptionalType

HISTORY = "conversation_history"


def main_text(sig: SignatureSpec, values: Mapping[str, Any], names: Sequence[str] = ()) -> str:
    """The text under the first of ``names`` that has one, else of ``message``, else the first text among the inputs."""
    for name in (*names, "message", *(field.name for field in sig.inputs)):
        value = values.get(name)
        if isinstance(value, str) and name != HISTORY:
            return value
    return ""


def answer_field(sig: SignatureSpec) -> str:
    """The output that people read: ``response``, or the first text; empty when there is none."""
    return prepare(sig).shown_field


def file_field(sig: SignatureSpec, accepts: str) -> FieldSpec | None:
    """The first input that takes files of that kind, alone or in a list."""
    for field in sig.inputs:
        type_ = field.type
        while isinstance(type_, OptionalType | ListType):
            type_ = type_.of
        if isinstance(type_, FileType) and type_.accepts == accepts:
            return field
    return None


def files_of(field: FieldSpec, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The files under ``field``, whether it takes one or a list."""
    value = values.get(field.name)
    return list(value) if isinstance(value, list) else [value] if value else []
