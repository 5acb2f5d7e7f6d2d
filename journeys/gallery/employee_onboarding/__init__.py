"""Employee onboarding: everything a new colleague needs before the first day, in a conversation."""

from __future__ import annotations

from journeys.gallery.catalog import GalleryJourney
from journeys.gallery.employee_onboarding.journey import EmployeeOnboarding

ITEM = GalleryJourney(slug="employee-onboarding", journey=EmployeeOnboarding)
