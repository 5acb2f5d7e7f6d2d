"""The ready journeys by slug, and their tools. A new one is a folder here and one line, and a line for each tool."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from agents.core.tools.catalog import register_tool
from journeys.core.declare.journey import Journey
from journeys.core.testing.case import TestCase

GALLERY: dict[str, str] = {
    "healthcare-referral": "journeys.gallery.healthcare_referral:ITEM",
    "customer-support": "journeys.gallery.customer_support:ITEM",
    "it-service-desk": "journeys.gallery.it_service_desk:ITEM",
    "sales-qualification": "journeys.gallery.sales_qualification:ITEM",
    "invoice-approval": "journeys.gallery.invoice_approval:ITEM",
    "employee-onboarding": "journeys.gallery.employee_onboarding:ITEM",
    "research-brief": "journeys.gallery.research_brief:ITEM",
    "incident-response": "journeys.gallery.incident_response:ITEM",
}
TOOLS: dict[str, str] = {  # of the ready journeys: name -> "dotted.path:tool"
    "find_doctors": "journeys.gallery.healthcare_referral.tools:FIND_DOCTORS",
    "book_appointment": "journeys.gallery.healthcare_referral.tools:BOOK_APPOINTMENT",
    "find_order": "journeys.gallery.customer_support.tools:find_order",
    "refund_order": "journeys.gallery.customer_support.tools:refund_order",
    "service_status": "journeys.gallery.it_service_desk.tools:service_status",
    "open_ticket": "journeys.gallery.it_service_desk.tools:open_ticket",
    "book_demo": "journeys.gallery.sales_qualification.tools:book_demo",
    "match_purchase_order": "journeys.gallery.invoice_approval.tools:match_purchase_order",
    "release_payment": "journeys.gallery.invoice_approval.tools:release_payment",
    "request_accounts": "journeys.gallery.employee_onboarding.tools:request_accounts",
    "search_notes": "journeys.gallery.research_brief.tools:search_notes",
    "publish_brief": "journeys.gallery.research_brief.tools:publish_brief",
    "check_service": "journeys.gallery.incident_response.tools:check_service",
    "roll_back_release": "journeys.gallery.incident_response.tools:roll_back_release",
}


@dataclass(frozen=True, slots=True)
class GalleryJourney:
    """A journey class with the slug it is published under.

    ``seed`` names a function that makes the journey's data, given an organization's id.
    """

    slug: str
    journey: type[Journey]
    seed: str = ""


def register_tools() -> None:
    """The tools of the ready journeys join the catalog of tools. Doing it twice is harmless."""
    for name, place in TOOLS.items():
        register_tool(name, place)


def get_gallery_journey(slug: str) -> GalleryJourney:
    """Imported on first use. Raises ``KeyError`` that lists the slugs."""
    if slug not in GALLERY:
        raise KeyError(f"the gallery has no journey {slug!r}; it has: {', '.join(GALLERY)}")
    module, _, name = GALLERY[slug].partition(":")
    item: GalleryJourney = getattr(import_module(module), name)
    return item


def gallery_tests(slug: str) -> list[TestCase]:
    """The journey's test cases: ``TESTS``, a list of ``TestCase``, in ``tests.py`` beside it; none without such a file."""
    module, _, _ = GALLERY[slug].partition(":")
    name = f"{module}.tests"
    if find_spec(name) is None:
        return []
    tests: list[TestCase] = list(import_module(name).TESTS)
    return tests


register_tools()  # so that a ready journey finds its tools wherever it is imported from
