"""The referral sample's data in an organization: makes the doctors that are not there, changes none that are."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from journeys.gallery.healthcare_referral.doctors import DOCTORS
from journeys.models import Doctor


def seed_doctors(organization_id: UUID) -> None:
    """Every sample doctor once; safe to repeat and to race."""
    rows = [Doctor(organization_id=organization_id, **{**asdict(d), "treats": list(d.treats)}) for d in DOCTORS]
    Doctor.objects.bulk_create(rows, ignore_conflicts=True)
