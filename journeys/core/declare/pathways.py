"""A pathway class as its spec: every word checked, the config's settings where the class has none."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from agents.core.declare.signature import as_spec
from journeys.core.declare.config import JourneyConfig
from journeys.core.declare.moves import compile_return, told
from journeys.core.declare.triggers import expression, texts
from journeys.core.spec import ErrorRecoverySpec, PathwaySpec

if TYPE_CHECKING:
    from journeys.core.declare.journey import Pathway


def compile_pathway(
    pathway: type[Pathway], where: str, name: str, agents: tuple[str, ...], config: JourneyConfig
) -> PathwaySpec:
    """The spec of ``pathway`` with the id ``name``; ``where`` is how errors call it. Raises ``TypeError``."""
    try:
        return PathwaySpec(
            id=name,
            title=pathway.__title__,
            description=_description(pathway),
            signature=None if pathway.__signature__ is None else as_spec(pathway.__signature__),
            agents=agents,
            pipeline=pathway.__pipeline__,
            pipeline_params=_mapping(pathway, where, "__pipeline_params__"),
            bindings=_mapping(pathway, where, "__bindings__"),
            guidelines=texts(pathway.__guidelines__, f"{where}.__guidelines__"),
            accumulate=texts(pathway.__accumulate__, f"{where}.__accumulate__"),
            merge={field: str(rule).lower() for field, rule in _mapping(pathway, where, "__merge__").items()},
            complete_when=texts(pathway.__complete_when__, f"{where}.__complete_when__"),
            complete_if=expression(pathway.__complete_if__, f"{where}.__complete_if__"),
            next=pathway.__next__ or "",
            return_behavior=compile_return(pathway.__return_behavior__, f"{where}.__return_behavior__"),
            response_field=pathway.__response_field__,
            suggestions=texts(pathway.__suggestions__, f"{where}.__suggestions__"),
            timeout_s=config.pathway_timeout_seconds if pathway.__timeout_s__ is None else pathway.__timeout_s__,
            on_error=_recovery(pathway, where, config),
        )
    except ValidationError as error:
        raise TypeError(f"{where}: {told(error)}") from None


def _mapping(pathway: type[Pathway], where: str, word: str) -> dict[str, Any]:
    value = getattr(pathway, word)
    if not isinstance(value, Mapping):
        raise TypeError(f"{where}.{word} must be a dict from name to value, got {value!r}")
    return dict(value)


def _recovery(pathway: type[Pathway], where: str, config: JourneyConfig) -> ErrorRecoverySpec:
    stated: Any = pathway.__on_error__ if pathway.__on_error__ is not None else config.error_recovery
    if stated is None:
        return ErrorRecoverySpec()
    if not isinstance(stated, ErrorRecoverySpec):
        raise TypeError(f"{where}.__on_error__ must be ErrorRecovery(...), got {stated!r}")
    return stated


def _description(cls: type[Pathway]) -> str:
    if cls.__description__ is not None:
        return cls.__description__
    own = cls.__dict__.get("__doc__")
    return inspect.cleandoc(own) if own else ""
