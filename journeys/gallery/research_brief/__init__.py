"""Research brief: a question, notes that are found, a brief that is written, and a person who approves it."""

from __future__ import annotations

from journeys.gallery.catalog import GalleryJourney
from journeys.gallery.research_brief.journey import ResearchBrief

ITEM = GalleryJourney(slug="research-brief", journey=ResearchBrief)
