"""Test conversations of the healthcare referral. Tools answer as on a fixed day: 22 November 2026, 18:00."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from journeys.core.testing.case import TestCase, ToolAnswer
from journeys.gallery.expecting import APPROVE, at, calls, ends, reject, says, spares, takes, tells, through
from journeys.gallery.healthcare_referral.doctors import DOCTORS
from journeys.gallery.healthcare_referral.matching import Wish, find
from journeys.gallery.healthcare_referral.tools import confirm

_NOW = datetime.fromisoformat("2026-11-22T18:00")
_WISH = {"symptoms": ["back pain"], "gender": "female", "time_of_day": "morning"}


def _found(**wish: Any) -> dict[str, Any]:
    return find(DOCTORS, Wish.from_arguments(wish), _NOW, {})


_OFFER = _found(**_WISH)
_DOCTOR = _OFFER["doctors"][0]
_FAMILY_NAME = _DOCTOR["name"].split()[-1]
_TIMES = _found(name=_DOCTOR["name"], time_of_day="morning")
_SLOT = _TIMES["doctors"][0]["slots"][0]
_TOOLS = (
    ToolAnswer(tool="find_doctors", when={"name": _FAMILY_NAME}, result=_TIMES),
    ToolAnswer(tool="find_doctors", result=_OFFER),
    ToolAnswer(
        tool="book_appointment", result=confirm("HC-2026-000001", next(d for d in DOCTORS if d.name == _DOCTOR["name"]), _SLOT)
    ),
)
_TO_DOCTORS = (
    says("I have back pain", at("intake")),
    says("Mornings, and I would prefer a woman", at("booking")),
    says("Yes please", calls("find_doctors"), tells(_DOCTOR["name"])),
)

TESTS: list[TestCase] = [
    TestCase(
        name="From symptoms to a booked appointment",
        tools=_TOOLS,
        turns=(
            *_TO_DOCTORS,
            says(f"{_DOCTOR['name']}, please", calls("find_doctors", name=_FAMILY_NAME)),
            says("The first one", tells("HC-2026-000001"), at("confirmation"), decide=[APPROVE]),
            says("Thank you, that is all", ends()),
        ),
    ),
    TestCase(
        name="A booking that is not approved is told, and nothing is booked",
        tools=_TOOLS,
        turns=(
            *_TO_DOCTORS,
            says(f"{_DOCTOR['name']}, please"),
            says("The first one", tells("the doctor is ill"), at("booking"), decide=[reject("the doctor is ill")]),
        ),
    ),
    TestCase(
        name="A question is answered, then the conversation goes on where it was",
        turns=(
            says("I have back pain"),
            says("Do you take my insurance?", takes("t2"), through("faq"), tells("insurers"), at("intake")),
            says("Help", takes("t2"), at("intake")),
        ),
    ),
    TestCase(
        name="Doubts are heard, and nobody is pressed",
        tools=_TOOLS,
        turns=(
            *_TO_DOCTORS,
            says("I'm not sure about this", takes("t3"), spares("book_appointment"), at("persuasion")),
            says("OK, let us go on", at("booking")),
        ),
    ),
    TestCase(
        name="Stopping works at any time",
        turns=(says("I have back pain"), says("Cancel", takes("t1"), tells("arrange nothing more"), ends())),
    ),
]
