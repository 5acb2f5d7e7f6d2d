"""Finding doctors: filters, score, free times."""

from __future__ import annotations

from datetime import datetime

import pytest

from journeys.gallery.healthcare_referral.doctors import DOCTORS
from journeys.gallery.healthcare_referral.matching import Wish, find, free_times, same_doctor, speak_time

NOW = datetime.fromisoformat("2026-11-22T18:00")  # a Sunday


def names(**wish: object) -> list[str]:
    found: list[str] = find(DOCTORS, Wish(**wish), NOW, {})["names"]  # type: ignore[arg-type]
    return found


def test_more_matching_symptoms_come_first_then_rating() -> None:
    assert names(symptoms=("back pain", "knee pain")) == ["Dr. Sarah Chen", "Dr. Leila Haddad"]
    assert names(symptoms=("headache",)) == ["Dr. Leila Haddad"]


def test_wishes_filter() -> None:
    assert names(symptoms=("back pain",), telehealth=True) == ["Dr. Sarah Chen"]
    assert names(symptoms=("back pain",), rejected=("Dr. Sarah Chen",)) == ["Dr. Leila Haddad"]
    assert names(symptoms=("back pain",), gender="male") == ["Dr. Michael Okafor"]
    assert names(specialty="cardio") == ["Dr. Tomas Novak"]


def test_general_practice_sees_what_nobody_specialises_in() -> None:
    found = find(DOCTORS, Wish(symptoms=("hiccups",)), NOW, {})
    assert found["names"] == ["Dr. Michael Okafor"]
    assert "general practice" in found["listing"]


def test_at_most_three_are_offered() -> None:
    assert find(DOCTORS, Wish(), NOW, {})["count"] == 3


@pytest.mark.parametrize(
    ("when", "first"),
    [
        ("Tuesday at 9:00", "2026-11-24T09:00"),
        ("tomorrow", "2026-11-23T09:00"),
        ("thursday afternoon at 2", "2026-11-26T14:00"),
        ("2026-11-24", "2026-11-24T09:00"),
        ("4:30 pm", "2026-11-26T16:30"),
    ],
)
def test_named_day_and_time_choose_the_free_times(when: str, first: str) -> None:
    assert free_times(DOCTORS[0], Wish(when=when), NOW, ())[0] == first


def test_time_of_day_taken_times_and_the_past_are_left_out() -> None:
    assert all(t[11:13] >= "12" for t in free_times(DOCTORS[0], Wish(time_of_day="afternoon"), NOW, ()))
    assert free_times(DOCTORS[0], Wish(), NOW, {"2026-11-23T09:00"})[0] == "2026-11-23T10:30"
    assert free_times(DOCTORS[0], Wish(), datetime.fromisoformat("2026-11-23T09:00"), ())[0] == "2026-11-23T10:30"


def test_doctor_asked_for_by_name_is_told_with_other_times_when_none_fits() -> None:
    found = find(DOCTORS, Wish(name="novak", time_of_day="afternoon", when="monday"), NOW, {})
    assert found["doctors"][0]["slots"][0] == "2026-11-23T09:00"


def test_names_are_known_with_and_without_title() -> None:
    assert all(same_doctor("Dr. Sarah Chen", said) for said in ("Dr. Sarah Chen", "sarah chen", "Chen", "Doctor Chen"))
    assert not any(same_doctor("Dr. Sarah Chen", said) for said in ("", "dr", "Cheng", "sarah"))


def test_time_is_spoken_in_words() -> None:
    assert speak_time("2026-11-24T09:00") == "Tuesday 24 November at 09:00"
