"""Healthcare referral: the reference journey, with doctors to find and appointments to book."""

from __future__ import annotations

from journeys.gallery.catalog import GalleryJourney
from journeys.gallery.healthcare_referral.journey import HealthcareReferral

ITEM = GalleryJourney(slug="healthcare-referral", journey=HealthcareReferral, seed="journeys.services.referral:seed_doctors")
