"""The shapes of definitions and versions in JSON, and the way from rows to them. Owns no operation."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from agents.models.definition import Definition, Version
from trust.core.errors import Invalid
from trust.services.operations import Body, example
from trust.services.problems import ProblemItem

SPEC: dict[str, Any] = {
    "kind": "signature",
    "schema_version": 1,
    "name": "Triage",
    "instructions": "Decide how urgent the message is.",
    "inputs": [{"name": "message", "type": {"kind": "str"}}],
    "outputs": [{"name": "urgency", "type": {"kind": "enum", "values": ["low", "high"]}}],
}
DIGEST = "sha256:9f2c1b7e5d3a4c6b8e0f1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f"
OUT: dict[str, Any] = {
    "id": "3f0d8d4e-5b64-4d2e-9f25-2f6b8f4f9f11",
    "kind": "signature",
    "slug": "triage",
    "name": "Triage",
    "published_version": 2,
    "draft_revision": 3,
    "draft_changed_at": "2026-11-22T09:00:00Z",
    "draft_changed_by_label": "Ada",
    "created_at": "2026-11-20T09:00:00Z",
}
VERSION: dict[str, Any] = {
    "number": 2,
    "digest": DIGEST,
    "title": "",
    "notes": "asks for the insurance earlier",
    "published": True,
    "created_by_label": "Ada",
    "created_at": "2026-11-22T09:00:00Z",
}
CHANGE: dict[str, Any] = {"path": "instructions", "kind": "changed", "before": "Decide.", "after": "Decide now."}


class DefinitionOut(Schema):
    """A signature, agent or journey, without its draft."""

    model_config = example(**OUT)

    id: UUID
    kind: str
    slug: str
    name: str
    published_version: int | None = Field(description="The number of the version that answers by default; null: none.")
    draft_revision: int = Field(description="Counts the changes of the draft.")
    draft_changed_at: datetime
    draft_changed_by_label: str
    created_at: datetime


class DefinitionDetail(DefinitionOut):
    """A definition with its draft."""

    model_config = example(**OUT, draft=SPEC)

    draft: dict[str, Any] = Field(description="The JSON of a spec, perhaps incomplete.")


class DefinitionIn(Body):
    """A new definition."""

    model_config = example(slug="triage", draft=SPEC)

    slug: str = Field(pattern=r"^[a-z][a-z0-9_-]*$", max_length=100, description="Its name in addresses.")
    draft: dict[str, Any] = Field(description="The JSON of a spec, perhaps incomplete.")


class DraftIn(Body):
    """A changed draft."""

    model_config = example(draft=SPEC, expected_revision=3)

    draft: dict[str, Any]
    expected_revision: int | None = Field(default=None, ge=0, description="Or send `If-Match`.")


class PublishIn(Body):
    """What to say about the new version."""

    model_config = example(notes="asks for the insurance earlier", title="", expected_revision=3)

    notes: str = Field(default="", max_length=10_000)
    title: str = Field(default="", max_length=200)
    expected_revision: int | None = Field(default=None, ge=0, description="409 when the draft is at another revision.")


class RestoreIn(Body):
    """The revision of the draft that may be replaced; null: whatever it is."""

    model_config = example(expected_revision=3)

    expected_revision: int | None = Field(default=None, ge=0)


class VersionOut(Schema):
    """An immutable version, without its spec."""

    model_config = example(**VERSION)

    number: int
    digest: str
    title: str
    notes: str
    published: bool = Field(description="Whether this version answers by default.")
    created_by_label: str
    created_at: datetime


class VersionDetail(VersionOut):
    """A version with its spec."""

    model_config = example(**VERSION, spec=SPEC)

    spec: dict[str, Any]


class PublishedOut(VersionDetail):
    """The version that answers by default from now on."""

    model_config = example(**VERSION, spec=SPEC, message="Version 2 is published.")

    message: str = Field(description="What happened, in one sentence.")


class Change(Schema):
    """One difference between two specs; a side that has nothing there is null."""

    model_config = example(**CHANGE)

    path: str = Field(description="Named items of a list stand in brackets: `pathways[booking].next`.")
    kind: Literal["added", "removed", "changed"]
    before: Any = None
    after: Any = None


class DiffOut(Schema):
    """Every difference between two versions, by path."""

    model_config = example(a=1, b=2, changes=[CHANGE])

    a: int
    b: int
    changes: list[Change]


class PreflightOut(Schema):
    """What stands in the way of publishing; empty: nothing."""

    model_config = example(problems=[{"where": "outputs", "message": "is missing, allowed: at least one field"}], warnings=[])

    problems: list[ProblemItem]
    warnings: list[ProblemItem] = Field(
        description="What is not certain to work, such as tools with a model that nobody knows; publishing is possible."
    )


def read_revision(body: int | None, if_match: str | None) -> int:
    """The revision that the client edited. Raises ``Invalid`` when it says none, two different ones, or no number."""
    tag = (if_match or "").removeprefix("W/").strip().strip('"')
    if tag and not tag.isdecimal():
        message = f'{if_match!r} is no revision of a draft; send the ETag that it was read with, such as "3"'
        raise Invalid(problems=[{"where": "header.If-Match", "message": message}])
    told = {revision for revision in (body, int(tag) if tag else None) if revision is not None}
    if len(told) != 1:
        message = "say which revision was edited, once: `If-Match` or `expected_revision`"
        raise Invalid(problems=[{"where": "body.expected_revision", "message": message}])
    return told.pop()


def tell_definition(row: Definition) -> DefinitionOut:
    return DefinitionOut(**_definition(row))


def tell_detail(row: Definition) -> DefinitionDetail:
    return DefinitionDetail(**_definition(row), draft=row.draft)


def tell_version(row: Version) -> VersionOut:
    return VersionOut(**_version(row))


def tell_version_detail(row: Version) -> VersionDetail:
    return VersionDetail(**_version(row), spec=row.spec.body)


def tell_published(row: Version, message: str) -> PublishedOut:
    return PublishedOut(**_version(row), spec=row.spec.body, message=message)


def _definition(row: Definition) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "slug": row.slug,
        "name": row.name,
        "published_version": row.published.number if row.published else None,
        "draft_revision": row.draft_revision,
        "draft_changed_at": row.draft_changed_at,
        "draft_changed_by_label": row.draft_changed_by_label,
        "created_at": row.created_at,
    }


def _version(row: Version) -> dict[str, Any]:
    return {
        "number": row.number,
        "digest": row.digest,
        "title": row.title,
        "notes": row.notes,
        "published": row.definition.published_id == row.pk,
        "created_by_label": row.created_by_label,
        "created_at": row.created_at,
    }
