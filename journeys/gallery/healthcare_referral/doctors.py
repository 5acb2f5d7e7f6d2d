"""The sample's doctors: five invented people. Published into an organization's table, and used as they are in memory."""

from __future__ import annotations

from dataclasses import dataclass, field

_EARLY = ["09:00", "10:30"]
_LATE = ["14:00", "16:30"]


@dataclass(frozen=True, slots=True)
class DoctorRow:
    """A doctor as matching sees one. ``hours``: weekday (``"0"`` is Monday) -> starting times, local time."""

    name: str
    specialty: str
    treats: tuple[str, ...]
    gender: str
    telehealth: bool
    rating: float
    location: str
    hours: dict[str, list[str]] = field(default_factory=dict)


DOCTORS: tuple[DoctorRow, ...] = (
    DoctorRow(
        "Dr. Sarah Chen",
        "Orthopedics",
        ("back", "knee", "joint", "shoulder", "neck", "hip", "sprain", "ankle", "wrist", "bone"),
        "female",
        True,
        4.9,
        "Riverside Clinic",
        {"0": _EARLY, "1": [*_EARLY, "14:00"], "3": [*_EARLY, *_LATE], "4": _EARLY},
    ),
    DoctorRow(
        "Dr. Michael Okafor",
        "General practice",
        ("fever", "cough", "cold", "flu", "throat", "fatigue", "tired", "stomach", "nausea", "sleep", "stress", "allergy"),
        "male",
        True,
        4.7,
        "Market Street Practice",
        {day: [*_EARLY, *_LATE] for day in "01234"},
    ),
    DoctorRow(
        "Dr. Elena Garcia",
        "Dermatology",
        ("rash", "skin", "acne", "itch", "mole", "eczema"),
        "female",
        True,
        4.8,
        "Hillside Medical Center",
        {"1": _LATE, "2": [*_EARLY, *_LATE], "4": [*_EARLY, "14:00"]},
    ),
    DoctorRow(
        "Dr. Tomas Novak",
        "Cardiology",
        ("chest", "heart", "palpitation", "blood pressure", "breath"),
        "male",
        False,
        4.6,
        "Hillside Medical Center",
        {"0": _EARLY, "2": _LATE, "3": _EARLY},
    ),
    DoctorRow(
        "Dr. Leila Haddad",
        "Neurology and pain medicine",
        ("headache", "migraine", "dizz", "numb", "nerve", "back", "neck"),
        "female",
        False,
        4.8,
        "Riverside Clinic",
        {"1": [*_EARLY, *_LATE], "3": _EARLY, "4": _LATE},
    ),
)
