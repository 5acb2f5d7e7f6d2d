"""Specs as Python source: what is printed, executed again, compiles to an equal spec.

Owns the source of signatures and agents; journeys print themselves with the same ``Printer``. Layout follows the spec
alone, so that equal specs have equal sources.
"""

from __future__ import annotations

import inspect
import keyword
import re
from collections.abc import Iterable
from enum import Enum
from typing import Any

from pydantic import BaseModel

from agents.core.spec.agent import AgentSpec, DemoRule, Limits, ModelSpec, ToolUse
from agents.core.spec.layout import literal, pretty, word_line
from agents.core.spec.permissions import PermissionPolicy
from agents.core.spec.pipeline import PipelineSpec
from agents.core.spec.runnable import Spec, canonical, digest_spec
from agents.core.spec.signature import SignatureSpec
from agents.core.spec.types import (
    AnyType,
    Constraints,
    DictType,
    EnumType,
    FieldSpec,
    FileType,
    Frozen,
    ListType,
    ModelType,
    OptionalType,
    TypeSpec,
)

_WIDEST_IMPORT = 120
_ORIGINS = {
    "date": "datetime",
    "datetime": "datetime",
    "Enum": "enum",
    "Annotated": "typing",
    "Any": "typing",
    "Literal": "typing",
    "dataclass": "dataclasses",
    "field": "dataclasses",
    "BaseModel": "pydantic",
    "Field": "pydantic",
}
_STANDARD = ("dataclasses", "datetime", "enum", "typing")
_FROM_AGENTS = (
    "Agent",
    "Audio",
    "DemoRule",
    "File",
    "Image",
    "InputField",
    "Limits",
    "MemberSpec",
    "ModelSpec",
    "OutputField",
    "PermissionPolicy",
    "PermissionRule",
    "PipelineSpec",
    "Signature",
    "ToolUse",
)
_BUILTINS = {"str", "int", "float", "bool", "list", "dict", "None", "True", "False", "classmethod"}


def print_signature(spec: SignatureSpec) -> str:
    """A module that defines the signature's class and whatever it needs."""
    printer = Printer(spec)
    printer.signature(spec)
    return printer.source()


def print_pipeline(spec: PipelineSpec) -> str:
    """A module that defines the pipeline, its members' classes and signatures."""
    printer = Printer(spec)
    printer.runnable(spec)
    return printer.source()


def print_agent(spec: AgentSpec) -> str:
    """A module that defines the agent's class, its signature and whatever they need."""
    printer = Printer(spec)
    printer.agent(spec)
    return printer.source()


class Printer:
    """Collects definitions and the imports they need; names that would clash are told apart."""

    def __init__(self, spec: Spec, origins: dict[str, str] | None = None) -> None:
        self.origins = {**_ORIGINS, **(origins or {})}
        self._own_names = set(_names_in(canonical(spec)))
        self._blocks: list[str] = []
        self._imports: dict[str, set[str]] = {}
        self._taken = set(_BUILTINS) | ({*self.origins, *_FROM_AGENTS} - self._own_names)
        self._signatures: dict[str, str] = {}
        self._types: dict[str, str] = {}
        self._plain: set[str] = set()  # models that are dataclasses

    def source(self) -> str:
        """Everything so far as one module."""
        head = ["from __future__ import annotations\n"]
        groups: tuple[list[str], list[str]] = ([], [])
        for module in sorted(self._imports):
            names = sorted(self._imports[module])
            line = f"from {module} import {', '.join(names)}"
            if len(line) > _WIDEST_IMPORT:
                line = f"from {module} import (\n" + "".join(f"    {name},\n" for name in names) + ")"
            groups[0 if module in _STANDARD else 1].append(line)
        head += ["\n".join(group) + "\n" for group in groups if group]
        return "\n".join(head) + "\n\n" + "\n\n\n".join(self._blocks) + "\n"

    def use(self, name: str) -> str:
        """Imports ``name`` and returns how the source calls it: with an underscore where the spec has that name itself."""
        shown = f"_{name}" if name in self._own_names else name
        module = self.origins.get(name, "agents")
        self._imports.setdefault(module, set()).add(name if shown == name else f"{name} as {shown}")
        return shown

    def add(self, block: str) -> None:
        self._blocks.append(block)

    def new_name(self, wanted: str) -> str:
        """``wanted`` as a name of Python that nothing in this source has yet."""
        base = re.sub(r"\W+", "_", wanted, flags=re.ASCII).strip("_") or "Item"
        base = f"{base}_" if keyword.iskeyword(base) or not base.isidentifier() else base
        name, n = base, 2
        while name in self._taken:
            name, n = f"{base}_{n}", n + 1
        self._taken.add(name)
        return name

    def signature(self, spec: SignatureSpec) -> str:
        """Adds the class of ``spec``, once, and returns its name."""
        key = digest_spec(spec)
        if key in self._signatures:
            return self._signatures[key]
        sides = [("InputField", f) for f in spec.inputs] + [("OutputField", f) for f in spec.outputs]
        lines = [self._declared_field(side, field) for side, field in sides]
        name = self._signatures[key] = self.new_name(spec.name)
        head = [f"class {name}({self.use('Signature')}):", *docstring(spec.instructions, "__instructions__")]
        if name != spec.name:
            head.append(f"    __title__ = {spec.name!r}")
        if spec.intent:
            head.append(word_line("__intent__", repr(spec.intent)))
        if spec.guidelines:
            head.append(word_line("__guidelines__", literal(list(spec.guidelines))))
        self.add("\n".join([*head, "", *lines]))
        return name

    def agent(self, spec: AgentSpec) -> str:
        """Adds the class of ``spec`` and returns its name."""
        words = {"__signature__": self.signature(spec.signature)}
        name = self.new_name(spec.name)
        if name != spec.name:
            words["__title__"] = repr(spec.name)
        words |= self._agent_words(spec)
        head = [f"class {name}({self.use('Agent')}):", *docstring(spec.description, "__description__")]
        self.add("\n".join([*head, *(word_line(word, value) for word, value in words.items())]))
        return name

    def runnable(self, spec: AgentSpec | PipelineSpec) -> str:
        """Adds an agent's class or a pipeline with all its members, and returns its name."""
        if isinstance(spec, AgentSpec):
            return self.agent(spec)
        members = []
        for member in spec.members:
            more = f", bindings={literal(member.bindings)}" if member.bindings else ""
            inner = self.runnable(member.spec)
            shown = f"{inner}().spec" if isinstance(member.spec, AgentSpec) else inner
            members.append(f"{self.use('MemberSpec')}(name={member.name!r}, spec={shown}{more})")
        args = [f"name={spec.name!r}"]
        for field in ("description", "pattern", "params"):
            if getattr(spec, field) != PipelineSpec.model_fields[field].default:
                args.append(f"{field}={literal(getattr(spec, field))}")
        args.append(f"members={listed(members)}")
        if spec.signature:
            args.append(f"signature={self.signature(spec.signature)}.spec")
        name = self.new_name(f"{spec.name} pipeline")
        self.add(word_line(name, f"{self.use('PipelineSpec')}({', '.join(args)})", 0))
        return name

    def _agent_words(self, spec: AgentSpec) -> dict[str, str]:
        words: dict[str, str] = {}
        if spec.model != ModelSpec():
            words["__config__"] = self.call(spec.model)
        if spec.tools:
            words["__tools__"] = listed(
                repr(tool.name) if tool == ToolUse(name=tool.name) else self.call(tool) for tool in spec.tools
            )
        for field, word in (("strategy", "__strategy__"), ("strategy_params", "__strategy_params__")):
            if getattr(spec, field) != AgentSpec.model_fields[field].default:
                words[word] = literal(getattr(spec, field))
        for field in ("max_repairs", "budget_microusd"):
            if getattr(spec, field) != AgentSpec.model_fields[field].default:
                words[f"__{field}__"] = repr(getattr(spec, field))
        if spec.limits != Limits():
            words["__limits__"] = self.call(spec.limits)
        if spec.permissions != PermissionPolicy():
            words["__permissions__"] = self.call(spec.permissions)
        if spec.demo:
            words["__demo__"] = listed(self.call(rule) for rule in spec.demo)
        return words

    def call(self, value: ModelSpec | DemoRule | Frozen, name: str = "") -> str:
        """A flat spec as a call of its class, or of the word ``name``, with what differs from the defaults."""
        fields = type(value).model_fields
        given = {n: getattr(value, n) for n, info in fields.items() if getattr(value, n) != info.default}
        args = (f"{n}={self._value(v)}" for n, v in given.items())
        return f"{self.use(name or type(value).__name__)}({', '.join(args)})"

    def _value(self, value: Any) -> str:
        if isinstance(value, tuple):
            return f"[{', '.join(self._value(item) for item in value)}]"
        if isinstance(value, Frozen):
            return self.call(value)
        return literal(value.value if isinstance(value, Enum) else value)

    def annotation(self, type_: TypeSpec) -> str:  # noqa: PLR0911 - one branch a type
        """``type_`` as an annotation; its enums and models are added."""
        match type_:
            case OptionalType():
                inner = self.annotation(type_.of)
                return f"{inner} | None"
            case ListType():
                return "list" if isinstance(type_.of, AnyType) else f"list[{self.annotation(type_.of)}]"
            case DictType():
                return "dict" if isinstance(type_.of, AnyType) else f"dict[str, {self.annotation(type_.of)}]"
            case FileType():
                return self.use({"any": "File", "image": "Image", "audio": "Audio"}[type_.accepts])
            case AnyType():
                return self.use("Any")
            case EnumType():
                return self._enum(type_) if type_.name else f"{self.use('Literal')}[{', '.join(map(repr, type_.values))}]"
            case ModelType():
                return self._model(type_)
            case _:
                return self.use(type_.kind) if type_.kind in ("date", "datetime") else type_.kind

    def _declared_field(self, side: str, field: FieldSpec) -> str:
        start = f"    {field.name}: {self.annotation(field.type)} = "
        return start + pretty(f"{self.use(side)}({', '.join(field_args(field))})", 4, len(start))

    def _enum(self, type_: EnumType) -> str:
        key = type_.model_dump_json()
        if key not in self._types:
            name = self._types[key] = self.new_name(type_.name)
            members = _members(type_.values)
            lines = [f"class {name}({self.use('Enum')}):", *(f"    {m} = {v!r}" for m, v in members)]
            self.add("\n".join(lines) + _renamed(name, type_.name))
        return self._types[key]

    def _model(self, type_: ModelType) -> str:
        key = type_.model_dump_json()
        if key not in self._types:
            for field in type_.fields:  # first: a field may have the name of a class that another one needs
                self.annotation(field.type)
            plain = any(self._not_in_pydantic(field.name) or self._holds_plain(field.type) for field in type_.fields)
            if plain:
                self._plain.add(key)
            lines = [self._model_field(field, plain) for field in type_.fields] or ["    pass"]
            name = self._types[key] = self.new_name(type_.name)
            head = (
                f"@{self.use('dataclass')}(kw_only=True)\nclass {name}:" if plain else f"class {name}({self.use('BaseModel')}):"
            )
            self.add("\n".join([head, *lines]) + _renamed(name, type_.name))
        return self._types[key]

    def _not_in_pydantic(self, name: str) -> bool:
        """Names that BaseModel has itself, and names of types: pydantic reads annotations within the class."""
        return hasattr(BaseModel, name) or name.startswith("model_") or name in self._taken or name in self.origins

    def _holds_plain(self, type_: TypeSpec) -> bool:
        """Whether a dataclass is inside: pydantic would read its annotations, too, within the class that it is."""
        match type_:
            case ModelType():
                return type_.model_dump_json() in self._plain
            case OptionalType() | ListType() | DictType():
                return self._holds_plain(type_.of)
        return False

    def _model_field(self, field: FieldSpec, plain: bool) -> str:
        args = [f"description={field.description!r}"] if field.description else []
        args += _bounds(field.constraints)
        annotation = self.annotation(field.type)
        if args:
            annotation = f"{self.use('Annotated')}[{annotation}, {self.use('Field')}({', '.join(args)})]"
        line = f"    {field.name}: {annotation}"
        if field.required:
            return line
        if plain and isinstance(field.default, list | dict):
            return f"{line} = {self.use('field')}(default_factory=lambda: {literal(field.default)})"
        return f"{line} = {literal(field.default)}"


def field_args(field: FieldSpec) -> list[str]:
    """What is said of a field beside its type, as arguments of ``InputField`` and its kind."""
    args = [repr(field.description)] if field.description else []
    optional = isinstance(field.type, OptionalType)
    if not field.required and not (optional and field.default is None):
        args.append(f"default={literal(field.default)}")
    if field.required and optional:
        args.append("required=True")
    return args + _bounds(field.constraints)


def docstring(text: str, word: str) -> list[str]:
    """``text`` as the docstring of a class, or under ``word`` where a docstring would not keep it exactly."""
    if not text:
        return []
    simple = text.isprintable() and '"""' not in text and "\\" not in text and not text.endswith('"')
    if simple and inspect.cleandoc(text) == text:
        return [f'    """{text}"""', ""]
    lines = text.split("\n")
    simple = all(line.isprintable() for line in lines) and '"""' not in text and "\\" not in text
    doc = "\n".join([lines[0], *(f"    {line}" if line else "" for line in lines[1:])]) + "\n    "
    if simple and inspect.cleandoc(doc) == text:
        return [f'    """{doc}"""', ""]
    return [f"    {word} = {text!r}"]


def listed(items: Iterable[str]) -> str:
    """Sources of values as that of their list."""
    return f"[{', '.join(items)}]"


def _bounds(bounds: Constraints) -> list[str]:
    return [f"{name}={_number(getattr(bounds, name))}" for name in bounds.named()]


def _number(value: Any) -> str:
    return repr(int(value)) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else repr(value)


def _members(values: tuple[Any, ...]) -> list[tuple[str, Any]]:
    """Names for an enum's values: their own where they make one."""
    names: list[str] = []
    for n, value in enumerate(values, 1):
        wanted = re.sub(r"\W+", "_", str(value), flags=re.ASCII).strip("_").upper()
        usable = wanted.isidentifier() and wanted not in names and not hasattr(object, wanted)
        names.append(wanted if usable else f"VALUE_{n}" if f"VALUE_{n}" not in names else f"VALUE_{n}_")
    return list(zip(names, values, strict=True))


def _renamed(name: str, real: str) -> str:
    return "" if name == real else f"\n\n\n{name}.__name__ = {real!r}"


def _names_in(data: Any) -> Iterable[str]:
    """Every name that a spec gives to something."""
    if isinstance(data, dict):
        if isinstance(data.get("name"), str):
            yield data["name"]
        data = list(data.values())
    if isinstance(data, list):
        for item in data:
            yield from _names_in(item)
