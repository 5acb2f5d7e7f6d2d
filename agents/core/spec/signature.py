"""SignatureSpec: typed inputs and outputs with instructions, intent and guidelines."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from agents.core.spec.types import FieldSpec, Frozen, holds_file

Name = Field(pattern=r"^[A-Za-z][A-Za-z0-9_ -]*$", max_length=100)


class SignatureSpec(Frozen):
    """The contract of one model task: what goes in, what must come out, and how to behave."""

    kind: Literal["signature"] = "signature"
    schema_version: Literal[1] = 1
    name: str = Name
    instructions: str = ""
    intent: str = ""
    guidelines: tuple[str, ...] = ()
    inputs: tuple[FieldSpec, ...] = ()
    outputs: tuple[FieldSpec, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        names = [f.name for f in (*self.inputs, *self.outputs)]
        twice = sorted({n for n in names if names.count(n) > 1})
        if twice:
            raise ValueError(f"signature {self.name!r} names these fields twice: {', '.join(twice)}")
        return self

    @model_validator(mode="after")
    def _files_go_in_only(self) -> Self:
        for field in self.outputs:
            if holds_file(field.type):
                raise ValueError(f"output {field.name!r} is a file; files are inputs: no model answers with one")
        return self
