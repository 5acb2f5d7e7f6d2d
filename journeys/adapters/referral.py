"""The referral sample's tools on the database: finding doctors and booking, in the transaction that records the step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from agents.services.runs import organization_of
from journeys.gallery.healthcare_referral.doctors import DoctorRow
from journeys.gallery.healthcare_referral.matching import Wish, find
from journeys.gallery.healthcare_referral.tools import check_slot, confirm
from journeys.models import Appointment, Doctor

AfterCommit = Callable[[Callable[[], None]], None]


def find_doctors(data: dict[str, Any], run_id: str, after_commit: AfterCommit) -> dict[str, Any]:
    """Doctors of the run's organization that fit the arguments, with times that nobody has booked."""
    organization_id = organization_of(run_id)
    doctors = [_row(doctor) for doctor in Doctor.objects.filter(organization_id=organization_id).order_by("pk")]
    return find(doctors, Wish.from_arguments(data["arguments"]), _now(), _taken(organization_id))


def book_appointment(data: dict[str, Any], run_id: str, after_commit: AfterCommit) -> dict[str, Any]:
    """Writes the appointment and returns its confirmation number. Raises ``StepFailed`` when the time is not free.

    The doctors' rows are locked, so that of two bookings of one time the second is told that it is taken.
    """
    arguments, organization_id, now = data["arguments"], organization_of(run_id), _now()
    rows = Doctor.objects.select_for_update().filter(organization_id=organization_id).order_by("pk")
    doctors = {doctor.name: doctor for doctor in rows}
    wanted = check_slot({name: _row(d) for name, d in doctors.items()}, arguments, now, _taken(organization_id))
    appointment = Appointment.objects.create(
        organization_id=organization_id,
        doctor=doctors[wanted.name],
        slot=arguments["slot"],
        reason=arguments["reason"],
        run_id=UUID(run_id),
    )
    appointment.confirmation_number = f"HC-{now.year}-{appointment.pk:06d}"
    appointment.save(update_fields=["confirmation_number"])
    return confirm(appointment.confirmation_number, wanted, appointment.slot)


def _row(doctor: Doctor) -> DoctorRow:
    return DoctorRow(
        name=doctor.name,
        specialty=doctor.specialty,
        treats=tuple(doctor.treats),
        gender=doctor.gender,
        telehealth=doctor.telehealth,
        rating=doctor.rating,
        location=doctor.location,
        hours=doctor.hours,
    )


def _taken(organization_id: UUID) -> dict[str, set[str]]:
    taken: dict[str, set[str]] = {}
    booked = Appointment.objects.filter(organization_id=organization_id)
    for name, slot in booked.values_list("doctor__name", "slot"):
        taken.setdefault(name, set()).add(slot)
    return taken


def _now() -> datetime:
    """The clinic's local time, without a zone, as its hours are."""
    return timezone.localtime().replace(tzinfo=None)
