"""Which merge rules there are, and which types each can join."""

from __future__ import annotations

from agents.core.spec.types import DictType, EnumType, ModelType, OptionalType, ScalarType, TypeSpec
from journeys.core.merging.catalog import rule_names

_TAKES = {"sum": "numbers", "merge": "objects", "max": "numbers or texts", "min": "numbers or texts"}
_NUMBERS = ("int", "float")


def known_rules() -> tuple[str, ...]:
    """The names of the catalog of merge rules."""
    return rule_names()


def rule_takes(rule: str) -> str:
    return _TAKES.get(rule, "anything")


def fits_rule(rule: str, type_: TypeSpec) -> bool:
    """Whether values of ``type_`` can be joined by ``rule``; other rules take anything, as far as is known."""
    bare = type_.of if isinstance(type_, OptionalType) else type_
    match rule:
        case "sum":
            return _is_number(bare)
        case "merge":
            return isinstance(bare, DictType | ModelType)
        case "max" | "min":
            return _is_number(bare) or _is_text(bare)
        case _:
            return True


def joins(rule: str, one: TypeSpec, other: TypeSpec) -> bool:
    """Whether ``rule`` can join values of both types: a number and a text have no larger one."""
    bare = [t.of if isinstance(t, OptionalType) else t for t in (one, other)]
    mixed = rule in ("max", "min") and _is_number(bare[0]) != _is_number(bare[1])
    return fits_rule(rule, other) and not mixed


def _is_number(type_: TypeSpec) -> bool:
    if isinstance(type_, EnumType):
        return all(isinstance(v, int) and not isinstance(v, bool) for v in type_.values)
    return isinstance(type_, ScalarType) and type_.kind in _NUMBERS


def _is_text(type_: TypeSpec) -> bool:
    if isinstance(type_, EnumType):
        return all(isinstance(v, str) for v in type_.values)
    return isinstance(type_, ScalarType) and type_.kind in ("str", "date", "datetime")
