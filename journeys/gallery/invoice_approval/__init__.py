"""Invoice approval: an invoice is taken down, compared with its order, and paid only when a person has approved it."""

from __future__ import annotations

from journeys.gallery.catalog import GalleryJourney
from journeys.gallery.invoice_approval.journey import InvoiceApproval

ITEM = GalleryJourney(slug="invoice-approval", journey=InvoiceApproval)
