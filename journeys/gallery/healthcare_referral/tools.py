"""The two tools of the sample: finding doctors and booking. Both are local work, so a booking exists exactly once.

``MemoryClinic`` does the same work without a database.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from agents.core.runtime.effects import Effect
from agents.core.runtime.errors import StepFailed
from agents.core.runtime.ports import Tool
from journeys.gallery.healthcare_referral.doctors import DOCTORS, DoctorRow
from journeys.gallery.healthcare_referral.matching import Wish, find, free_times, same_doctor, speak_time

_TEXTS = {"type": "array", "items": {"type": "string"}}

FIND_DOCTORS = Tool(
    name="find_doctors",
    description=(
        "Finds up to three suitable doctors with their next free times, the best match first. Give what the patient "
        "has said "
        "and leave out what they have not. To see more times of one doctor, give only the name (and when)."
    ),
    parameters={
        "type": "object",
        "properties": {
            "symptoms": {**_TEXTS, "description": "The patient's symptoms, such as back pain"},
            "specialty": {"type": "string", "description": "A specialty, only if the patient asked for one"},
            "gender": {"type": "string", "enum": ["female", "male", "any"], "description": "Wished gender of the doctor"},
            "telehealth": {"type": "boolean", "description": "True if the visit must be by video"},
            "time_of_day": {"type": "string", "enum": ["morning", "afternoon", "any"]},
            "rejected": {**_TEXTS, "description": "Names of doctors that the patient does not want"},
            "name": {"type": "string", "description": "One doctor by name: every other wish but the time is left aside"},
            "when": {
                "type": "string",
                "description": "A day, date or time the patient named, such as Tuesday or 9:00; or after 2026-11-24T09:00",
            },
        },
        "additionalProperties": False,
    },
    effect=Effect.LOCAL,
    local="gallery.find_doctors",
    danger="safe",
    summary="Look for doctors",
)

BOOK_APPOINTMENT = Tool(
    name="book_appointment",
    description=(
        "Books one free time of one doctor and returns the confirmation number. Call it only when the patient has "
        "chosen both "
        "the doctor and the time. A person approves the booking first."
    ),
    parameters={
        "type": "object",
        "properties": {
            "doctor": {"type": "string", "description": "The doctor's full name, as find_doctors gave it"},
            "slot": {
                "type": "string",
                "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$",
                "description": "The starting time, as find_doctors gave it, such as 2026-11-24T09:00",
            },
            "reason": {"type": "string", "maxLength": 300, "description": "Why the patient comes, in a few words"},
        },
        "required": ["doctor", "slot", "reason"],
        "additionalProperties": False,
    },
    effect=Effect.LOCAL,
    local="gallery.book_appointment",
    danger="medium",
    summary="Book {doctor} on {slot}: {reason}",
)


def check_slot(
    doctors: Mapping[str, DoctorRow], arguments: Mapping[str, Any], now: datetime, taken: Mapping[str, Collection[str]]
) -> DoctorRow:
    """The doctor to book; ``taken`` maps a doctor's name to booked times.

    Raises ``StepFailed`` that names the free times, or the doctors there are.
    """
    doctor = next((row for name, row in doctors.items() if same_doctor(name, arguments["doctor"])), None)
    if doctor is None:
        known = ", ".join(doctors)
        raise StepFailed(f"there is no doctor {arguments['doctor']!r}; the doctors are: {known}", "unknown_doctor")
    free = free_times(doctor, Wish(), now, taken.get(doctor.name, ()))
    if arguments["slot"] not in free:
        offers = ", ".join(free[:6]) or "none in the next two weeks"
        raise StepFailed(f"{doctor.name} is not free on {arguments['slot']}; free times are: {offers}", "slot_unavailable")
    return doctor


def confirm(number: str, doctor: DoctorRow, slot: str) -> dict[str, Any]:
    """What the booking tool returns."""
    return {
        "confirmation_number": number,
        "doctor": doctor.name,
        "slot": slot,
        "when": speak_time(slot),
        "location": doctor.location,
        "appointment": f"{doctor.name} on {speak_time(slot)}, {doctor.location}",
    }


class MemoryClinic:
    """The clinic's data while a Python process lives: for the framework without a site, and for tests."""

    def __init__(self, clock: Callable[[], datetime] = datetime.now):
        self.booked: dict[str, set[str]] = {}
        self._clock = clock
        self._count = 0

    @property
    def tools(self) -> dict[str, Tool]:
        return {tool.name: tool for tool in (FIND_DOCTORS, BOOK_APPOINTMENT)}

    @property
    def local(self) -> dict[str, Callable[[dict[str, Any]], dict[str, Any]]]:
        """The functions of the tools, as in-memory ports want them."""
        return {FIND_DOCTORS.local: self._find, BOOK_APPOINTMENT.local: self._book}

    def _find(self, data: dict[str, Any]) -> dict[str, Any]:
        return find(DOCTORS, Wish.from_arguments(data["arguments"]), self._clock(), self.booked)

    def _book(self, data: dict[str, Any]) -> dict[str, Any]:
        arguments, now = data["arguments"], self._clock()
        doctor = check_slot({row.name: row for row in DOCTORS}, arguments, now, self.booked)
        self.booked.setdefault(doctor.name, set()).add(arguments["slot"])
        self._count += 1
        return confirm(f"HC-{now.year}-{self._count:06d}", doctor, arguments["slot"])
