"""``/journeys/{slug}/manifest``: what a journey can do, asks for and never does, and what changed of it."""

from __future__ import annotations

from typing import Annotated

from ninja import Query, Router, Schema

from agents.services.definitions import get_definition
from journeys.core.preflight.manifest import as_data
from journeys.services.manifest import compare_manifests, get_manifest
from trust.core.roles import Permission
from trust.services.guards import KeyAuth
from trust.services.operations import ApiRequest, answers, example

router = Router(tags=["Journeys"])
Number = Annotated[int | None, Query(ge=1, le=1_000_000_000, description="A version's number; left out: the draft.")]
LINE = {
    "verb": "asks",
    "agent": "booking",
    "subject": "book_appointment",
    "sentence": "booking asks a person before book_appointment",
    "danger": "high",
}
CHANGE = {"sign": "+", "sentence": "booking can call delete_file without asking"}


class LineOut(Schema):
    """One sentence of the manifest."""

    model_config = example(**LINE)

    verb: str
    agent: str
    subject: str
    sentence: str
    danger: str


class ManifestChangeOut(Schema):
    """A power that was added (`+`) or taken away (`-`)."""

    model_config = example(**CHANGE)

    sign: str
    sentence: str


class ManifestOut(Schema):
    """What the journey can do."""

    model_config = example(lines=[LINE], changes=[CHANGE])

    lines: list[LineOut]
    changes: list[ManifestChangeOut]


@router.get(
    "/{slug:slug}/manifest",
    auth=KeyAuth(Permission.READ),
    response=answers({200: ManifestOut}, 404, 422),
    operation_id="get_journey_manifest",
    summary="What a journey can do, asks for and never does",
    description="Computed from tools, permissions, budgets and egress rules; `changes`: what it may do more and less than the "
    "published version.",
)
def get(request: ApiRequest, slug: str, version: Number = None) -> ManifestOut:
    published = get_definition(request.auth, "journey", slug).published
    lines = get_manifest(principal=request.auth, slug=slug, number=version)
    changes = compare_manifests(principal=request.auth, slug=slug, a=published.number if published else None, b=version)
    told = [{"sign": c.sign, "sentence": c.sentence} for c in changes]
    return ManifestOut.model_validate({"lines": as_data(lines), "changes": told})
