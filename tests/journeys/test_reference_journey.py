"""The reference journey in full on the demo model: book, detour, hesitate, cancel, reject."""

from __future__ import annotations

import pytest

from journeys.core.declare.session import TurnFailed
from journeys.core.errors import JourneyEnded
from journeys.core.spec.triggers import intents_of
from journeys.gallery.healthcare_referral.journey import HealthcareReferral
from tests.journeys.dialogues import Dialogue

TO_DOCTORS = ("I have back pain", "Mornings, and I would prefer a woman", "Yes please")
TO_TIMES = (*TO_DOCTORS, "The first one, please")


async def test_journey_has_the_pathways_and_transitions_of_its_design() -> None:
    spec = HealthcareReferral.spec
    assert [p.id for p in spec.pathways] == ["intake", "booking", "faq", "persuasion", "confirmation"]
    moves = [(intents_of(t.trigger)[0], t.from_pathways, t.to_pathway) for t in spec.transitions]
    assert moves == [("cancel", ("*",), "end"), ("faq", ("*",), "faq"), ("hesitation", ("booking",), "persuasion")]


async def test_greeting_opens_the_conversation() -> None:
    opened = await Dialogue().journey.start()
    assert "referral assistant" in opened.message
    assert opened.pathway_id == "intake"


async def test_intake_stays_until_symptom_and_time_of_day_are_known() -> None:
    dialogue = Dialogue()
    first = await dialogue.say("Hi")
    assert first.pathway_id == "intake"
    second = await dialogue.say("My back hurts badly")
    assert (second.pathway_id, second.accumulated_context["symptoms"]) == ("intake", ["back pain"])
    third = await dialogue.say("Mornings please")
    assert third.pathway_id == "booking"
    assert third.accumulated_context["preferences"]["time_preference"] == "morning"


async def test_doctors_fit_the_symptoms_and_wishes() -> None:
    offer = await Dialogue().say(*TO_DOCTORS)
    assert offer.accumulated_context["suggested_doctors"] == ["Dr. Sarah Chen", "Dr. Leila Haddad"]
    assert "1. **Dr. Sarah Chen**, Orthopedics" in offer.message


async def test_booking_waits_for_approval_and_then_gives_the_confirmation_number() -> None:
    dialogue = Dialogue()
    waiting = await dialogue.say(*TO_TIMES, "Tuesday at 9:00")
    assert waiting.waiting_on is not None
    assert waiting.waiting_on["title"] == "Book Dr. Sarah Chen on 2026-11-24T09:00: Consultation for back pain"
    assert dialogue.clinic.booked == {}
    booked = await dialogue.session.decide("approve")
    assert booked.pathway_id == "confirmation"
    assert booked.accumulated_context["confirmation_number"] == "HC-2026-000001"
    assert "HC-2026-000001" in booked.message
    assert dialogue.clinic.booked == {"Dr. Sarah Chen": {"2026-11-24T09:00"}}


async def test_thanks_after_the_booking_ends_the_journey() -> None:
    dialogue = Dialogue()
    await dialogue.say(*TO_TIMES, "the second one")
    await dialogue.session.decide("approve")
    done = await dialogue.say("Thank you, that is all")
    assert done.ended
    assert "Dr. Sarah Chen on Monday 23 November at 10:30" in done.message
    with pytest.raises(JourneyEnded):
        await dialogue.say("One more thing")


async def test_edited_booking_is_what_is_booked() -> None:
    dialogue = Dialogue()
    await dialogue.say(*TO_TIMES, "Tuesday at 9:00")
    edited = {"doctor": "Dr. Sarah Chen", "slot": "2026-11-26T09:00", "reason": "Follow-up"}
    booked = await dialogue.session.decide("edit", arguments=edited)
    assert booked.accumulated_context["selected_slot"] == "2026-11-26T09:00"


async def test_rejected_booking_reaches_the_agent_and_the_conversation_goes_on() -> None:
    dialogue = Dialogue()
    await dialogue.say(*TO_TIMES, "Tuesday at 9:00")
    told = await dialogue.session.decide("reject", reason="the doctor is away")
    assert "the doctor is away" in told.message
    assert "nothing has been booked" in told.message
    assert told.pathway_id == "booking"
    await dialogue.say("another time", "the second one")
    booked = await dialogue.session.decide("approve")
    assert booked.pathway_id == "confirmation"


@pytest.mark.parametrize(
    ("before", "back_to"), [(("I have back pain",), "intake"), (TO_DOCTORS, "booking"), (TO_TIMES, "booking")]
)
async def test_question_is_answered_from_anywhere_and_the_next_message_goes_on(before: tuple[str, ...], back_to: str) -> None:
    dialogue = Dialogue()
    await dialogue.say(*before)
    answer = await dialogue.say("Do you take my insurance?")
    assert answer.metadata["ran"] == "faq"
    assert "insurers are accepted" in answer.message
    assert (answer.pathway_id, answer.metadata["stack"]) == (back_to, [])
    assert (await dialogue.say("the first one")).metadata.get("ran", back_to) == back_to


async def test_hesitation_leads_to_reassurance_and_back_to_the_booking() -> None:
    dialogue = Dialogue()
    doubt = await dialogue.say(*TO_DOCTORS, "I'm not sure about this")
    assert (doubt.pathway_id, doubt.metadata["stack"]) == ("persuasion", ["booking"])
    worry = await dialogue.say("Isn't it expensive?")
    assert worry.pathway_id == "persuasion"
    back = await dialogue.say("OK, let us go on")
    assert (back.pathway_id, back.metadata["stack"]) == ("booking", [])
    assert (await dialogue.say("Dr Chen")).accumulated_context["selected_doctor"] == "Dr. Sarah Chen"


@pytest.mark.parametrize("before", [("Hello",), TO_DOCTORS, (*TO_DOCTORS, "I need to think about it")])
async def test_cancel_ends_the_journey_from_anywhere(before: tuple[str, ...]) -> None:
    done = await Dialogue().say(*before, "Cancel, please")
    assert done.ended
    assert "arrange nothing more" in done.message


async def test_rejected_doctors_are_not_offered_again() -> None:
    dialogue = Dialogue()
    other = await dialogue.say("a rash, any time", "yes", "someone else")
    assert other.accumulated_context["suggested_doctors"] == ["Dr. Michael Okafor"]
    none_left = await dialogue.say("somebody else, please")
    assert none_left.accumulated_context["rejected_doctors"] == ["Dr. Elena Garcia", "Dr. Michael Okafor"]
    assert "no free doctor" in none_left.message


async def test_taken_time_is_refused_and_nothing_is_said_to_be_booked() -> None:
    dialogue = Dialogue()
    await dialogue.say(*TO_TIMES, "Tuesday at 9:00")
    dialogue.clinic.booked["Dr. Sarah Chen"] = {"2026-11-24T09:00"}
    told = await dialogue.session.decide("approve")
    assert "not free on 2026-11-24T09:00" in told.message
    assert told.accumulated_context["booking_complete"] is False
    assert told.pathway_id == "booking"


async def test_emergency_is_not_booked_but_sent_to_the_emergency_number() -> None:
    told = await Dialogue().say("I have chest pain, mornings")
    assert "emergency number" in told.message
    assert told.pathway_id == "intake"


async def test_message_while_an_approval_waits_is_refused_in_memory() -> None:
    dialogue = Dialogue()
    await dialogue.say(*TO_TIMES, "Tuesday at 9:00")
    with pytest.raises(TurnFailed, match="waits for a decision"):
        await dialogue.say("hello?")


async def test_suggested_messages_of_every_pathway_work() -> None:
    for pathway in HealthcareReferral.spec.pathways:
        assert len(pathway.suggestions) == 3
    for text in HealthcareReferral.spec.pathway("intake").suggestions:
        assert (await Dialogue().say(text)).message
