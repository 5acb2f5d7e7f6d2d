"""Incident response: from a report to the cause, a way back that a person approves, news for everybody, and the lessons."""

from __future__ import annotations

from journeys.gallery.catalog import GalleryJourney
from journeys.gallery.incident_response.journey import IncidentResponse

ITEM = GalleryJourney(slug="incident-response", journey=IncidentResponse)
