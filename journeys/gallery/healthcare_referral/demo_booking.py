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
    r"re:\bnone of (?:them|these|those)|\b(?:some(?:one|body)|nobody|anyone|anybody) else|"
    r"\b(?:other|another|different|more) doctors?\b|\bnot (?:any|one) of|"
    r"\bdon'?t (?:like|want) (?:him|her|them|that one)|\bnot (?:him|her)\b"
)
_ANOTHER = r"re:\banother one\b|\bothers\b"  # of the times, once a doctor is chosen
_REFUSALS: tuple[tuple[str, tuple[str, ...]], ...] = ((_OTHERS, ()), (_ANOTHER, ("chosen_doctor",)))
_LEAVING = r"re:\bbye\b|\btsch(?:ü|u|ue)s+|\bciao\b|\bthat'?s? (?:is )?all\b|^\W*(?:thanks|thank you|danke)\W*$"
_YES = (
    r"re:^\W*(?:yes|yeah|yep|ja|ok|okay|sure|fine|good|alright|perfect|please|him|her|that one|take (?:him|her|it)|why not)\b"
    r"(?!.*\bnot?\b)"
)
_DAY = r"(?:mon|tues|wednes|thurs|fri)days?|today|tom+or+ow"
_HOUR = r"\d{1,2}|eight|nine|ten|eleven|one|two|three|four|five"
_CLOCK = rf"\d{{1,2}}[:.]\d{{2}}(?: ?[ap]m)?|(?:{_HOUR}) ?(?:am|pm|o'?clock)|half past (?:{_HOUR})|(?<=at )(?:{_HOUR})"
_HALF = r"(?<!good )(?:morning|afternoon|evening)s?"
_AT = rf"re:(?P<when>\b(?:{_CLOCK})\b)"
_DAY_AT = rf"re:(?P<when>\b(?:{_DAY})\b.*?\b(?:{_CLOCK})\b)"
_WHEN = rf"re:(?P<when>(?:\b(?:{_DAY})\b.*?)?\b(?:{_CLOCK})\b|\b(?:{_DAY})\b(?:.*?\b{_HALF}\b)?|\b{_HALF}\b)"
_NAMED_TIME = rf"{_NAMED}.*?{_WHEN.removeprefix('re:')}"
_NAMED_AT = rf"{_NAMED}.*?{_AT.removeprefix('re:')}"
_ANY_TIME = r"re:\b(?:earliest|soonest|any(?: ?time)?|whichever|that one|that works|perfect|book it|don'?t (?:care|mind))\b"
_LAST = r"re:\b(?:last|latest)\b"
_OTHER_TIMES = r"re:\b(?:other|another|different|more) (?:times?|days?|slots?|dates?)\b|\blater\b|\bnext week\b|\banother one\b"
_FIRST_FREE = (
    r"re:\bany(?:one|body)\b|\bwhoever\b|\b(?:earliest|soonest)\b|\b(?:don'?t|do not) (?:care|mind)\b|\byou (?:choose|decide)\b"
)
_ONE_OFFERED: dict[str, tuple[str, ...]] = {"if_known": ("offered.0",), "unless_known": ("chosen_doctor", "offered.1")}

_WISHES: dict[str, Any] = {
    "symptoms": "{symptoms}",
    "gender": "{preferences.gender_preference}",
    "telehealth": "{preferences.telehealth_ok}",
    "time_of_day": "{preferences.time_preference}",
}


def _find(*when: str, **args: Any) -> DemoRule:
    return DemoRule(when=when, call="find_doctors", args=args)


def _book(when: str, slot: str, known: str, unless: str = "") -> DemoRule:
    return DemoRule(
        when=(when,),
        if_known=("chosen_doctor", known),
        unless_known=(unless,) if unless else (),
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
        when=(_AT,),
        after="find_doctors",
        if_known=("chosen_doctor", "find_doctors.doctors.0.slots"),
        call="book_appointment",
        args={"doctor": "{chosen_doctor}", "slot": "{find_doctors.doctors.0.slots.0}", "reason": "Consultation for {symptoms}"},
    ),
    DemoRule(
        when=(_NAMED_AT,),
        after="find_doctors",
        if_known=("find_doctors.doctors.0.slots",),
        call="book_appointment",
        args={
            "doctor": "{find_doctors.doctors.0.name}",
            "slot": "{find_doctors.doctors.0.slots.0}",
            "reason": "Consultation for {symptoms}",
        },
    ),
    DemoRule(when=(_WHEN,), after="find_doctors", if_known=("chosen_doctor", "find_doctors.doctors"), set=_OFFER_TIMES),
    DemoRule(
        when=(_WHEN, _OTHER_TIMES),
        after="find_doctors",
        if_known=("chosen_doctor",),
        unless_known=("find_doctors.doctors",),
        set={
            "response": "{chosen_doctor} has no free time then. Please choose one of the times I named, or ask for "
            "other times or "
            "another doctor.",
        },
    ),
    DemoRule(when=(_NAMED,), after="find_doctors", if_known=("find_doctors.doctors",), set=_OFFER_TIMES),
    DemoRule(when=(_OTHER_TIMES,), after="find_doctors", if_known=("chosen_doctor", "find_doctors.doctors"), set=_OFFER_TIMES),
    DemoRule(
        when=(_WHEN,),
        after="find_doctors",
        if_known=("offered",),
        unless_known=("find_doctors.doctors",),
        set={"response": "Nobody who fits is free then. Name another day or time, or choose among {offered}."},
    ),
    DemoRule(when=(_YES, _WHEN), after="find_doctors", **_ONE_OFFERED, set=_OFFER_TIMES),
    DemoRule(
        when=(_FIRST_FREE,), after="find_doctors", if_known=("offered.0",), unless_known=("chosen_doctor",), set=_OFFER_TIMES
    ),
    *(
        DemoRule(
            when=(pattern,),
            after="find_doctors",
            unless_known=unless,
            go_on=True,
            set={"rejected_doctors": "{offered}", "selected_doctor": "", "open_times": []},
        )
        for pattern, unless in _REFUSALS
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
        unless_known=("find_doctors.doctors.1",),
        set={
            "suggested_doctors": "{find_doctors.names}",
            "response": "This doctor fits what you told me:\n\n{find_doctors.listing}\n\nWould you like an appointment there?",
        },
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
            "response": "I am sorry, there is no free doctor left who fits all of that. Shall I go through all of them again? "
            "You may also name a doctor whom I offered before, or change a wish, such as “at any time of day”.",
        },
    ),
)

BOOKING: tuple[DemoRule, ...] = (
    *_AFTER_BOOKING,
    *_AFTER_SEARCH,
    # Nothing has been looked up for this message yet.
    DemoRule(
        when=(_LEAVING,),
        set={"response": "You are welcome. Nothing has been booked yet: name a doctor or a time to go on, or say “cancel”."},
    ),
    DemoRule(
        when=(r"re:^\W*(?:no|nope|not now|nein)\W*(?:thanks|thank you)?\W*$",),
        unless_known=("offered", "chosen_doctor"),
        set={"response": "All right, I will not look for anybody yet. Say “go on” when you want to, or “cancel” to stop."},
    ),
    *(
        rule
        for pattern, unless in _REFUSALS
        for rule in (
            DemoRule(when=(pattern,), unless_known=unless, go_on=True, set={"rejected_doctors": "{already_rejected}"}),
            DemoRule(when=(pattern,), unless_known=unless, go_on=True, set={"rejected_doctors": "{offered}"}),
            DemoRule(
                when=(pattern,),
                unless_known=unless,
                call="find_doctors",
                args={**_WISHES, "rejected": "{rejected_doctors}"},
            ),
        )
    ),
    _find(_NAMED_TIME, name="{doctor}", when="{when}"),
    _find(_NAMED, name="{doctor}", time_of_day="{preferences.time_preference}"),
    *(DemoRule(if_known=(f"offered_times.{n}",), go_on=True, set={"latest": f"{{offered_times.{n}}}"}) for n in (3, 2, 1, 0)),
    DemoRule(
        when=(_OTHER_TIMES,),
        if_known=("chosen_doctor", "latest"),
        call="find_doctors",
        args={"name": "{chosen_doctor}", "when": "after {latest}"},
    ),
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
        when=(_DAY_AT,),
        if_known=("chosen_doctor",),
        call="find_doctors",
        args={"name": "{chosen_doctor}", "when": "{when}"},
    ),
    DemoRule(  # a time without a day means one of the days that were offered
        when=(_AT,),
        if_known=("chosen_doctor", "offered_times"),
        call="find_doctors",
        args={"name": "{chosen_doctor}", "when": "{when} on {offered_times}"},
    ),
    DemoRule(
        when=(_WHEN,),
        if_known=("chosen_doctor",),
        call="find_doctors",
        args={"name": "{chosen_doctor}", "when": "{when}", "time_of_day": "{preferences.time_preference}"},
    ),
    *(_book(pattern, f"{{offered_times.{n}}}", f"offered_times.{n}") for n, pattern in _NUMBERED.items()),
    *(_book(_LAST, f"{{offered_times.{n}}}", f"offered_times.{n}") for n in (3, 2, 1, 0)),
    _book(_ANY_TIME, "{offered_times.0}", "offered_times.0"),
    _book(_YES, "{offered_times.0}", "offered_times.0", unless="offered_times.1"),
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
        when=(_YES, r"re:\bagain\b"),
        if_known=("already_rejected",),
        unless_known=("offered", "chosen_doctor"),
        call="find_doctors",
        args={"symptoms": "{symptoms}"},
    ),
    DemoRule(
        when=(_YES,),
        **_ONE_OFFERED,
        call="find_doctors",
        args={"name": "{offered.0}", "time_of_day": "{preferences.time_preference}"},
    ),
    DemoRule(
        when=(_FIRST_FREE,),
        if_known=("offered.0",),
        unless_known=("chosen_doctor",),
        call="find_doctors",
        args={"name": "{offered.0}", "time_of_day": "{preferences.time_preference}"},
    ),
    DemoRule(
        when=(_WHEN,),
        if_known=("offered.0",),
        unless_known=("chosen_doctor",),
        call="find_doctors",
        args={**{k: v for k, v in _WISHES.items() if k != "time_of_day"}, "rejected": "{already_rejected}", "when": "{when}"},
    ),
    DemoRule(
        **_ONE_OFFERED,
        when=(r"re:.",),
        set={"response": "Would you like an appointment with {offered.0}? Say yes, or ask for other doctors."},
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
