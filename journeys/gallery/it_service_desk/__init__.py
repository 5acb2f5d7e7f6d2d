"""IT service desk: help with passwords and outages, and a ticket for everything else."""

from __future__ import annotations

from journeys.gallery.catalog import GalleryJourney
from journeys.gallery.it_service_desk.journey import ITServiceDesk

ITEM = GalleryJourney(slug="it-service-desk", journey=ITServiceDesk)
