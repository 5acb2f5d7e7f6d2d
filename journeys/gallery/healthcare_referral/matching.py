"""Finding doctors and times: pure functions over rows, a clock time that is given, and the times that are taken."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from journeys.gallery.healthcare_referral.doctors import DoctorRow

OFFERED = 3  # doctors in one answer
TIMES = 4  # times of one doctor in one answer
DAYS = 14  # how far ahead a time can be booked
GENERAL = "General practice"
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CLOCK = re.compile(r"\b(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm|o'?clock)?\b", re.IGNORECASE)
_DATE = re.compile(r"\b(\d{4}-\d{2}-\d{2})(?:t\d{2}:\d{2})?\b")
_AFTER = re.compile(r"\bafter (\d{4}-\d{2}-\d{2}t\d{2}:\d{2})")
_NUMBERS = ("eight", "nine", "ten", "eleven", "twelve", "one", "two", "three", "four", "five", "six")
_HALVES = (("morning", range(12)), ("afternoon", range(12, 24)), ("evening", range(16, 24)))


@dataclass(frozen=True, slots=True)
class Wish:
    """What a patient asks for; whatever is empty does not matter to them."""

    symptoms: tuple[str, ...] = ()
    specialty: str = ""
    gender: str = ""
    telehealth: bool = False
    time_of_day: str = ""
    rejected: tuple[str, ...] = ()
    name: str = ""
    when: str = ""

    @classmethod
    def from_arguments(cls, arguments: Mapping[str, Any]) -> Wish:
        """From the arguments of the tool ``find_doctors``."""

        def text(key: str) -> str:
            return str(arguments.get(key) or "")

        def texts(key: str) -> tuple[str, ...]:
            return tuple(str(item) for item in arguments.get(key) or ())

        return cls(
            symptoms=texts("symptoms"),
            specialty=text("specialty"),
            gender=text("gender"),
            telehealth=bool(arguments.get("telehealth")),
            time_of_day=text("time_of_day"),
            rejected=texts("rejected"),
            name=text("name"),
            when=text("when"),
        )


def find(doctors: Sequence[DoctorRow], wish: Wish, now: datetime, taken: Mapping[str, Collection[str]]) -> dict[str, Any]:
    """The best ``OFFERED`` doctors for ``wish`` with their next free times, the best first.

    ``now`` is local time; ``taken`` maps a doctor's name to booked times. When nobody treats the symptoms, general
    practice does; when no time of day that was wished for is free, other times are told.
    """
    fitting = [d for d in doctors if _fits(d, wish)]
    matched = [d for d in fitting if not wish.symptoms or wish.name or _matches(d, wish.symptoms)]
    note = ""
    if wish.symptoms and not matched:
        matched = [d for d in fitting if d.specialty == GENERAL]
        note = "No doctor here specialises in this; general practice sees everybody first." if matched else ""
    free = [(d, free_times(d, wish, now, taken.get(d.name, ()))) for d in matched]
    if wish.time_of_day and not any(times for _, times in free):
        anytime = replace(wish, time_of_day="")
        free = [(d, free_times(d, anytime, now, taken.get(d.name, ()))) for d in matched]
        note = note or "Nobody who fits has a free time then; these are the times there are."
    ranked = sorted(((d, times) for d, times in free if times), key=lambda pair: (-_score(pair[0], wish), pair[0].name))
    found = [_tell(d, times[:TIMES]) for d, times in ranked[:OFFERED]]
    return {
        "count": len(found),
        "names": [doctor["name"] for doctor in found],
        "doctors": found,
        "listing": "\n".join([f"{n}. {_line(doctor)}" for n, doctor in enumerate(found, 1)] + ([f"\n{note}"] if note else [])),
    }


def free_times(doctor: DoctorRow, wish: Wish, now: datetime, taken: Collection[str]) -> list[str]:
    """Free starting times such as ``2026-11-24T09:00`` after ``now``, the earliest first, that fit the wish."""
    times = []
    for ahead in range(DAYS + 1):
        day = (now + timedelta(days=ahead)).date()
        for hour in doctor.hours.get(str(day.weekday()), ()):
            time = f"{day.isoformat()}T{hour}"
            if datetime.fromisoformat(time) > now and time not in taken and _suits(time, wish, now.date()):
                times.append(time)
    return times


def speak_time(time: str) -> str:
    """``2026-11-24T09:00`` as ``Tuesday 24 November at 09:00``."""
    moment = datetime.fromisoformat(time)
    return f"{moment:%A} {moment.day} {moment:%B} at {moment:%H:%M}"


def same_doctor(name: str, wanted: str) -> bool:
    """Whether ``wanted`` means ``name``: the whole name or the family name, with or without a title."""
    asked = re.sub(r"\b(?:dr|doctor)\b\.?", "", wanted.lower()).strip()
    return bool(asked) and (asked == name.lower().removeprefix("dr. ") or asked == name.lower().split()[-1])


def _fits(doctor: DoctorRow, wish: Wish) -> bool:
    if wish.name:
        return same_doctor(doctor.name, wish.name)
    return not (
        any(same_doctor(doctor.name, name) for name in wish.rejected)
        or (wish.gender in ("female", "male") and doctor.gender != wish.gender)
        or (wish.telehealth and not doctor.telehealth)
        or (wish.specialty and wish.specialty.lower() not in doctor.specialty.lower())
    )


def _matches(doctor: DoctorRow, symptoms: Sequence[str]) -> int:
    known = (*doctor.treats, doctor.specialty.lower())
    return sum(any(word in symptom.lower() for word in known) for symptom in symptoms)


def _score(doctor: DoctorRow, wish: Wish) -> float:
    telehealth = 0.3 if wish.telehealth and doctor.telehealth else 0.1
    return 0.4 * _matches(doctor, wish.symptoms) + 0.3 * doctor.rating / 5 + telehealth


def _suits(time: str, wish: Wish, today: date) -> bool:
    hour = int(time[11:13])
    if (wish.time_of_day == "morning" and hour >= 12) or (wish.time_of_day == "afternoon" and hour < 12):
        return False
    return not wish.when or _is_when(datetime.fromisoformat(time), wish.when.lower(), today)


def _is_when(moment: datetime, said: str, today: date) -> bool:
    """Whether every day and every clock time that ``said`` names is the one of ``moment``; no such word fits always."""
    if later := _AFTER.search(said):
        return moment > datetime.fromisoformat(later[1].upper())
    if dates := _DATE.findall(said):
        if moment.date().isoformat() not in dates:
            return False
        said = _DATE.sub("", said)
    days = [n for n, name in enumerate(_DAYS) if re.search(rf"\b{name[:3]}(?:{name[3:]})?s?\b", said)]
    for word, ahead in (("today", 0), ("tomorrow", 1)):
        if word in said:
            days.append((today + timedelta(days=ahead)).weekday())
    if days and moment.weekday() not in days:
        return False
    halves = [hours for word, hours in _HALVES if word in said]
    if halves and not any(moment.hour in hours for hours in halves):
        return False
    clocks = [_minutes(c) for c in _CLOCK.finditer(_in_digits(said))]
    return not clocks or moment.hour * 60 + moment.minute in clocks


def _in_digits(said: str) -> str:
    """``half past nine`` as ``9:30``, ``at ten`` as ``at 10``."""
    hours = {word: n for n, word in enumerate(_NUMBERS, 8)}
    said = re.sub("|".join(rf"\b{word}\b" for word in _NUMBERS), lambda w: str((hours[w[0]] - 1) % 12 + 1), said)
    return re.sub(r"\bhalf past (\d{1,2})\b", r"\1:30", said)


def _minutes(clock: re.Match[str]) -> int:
    hour = int(clock[1])
    half = (clock[3] or "").lower()
    if half == "pm" and hour < 12:
        hour += 12
    elif half in ("", "o'clock", "oclock") and 1 <= hour <= 6:
        hour += 12  # "at 2" at a clinic is in the afternoon
    return hour * 60 + int(clock[2] or 0)


def _tell(doctor: DoctorRow, times: Sequence[str]) -> dict[str, Any]:
    return {
        "name": doctor.name,
        "specialty": doctor.specialty,
        "gender": doctor.gender,
        "rating": doctor.rating,
        "telehealth": doctor.telehealth,
        "location": doctor.location,
        "slots": list(times),
        "times": [speak_time(time) for time in times],
    }


def _line(doctor: Mapping[str, Any]) -> str:
    video = ", video visits possible" if doctor["telehealth"] else ""
    return (
        f"**{doctor['name']}**, {doctor['specialty']}, rated {doctor['rating']}, {doctor['location']}{video}. "
        f"First free time: {doctor['times'][0]}."
    )
