"""The referral sample's data in an organization: makes the doctors that are not there, changes none that are; tells and erases
what turns have booked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from journeys.gallery.healthcare_referral.doctors import DOCTORS
from journeys.models import Appointment, Doctor


def seed_doctors(organization_id: UUID) -> None:
    """Every sample doctor once; safe to repeat and to race."""
    rows = [Doctor(organization_id=organization_id, **{**asdict(d), "treats": list(d.treats)}) for d in DOCTORS]
    Doctor.objects.bulk_create(rows, ignore_conflicts=True)


def list_appointments(run_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """What these turns have booked."""
    rows = Appointment.objects.filter(run_id__in=run_ids).select_related("doctor").order_by("pk")
    return [{"number": a.confirmation_number, "doctor": a.doctor.name, "slot": a.slot, "reason": a.reason} for a in rows]


def erase_appointments(run_ids: Sequence[UUID]) -> int:
    """Takes back what these turns have booked; the times are free again. Returns how many."""
    return Appointment.objects.filter(run_id__in=run_ids).delete()[0]
