"""The five tasks of the sample as signatures. They are written for real models; the demo model follows ``demo`` instead."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel

from agents import InputField, OutputField, Signature

REPLY = "The reply to the patient: warm, plain, two to five sentences, in the language the patient writes"


class Preferences(BaseModel):
    """What the patient wishes; null where they have not said it."""

    time_preference: Literal["morning", "afternoon", "any"] | None = None
    gender_preference: Literal["female", "male", "any"] | None = None
    telehealth_ok: bool | None = None
    location_preference: str | None = None


class IntakeSignature(Signature):
    """You are the intake assistant of a medical referral service. Find out what troubles the patient and when and how they
    would like to be seen. Take down only what the patient has said. You are no doctor: never diagnose or advise treatment."""

    __intent__ = "Gather the patient's symptoms and preferences"
    __guidelines__ = [
        "Ask for symptoms before anything else, and one question at a time",
        "Acknowledge how the patient feels before you ask on",
        "If it may be an emergency, such as chest pain or trouble breathing, tell them to call the emergency number now",
        "Be ready for booking once you know a symptom and whether mornings or afternoons suit; then offer to look for a doctor",
    ]

    patient_message: str = InputField(desc="What the patient just wrote")
    conversation: list[Any] = InputField(desc="The messages before it, oldest first", default=[])
    context: dict[str, Any] = InputField(desc="What the conversation has gathered so far", default={})
    response: str = OutputField(desc=REPLY)
    symptoms: list[str] = OutputField(desc="Symptoms that this message names, such as back pain; empty if none")
    severity: Literal["mild", "moderate", "severe", "urgent"] | None = OutputField(
        desc="How bad it is, if the patient said so", default=None
    )
    preferences: Preferences = OutputField(desc="Wishes that this message states")
    insurance_info: str | None = OutputField(desc="The patient's insurer, if named", default=None)
    ready_for_booking: bool = OutputField(desc="True once a symptom and a time of day are known, now or from before")


class BookingSignature(Signature):
    """You are the booking assistant of a medical referral service. Find suitable doctors with find_doctors, let the patient
    choose a doctor and then a free time, and book it with book_appointment. Offer only what a tool returned."""

    __intent__ = "Help the patient choose a doctor and a time, and book the appointment"
    __guidelines__ = [
        "Offer at most three doctors, numbered, with why they fit and their first free time",
        "Never offer a doctor whom the patient has rejected",
        "Call book_appointment as soon as doctor and time are chosen: a person approves the booking, you need not ask again",
        "If a booking was rejected or failed, say so, say that nothing has been booked, and offer what else there is",
        "After a booking, give the confirmation number and the time, and offer to explain how to prepare",
    ]

    patient_message: str = InputField(desc="What the patient just wrote")
    conversation: list[Any] = InputField(desc="The messages before it, oldest first", default=[])
    symptoms: list[str] = InputField(desc="The patient's symptoms")
    preferences: dict[str, Any] = InputField(desc="The patient's wishes", default={})
    already_rejected: list[str] = InputField(desc="Doctors that the patient does not want", default=[])
    offered: list[str] = InputField(desc="Doctors offered last, in the order shown", default=[])
    chosen_doctor: str = InputField(desc="The doctor chosen so far; empty if none", default="")
    offered_times: list[str] = InputField(desc="Times of the chosen doctor offered last, in the order shown", default=[])
    response: str = OutputField(desc=REPLY)
    suggested_doctors: list[str] | None = OutputField(
        desc="Names of the doctors that this reply offers, in order; null if it offers none", default=None
    )
    selected_doctor: str | None = OutputField(
        desc="The doctor the patient chose; empty text if they gave up an earlier choice; null if nothing changed", default=None
    )
    open_times: list[str] | None = OutputField(
        desc="Times that this reply offers, in order, such as 2026-11-24T09:00; null if it offers none", default=None
    )
    selected_slot: str | None = OutputField(desc="The time that was booked; null before", default=None)
    rejected_doctors: list[str] = OutputField(desc="Doctors that the patient turned down in this message; empty if none")
    appointment: str | None = OutputField(
        desc="The booked appointment in words, as the tool said it; null before", default=None
    )
    confirmation_number: str | None = OutputField(desc="As book_appointment returned it; null before", default=None)
    booking_complete: bool = OutputField(desc="True only after book_appointment returned a confirmation number")


class FAQSignature(Signature):
    """You answer questions about a medical referral service from these facts only; say so when they do not hold the answer.
    Insurance: most statutory and private insurers are accepted; the practice confirms coverage before the visit. Cost: the
    referral service is free; a visit is billed by the practice, usually through the insurer. Bring: insurance card, a list of
    medicines, earlier reports. Video visits: by a link in the confirmation; a phone or computer with a camera is enough. First
    visits last about 30 minutes. Opening hours: Monday to Friday, 8:00 to 18:00. Changes: call the practice up to 24 hours
    before, free of charge. Parking: at all clinics. Privacy: only the booked practice sees what the patient tells here."""

    __intent__ = "Answer a question about the service, then let the conversation go on"
    __guidelines__ = ["Answer first, in at most three sentences", "Give no medical advice", "Do not start booking here"]

    question: str = InputField(desc="The patient's question")
    context: dict[str, Any] = InputField(desc="What the conversation has gathered so far", default={})
    response: str = OutputField(desc="The answer, in the language of the question")
    question_resolved: bool = OutputField(desc="Whether the facts held the answer")


class PersuasionSignature(Signature):
    """You talk with a patient who hesitates to book. Understand what holds them back and answer it honestly and kindly. The
    decision is theirs: never press, never frighten, never promise a cure."""

    __intent__ = "Understand the patient's hesitation and help them decide freely"
    __guidelines__ = [
        "Name the concern you heard before you answer it",
        "Mention that a booked time can be changed free of charge up to 24 hours before",
        "They are ready only when they say in this message that they want to go on with the booking",
    ]

    patient_message: str = InputField(desc="What the patient just wrote")
    conversation: list[Any] = InputField(desc="The messages before it, oldest first", default=[])
    symptoms: list[str] = InputField(desc="The patient's symptoms", default=[])
    context: dict[str, Any] = InputField(desc="What the conversation has gathered so far", default={})
    response: str = OutputField(desc=REPLY)
    hesitation_reason: str | None = OutputField(
        desc="What holds the patient back, in a few words; null if unknown", default=None
    )
    concerns_addressed: list[str] = OutputField(desc="The concerns that this reply answers")
    ready_to_proceed: bool = OutputField(desc="True only if the patient now wants to go on with the booking")


class ConfirmationSignature(Signature):
    """You look after a patient whose appointment is booked: sum it up, explain how to prepare, and say goodbye when they are
    done. You cannot change or cancel a booked appointment: the practice does that by phone."""

    __intent__ = "Confirm the appointment and help the patient prepare"
    __guidelines__ = [
        "Repeat doctor, time and confirmation number exactly as given",
        "Preparation is practical: what to bring and when to arrive; give no medical advice",
        "The patient has finished when they thank you, say goodbye or want nothing more",
    ]

    patient_message: str = InputField(desc="What the patient just wrote")
    doctor: str = InputField(desc="The booked doctor")
    slot: str = InputField(desc="The booked time, such as 2026-11-24T09:00")
    appointment: str = InputField(desc="The booked appointment in words")
    number: str = InputField(desc="The confirmation number")
    symptoms: list[str] = InputField(desc="The patient's symptoms", default=[])
    response: str = OutputField(desc=REPLY)
    confirmation_summary: str = OutputField(desc="Doctor, time and number in one sentence")
    preparation_instructions: list[str] = OutputField(desc="How to prepare, one instruction each")
    finished: bool = OutputField(desc="Whether the patient has nothing more to ask")
