"""Stored specs: written once by digest, read through a process cache. Owns linking a draft to what it names.

A linker of a kind turns a draft's JSON into that of a spec which holds everything it needs to run. A gate of a kind may
refuse to have a spec published, a checker says beforehand what is wrong with a draft.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import lru_cache
from typing import Any, cast
from uuid import UUID

from agents.core.spec.errors import InvalidSpec
from agents.core.spec.runnable import Spec, canonical, parse_spec
from agents.models import SpecRecord
from agents.services.capabilities import check_capabilities
from agents.services.catalogs import catalog_problems
from trust.core.canonical import digest
from trust.core.errors import Invalid, NotFound, Problem
from trust.core.principal import Principal

Linker = Callable[[UUID, dict[str, Any]], dict[str, Any]]

LINKERS: dict[str, str] = {"journey": "journeys.services.definitions:link_journey"}


Gate = Callable[[Principal, str, str], None]

GATES: dict[str, str] = {"journey": "journeys.services.testing.gate:check_publish_gate"}


def pass_gate(principal: Principal, kind: str, slug: str, spec: Spec) -> None:
    """Asks the gate of the kind, if there is one. Raises what the gate raises: an ``Invalid`` that says what is missing."""
    dotted = GATES.get(kind)
    if dotted is not None:
        module, _, name = dotted.partition(":")
        gate = cast("Gate", getattr(importlib.import_module(module), name))
        gate(principal, slug, store_spec(principal.organization_id, spec))


Checker = Callable[[UUID, dict[str, Any]], tuple[list[Problem], list[Problem]]]

CHECKERS: dict[str, str] = {"journey": "journeys.services.preflight:find_problems"}


def check_draft(organization_id: UUID, kind: str, draft: dict[str, Any]) -> tuple[list[Problem], list[Problem]]:
    """What keeps a draft from being published, and what may go wrong: by the checker of its kind, else by linking it."""
    dotted = CHECKERS.get(kind)
    if dotted is not None:
        module, _, name = dotted.partition(":")
        checker = cast("Checker", getattr(importlib.import_module(module), name))
        return checker(organization_id, draft)
    try:
        spec = link_draft(organization_id, kind, draft)
    except Invalid as error:
        return error.problems or [{"where": "", "message": error.message}], []
    return [], list(check_capabilities(organization_id, spec).warnings)


def link_draft(organization_id: UUID, kind: str, draft: dict[str, Any]) -> Spec:
    """The runnable spec of a draft. Raises ``Invalid`` that lists every problem."""
    dotted = LINKERS.get(kind)
    if dotted is not None:
        module, _, name = dotted.partition(":")
        linker = cast("Linker", getattr(importlib.import_module(module), name))
        draft = linker(organization_id, draft)
    spec = parse_spec(draft, kind=kind)
    problems = [*catalog_problems(spec, organization_id), *check_capabilities(organization_id, spec).problems]
    if problems:
        raise InvalidSpec(problems=problems)
    return spec


def store_spec(organization_id: UUID, spec: Spec) -> str:
    """Stores ``spec`` unless it is there already; returns its digest."""
    return store_record(organization_id, spec).digest


def store_record(organization_id: UUID, spec: Spec) -> SpecRecord:
    """The stored form of ``spec``, made on first use."""
    body = canonical(spec)
    record, _ = SpecRecord.objects.get_or_create(
        organization_id=organization_id, digest=digest(body), defaults={"kind": spec.kind, "body": body}
    )
    return record


@lru_cache(maxsize=1024)
def load_spec(organization_id: UUID, digest: str) -> Spec:
    """The spec with ``digest`` of this organization, kept in memory: what a digest names never changes."""
    record = SpecRecord.objects.filter(organization_id=organization_id, digest=digest).first()
    if record is None:
        raise NotFound(f"no spec {digest} is stored in this organization")
    return parse_spec(record.body)
