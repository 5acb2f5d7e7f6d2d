"""Starts a run of something published, whatever its kind: the catalog from kinds to their starters. Executes nothing."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, cast

from agents.core.spec.agent import AgentSpec
from agents.core.spec.values import validate_inputs
from agents.models.run import Run
from agents.services.definitions import get_version, load_spec
from agents.services.files import complete_files
from agents.services.runs import start_run
from trust.core.errors import Invalid
from trust.core.principal import Principal

__all__ = ["Run", "register_target", "start_agent", "start_published"]
TARGETS: dict[str, str] = {"agent": "agents.services.targets:start_agent"}
Starter = Callable[..., Run]


def register_target(kind: str, dotted: str) -> None:
    """Adds a starter of another app; the same line twice changes nothing, another one for a taken kind is an error."""
    if TARGETS.setdefault(kind, dotted) != dotted:
        raise ValueError(f"the kind {kind!r} is already started by {TARGETS[kind]}; it cannot be {dotted}")


def start_published(
    *,
    principal: Principal,
    kind: str,
    slug: str,
    version: int | None = None,
    inputs: dict[str, Any],
    budget_microusd: int | None = None,
    idempotency_key: str = "",
) -> Run:
    """A run of the published version of ``slug``, or of the given version. Raises ``NotFound``, ``Invalid``, ``Conflict``."""
    if kind not in TARGETS:
        message = f"nothing starts the kind {kind!r}; the kinds are: {', '.join(sorted(TARGETS))}"
        raise Invalid(problems=[{"where": "kind", "message": message}])
    module, _, name = TARGETS[kind].partition(":")
    starter = cast(Starter, getattr(import_module(module), name))
    return starter(
        principal=principal,
        slug=slug,
        version=version,
        inputs=inputs,
        budget_microusd=budget_microusd,
        idempotency_key=idempotency_key,
    )


def start_agent(
    *,
    principal: Principal,
    slug: str,
    version: int | None,
    inputs: dict[str, Any],
    budget_microusd: int | None,
    idempotency_key: str,
) -> Run:
    """Validates the inputs against the agent's signature, so that a run that cannot work is never accepted."""
    found = get_version(principal, "agent", slug, version)
    spec = cast(AgentSpec, load_spec(principal.organization_id, found.digest))
    return start_run(
        principal=principal,
        spec=spec,
        inputs=validate_inputs(spec.signature, complete_files(principal=principal, signature=spec.signature, inputs=inputs)),
        version=found,
        idempotency_key=idempotency_key,
        budget_microusd=budget_microusd,
    )
