"""Sales qualification: finds out who asks, and leads to a demo, to news by mail, or to a kind no."""

from __future__ import annotations

from journeys.gallery.catalog import GalleryJourney
from journeys.gallery.sales_qualification.journey import SalesQualification

ITEM = GalleryJourney(slug="sales-qualification", journey=SalesQualification)
