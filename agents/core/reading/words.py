"""The names that a declaration may import, and what may be done with each: called, derived from, or named as a type."""

from __future__ import annotations

import dataclasses
import datetime
import enum
import importlib
import typing
from collections.abc import Iterable
from typing import Any

import pydantic

BUILTINS: dict[str, Any] = {"str": str, "int": int, "float": float, "bool": bool, "list": list, "dict": dict}
STANDARD: dict[str, dict[str, Any]] = {
    "__future__": {"annotations": None},
    "datetime": {"date": datetime.date, "datetime": datetime.datetime},
    "enum": {"Enum": enum.Enum, "IntEnum": enum.IntEnum, "StrEnum": enum.StrEnum},
    "typing": {
        name: getattr(typing, name) for name in ("Any", "Annotated", "Literal", "Optional", "Union", "List", "Dict", "ClassVar")
    },
    "dataclasses": {"dataclass": dataclasses.dataclass, "field": dataclasses.field},
    "pydantic": {"BaseModel": pydantic.BaseModel, "Field": pydantic.Field},
}
AGENT_WORDS = (
    "Agent",
    "Audio",
    "BaseAgent",
    "BaseAgentConfig",
    "DemoRule",
    "File",
    "Image",
    "InputField",
    "Limits",
    "MemberSpec",
    "ModelSpec",
    "OutputField",
    "PermissionMode",
    "PermissionPolicy",
    "PermissionRule",
    "PermissionType",
    "PipelineSpec",
    "Signature",
    "ToolUse",
)
CALLED = frozenset(
    {
        "BaseAgentConfig",
        "DemoRule",
        "InputField",
        "Limits",
        "MemberSpec",
        "ModelSpec",
        "OutputField",
        "PermissionPolicy",
        "PermissionRule",
        "PipelineSpec",
        "ToolUse",
    }
)
_BOUNDS = ("ge", "le", "gt", "lt", "min_length", "max_length", "pattern")
ARGUMENTS: dict[Any, tuple[str, ...]] = {  # of functions that take more than is good for a text
    pydantic.Field: ("default", "default_factory", "description", *_BOUNDS),
    dataclasses.field: ("default", "default_factory"),
}


class Words:
    """What a source may import, by module; ``called`` are the names that may be called."""

    def __init__(self, modules: dict[str, Iterable[str]], called: Iterable[str]) -> None:
        self._modules = {name: tuple(words) for name, words in modules.items()}
        self._called = frozenset(called)

    def modules(self) -> list[str]:
        return sorted([*(name for name in STANDARD if name != "__future__"), *self._modules])

    def names(self, module: str) -> list[str] | None:
        """The names of a module; ``None`` for one that may not be imported."""
        if module in STANDARD:
            return sorted(STANDARD[module])
        return sorted(self._modules[module]) if module in self._modules else None

    def get(self, module: str, name: str) -> Any:
        """The thing itself, imported when it is first asked for."""
        if module in STANDARD:
            return STANDARD[module][name]
        return getattr(importlib.import_module(module), name)

    def callables(self) -> list[Any]:
        """Everything that a source may call, for a look by identity."""
        own = [self.get(module, name) for module, names in self._modules.items() for name in names if name in self._called]
        return [*own, *ARGUMENTS]


def agent_words() -> Words:
    return Words({"agents": AGENT_WORDS}, CALLED)
