"""The reference journey as patients really write: typos, accents, wishes in any order. No answer may be absurd."""

from __future__ import annotations

import pytest

from tests.journeys.dialogues import Dialogue

TO_TIMES = ("I have back pain, mornings", "yes", "Chen")


@pytest.mark.parametrize(
    ("said", "symptoms"),
    [
        ("Hello, since three weeks I have pain in the back", ["back pain"]),
        ("i hav a realy bad hedache sinse monday", ["headache"]),
        ("I broke my toe", ["injured toe"]),
        ("my left ankle", ["ankle pain"]),
        ("I feel very tired all the time and I can not sleep", ["fatigue", "trouble sleeping"]),
        ("I’m feeling dizzy", ["dizziness"]),
        ("pains in my knee", ["knee pain"]),
    ],
)
async def test_complaints_are_understood(said: str, symptoms: list[str]) -> None:
    assert (await Dialogue().say(said)).accumulated_context["symptoms"] == symptoms


@pytest.mark.parametrize(
    ("said", "wished"),
    [
        ("mornigns", "morning"),
        ("after work", "afternoon"),
        ("not in the morning please", "afternoon"),
        ("dont care", "any"),
        ("as early as possible", "any"),
        ("tommorow", "any"),
    ],
)
async def test_times_of_day_are_understood(said: str, wished: str) -> None:
    told = await Dialogue().say("my knee hurts", said)
    assert told.accumulated_context["preferences"]["time_preference"] == wished


async def test_all_wishes_are_repeated_whenever_they_were_said() -> None:
    dialogue = Dialogue()
    first = await dialogue.say("Mornings, and I would prefer a woman")
    assert "preferred time of day: morning; also: a female doctor" in first.message
    second = await dialogue.say("I have back pain")
    assert "back pain; preferred time of day: morning; also: a female doctor" in second.message


async def test_own_gender_is_no_wish() -> None:
    told = await Dialogue().say("I am a 45 year old woman with back pain, any time")
    assert told.accumulated_context["preferences"]["gender_preference"] is None


async def test_question_asked_twice_is_not_the_same_sympathy_twice() -> None:
    dialogue = Dialogue()
    assert "sorry to hear" in (await dialogue.say("back pain")).message
    assert "sorry" not in (await dialogue.say("yes")).message


async def test_opening_suggestions_do_not_come_again() -> None:
    told = await Dialogue().say("I have back pain")
    assert told.metadata["suggestions"] == ["Mornings, and I would prefer a woman", "Do you take my insurance?"]
    asked = await Dialogue().say("Do you take my insurance?")
    assert "I have back pain" not in asked.metadata["suggestions"]
    assert "Do you take my insurance?" not in asked.metadata["suggestions"]


async def test_nobody_is_looked_for_after_a_no() -> None:
    told = await Dialogue().say("back pain, mornings", "no")
    assert "not look for anybody yet" in told.message


async def test_yes_to_the_only_doctor_gives_their_times() -> None:
    told = await Dialogue().say("a headache, mornings", "ok", "yes please")
    assert "Dr. Leila Haddad (" in told.message
    assert told.accumulated_context["selected_doctor"] == "Dr. Leila Haddad"


async def test_a_day_offers_its_times_and_a_clock_time_means_one_of_them() -> None:
    dialogue = Dialogue()
    day = await dialogue.say(*TO_TIMES, "Thursday?")
    assert day.waiting_on is None
    assert day.accumulated_context["open_times"][:2] == ["2026-11-26T09:00", "2026-11-26T10:30"]
    asked = await dialogue.say("half past ten")
    assert asked.waiting_on is not None
    assert "2026-11-26T10:30" in asked.waiting_on["title"]


async def test_later_times_come_after_those_that_were_offered() -> None:
    dialogue = Dialogue()
    first = (await dialogue.say(*TO_TIMES)).accumulated_context["open_times"]
    later = (await dialogue.say("do you have something later?")).accumulated_context["open_times"]
    assert later[0] > first[-1]


async def test_parking_is_answered_with_parking() -> None:
    assert "parking" in (await Dialogue().say("Where can I park?")).message


@pytest.mark.parametrize("before", [(), TO_TIMES])
async def test_despair_is_answered_with_help_at_every_stage(before: tuple[str, ...]) -> None:
    told = await Dialogue().say(*before, "I want to kill myself")
    assert not told.ended
    assert "crisis line" in told.message


async def test_goodbye_without_a_booking_says_that_nothing_is_booked() -> None:
    assert "Nothing has been booked" in (await Dialogue().say(*TO_TIMES, "ok bye")).message
