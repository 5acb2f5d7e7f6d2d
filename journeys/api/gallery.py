"""``/gallery``: ready journeys that an organization can make its own."""

from __future__ import annotations

from typing import Any

from ninja import Router, Schema
from pydantic import Field

from journeys.services.gallery import GalleryItem, list_gallery, use_gallery_item
from trust.core.roles import Permission
from trust.services.guards import KeyAuth
from trust.services.operations import ApiRequest, Cursor, Limit, Page, answers, example, page_of

router = Router(tags=["Journeys"])


class GalleryOut(Schema):
    """A ready journey."""

    model_config = example(
        slug="healthcare-referral",
        name="Healthcare referral",
        description="Finds a specialist and books an appointment.",
        pathways=5,
        agents=4,
        suggestions=["My knee hurts"],
        version=1,
    )

    slug: str
    name: str
    description: str
    pathways: int
    agents: int
    suggestions: list[str]
    version: int | None = Field(description="The organization's published version of it; null: it has none.")


@router.get(
    "",
    auth=KeyAuth(Permission.READ),
    response=answers({200: Page[GalleryOut]}, 422),
    operation_id="list_gallery",
    summary="List the gallery",
    description="All ready journeys, and which of them the organization has.",
)
def list_all(request: ApiRequest, cursor: Cursor = "", limit: Limit = 50) -> dict[str, Any]:
    rows = [tell_item(item) for item in list_gallery(request.auth)]
    return page_of(rows, key=lambda row: row.slug, cursor=cursor, limit=limit)


@router.post(
    "/{slug:slug}/use",
    auth=KeyAuth(Permission.BUILD),
    response=answers({200: GalleryOut}, 404),
    operation_id="use_gallery_item",
    summary="Take a journey from the gallery",
    description="Publishes it in the organization, with its agents and its data. Done twice, it changes nothing.",
)
def use(request: ApiRequest, slug: str) -> GalleryOut:
    return tell_item(use_gallery_item(principal=request.auth, slug=slug))


def tell_item(item: GalleryItem) -> GalleryOut:
    return GalleryOut(**{name: getattr(item, name) for name in GalleryOut.model_fields})
