"""What the demo model does while booking: finds doctors, lets the patient choose, books, and says what came of it."""

from __future__ import annotations

from typing import Any

from agents import DemoRule
from journeys.gallery.healthcare_referral.doctors import DOCTORS

_FAMILY_NAMES = "|".join(doctor.name.split()[-1].lower() for doctor in DOCTORS)
_NAMED = rf"re:\b(?P<doctor>{_FAMILY_NAMES})\b"
_NUMBERED = {
    2: r"re:\b(?:third|3rd|number (?:3|three)|3)\b",
    1: r"re:\b(?:second|2nd|number (?:2|two)|2)\b",
    0: r"re:\b(?:first|1st|number (?:1|one)|1)\b",
}
_OTHERS = (
    r"re:\bnone of (?:them|these|those)|\bsome(?:one|body) else|\b(?:other|another|different|more) doctors?\b|"
    r"\bnot (?:any|one) of"
)
_DAY = r"(?:mon|tues|wednes|thurs|fri)day|today|tomorrow"
_CLOCK = r"\d{1,2}[:.]\d{2}(?: ?[ap]m)?|\d{1,2} ?(?:am|pm|o'?clock)|(?<=at )\d{1,2}"
_WHEN = rf"re:(?P<when>(?:\b(?:{_DAY})\b.*?)?\b(?:{_CLOCK})\b|\b(?:{_DAY})\b)"
_NAMED_TIME = rf"{_NAMED}.*?{_WHEN.removeprefix('re:')}"
_ANY_TIME = (
    r"re:\b(?:earliest|soonest|any(?: time)?|whichever|that one|that works|perfect|"
    r"book it)\b"
)
_OTHER_TIMES = r"re:\b(?:other|another|different|more) (?:times?|days?|slots?)\b"

_WISHES: dict[str, Any] = {
    "symptoms": "{symptoms}",
    "gender": "{preferences.gender_preference}",
    "telehealth": "{preferences.telehealth_ok}",
    "time_of_day": "{preferences.time_preference}",
}


def _find(*when: str, **args: Any) -> DemoRule:
    return DemoRule(when=when, call="find_doctors", args=args)


def _book(when: str, slot: str, known: str) -> DemoRule:
    return DemoRule(
        when=(when,),
        if_known=("chosen_doctor", known),
        call="book_appointment",
        args={"doctor": "{chosen_doctor}", "slot": slot, "reason": "Consultation for {symptoms}"},
    )


_OFFER_TIMES = {
    "selected_doctor": "{find_doctors.doctors.0.name}",
    "open_times": "{find_doctors.doctors.0.slots}",
    "response": "{find_doctors.doctors.0.name} ({find_doctors.doctors.0.specialty}, "
    "{find_doctors.doctors.0.location}) is free "
    "{find_doctors.doctors.0.times}. Which time suits you?",
}

_AFTER_BOOKING: tuple[DemoRule, ...] = (
    DemoRule(
        after="book_appointment",
        rejected=True,
        set={
            "selected_doctor": "{chosen_doctor}",
            "response": "The booking was not approved (“{book_appointment.error.message}”), so nothing has been "
            "booked. Would you "
            "like another time with {chosen_doctor}, or another doctor?",
        },
    ),
    DemoRule(
        after="book_appointment",
        set={
            "selected_doctor": "{book_appointment.doctor}",
            "selected_slot": "{book_appointment.slot}",
            "appointment": "{book_appointment.appointment}",
            "confirmation_number": "{book_appointment.confirmation_number}",
            "booking_complete": True,
            "response": "It is done: {book_appointment.doctor} expects you on {book_appointment.when} at "
            "{book_appointment.location}. "
            "Your confirmation number is **{book_appointment.confirmation_number}**. Would you like to know how to "
            "prepare?",
        },
    ),
)

_AFTER_SEARCH: tuple[DemoRule, ...] = (
    DemoRule(
        # The patient named a time: the search kept only times that fit it, so the first one is meant.
        when=(_WHEN,),
        after="find_doctors",
        if_known=("chosen_doctor", "find_doctors.doctors.0.slots"),
        call="book_appointment",
        args={"doctor": "{chosen_doctor}", "slot": "{find_doctors.doctors.0.slots.0}", "reason": "Consultation for {symptoms}"},
    ),
    DemoRule(
        when=(_NAMED_TIME,),
        after="find_doctors",
        if_known=("find_doctors.doctors.0.slots",),
        call="book_appointment",
        args={
            "doctor": "{find_doctors.doctors.0.name}",
            "slot": "{find_doctors.doctors.0.slots.0}",
            "reason": "Consultation for {symptoms}",
        },
    ),
    DemoRule(
        when=(_WHEN,),
        after="find_doctors",
        if_known=("chosen_doctor",),
        set={
            "response": "{chosen_doctor} has no free time then. Please choose one of the times I named, or ask for "
            "other times or "
            "another doctor.",
        },
    ),
    DemoRule(when=(_NAMED,), after="find_doctors", if_known=("find_doctors.doctors",), set=_OFFER_TIMES),
    DemoRule(when=(_OTHER_TIMES,), after="find_doctors", if_known=("find_doctors.doctors",), set=_OFFER_TIMES),
    DemoRule(
        when=(_OTHERS,),
        after="find_doctors",
        go_on=True,
        set={"rejected_doctors": "{offered}", "selected_doctor": "", "open_times": []},
    ),
    *(
        DemoRule(
            when=(pattern,),
            after="find_doctors",
            if_known=("find_doctors.doctors", f"offered.{n}"),
            unless_known=("chosen_doctor",),
            set=_OFFER_TIMES,
        )
        for n, pattern in _NUMBERED.items()
    ),
    DemoRule(
        after="find_doctors",
        if_known=("find_doctors.doctors",),
        set={
            "suggested_doctors": "{find_doctors.names}",
            "response": "These doctors fit what you told me:\n\n{find_doctors.listing}\n\nWhich one would you like to see?",
        },
    ),
    DemoRule(
        after="find_doctors",
        set={
            "suggested_doctors": [],
            "response": "I am sorry, I find no free doctor who fits all of that. Shall I look again with fewer "
            "wishes, for example at "
            "any time of day? You may also name a doctor whom I offered before.",
        },
    ),
)

BOOKING: tuple[DemoRule, ...] = (
    *_AFTER_BOOKING,
    *_AFTER_SEARCH,
    # Nothing has been looked up for this message yet.
    DemoRule(when=(_OTHERS,), go_on=True, set={"rejected_doctors": "{already_rejected}"}),
    DemoRule(when=(_OTHERS,), go_on=True, set={"rejected_doctors": "{offered}"}),
    DemoRule(when=(_OTHERS,), call="find_doctors", args={**_WISHES, "rejected": "{rejected_doctors}"}),
    _find(_NAMED_TIME, name="{doctor}", when="{when}"),
    _find(_NAMED, name="{doctor}", time_of_day="{preferences.time_preference}"),
    DemoRule(when=(_OTHER_TIMES,), if_known=("chosen_doctor",), call="find_doctors", args={"name": "{chosen_doctor}"}),
    *(
        DemoRule(
            when=(pattern,),
            if_known=(f"offered.{n}",),
            unless_known=("chosen_doctor",),
            call="find_doctors",
            args={"name": f"{{offered.{n}}}", "time_of_day": "{preferences.time_preference}"},
        )
        for n, pattern in _NUMBERED.items()
    ),
    DemoRule(
        when=(_WHEN,),
        if_known=("chosen_doctor",),
        call="find_doctors",
        args={"name": "{chosen_doctor}", "when": "{when}"},
    ),
    *(_book(pattern, f"{{offered_times.{n}}}", f"offered_times.{n}") for n, pattern in _NUMBERED.items()),
    _book(_ANY_TIME, "{offered_times.0}", "offered_times.0"),
    DemoRule(
        if_known=("chosen_doctor",),
        set={"response": "Which time with {chosen_doctor} suits you? You can name a day or a time, or say “the first one”."},
    ),
    DemoRule(
        when=(r"re:\b(?:any ?time|any time of day|fewer wishes|doesn'?t matter|don'?t mind)\b",),
        call="find_doctors",
        args={"symptoms": "{symptoms}", "rejected": "{already_rejected}"},
    ),
    DemoRule(
        if_known=("offered",),
        unless_known=("chosen_doctor",),
        when=(r"re:.",),
        set={
            "response": "Which of them would you like to see: {offered}? A name or a number is enough, or ask for "
            "other doctors."
        },
    ),
    DemoRule(call="find_doctors", args={**_WISHES, "rejected": "{already_rejected}"}),
)
