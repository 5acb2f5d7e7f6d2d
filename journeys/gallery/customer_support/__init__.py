"""Customer support: an order that went wrong, solved, refunded with an approval, or handed to a person."""

from __future__ import annotations

from journeys.gallery.catalog import GalleryJourney
from journeys.gallery.customer_support.journey import CustomerSupport

ITEM = GalleryJourney(slug="customer-support", journey=CustomerSupport)
