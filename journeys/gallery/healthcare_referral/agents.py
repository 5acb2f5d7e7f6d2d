"""The five agents of the sample: a signature, tools, and the rules that the demo model follows in a model's place."""

from __future__ import annotations

from agents import Agent, ToolUse
from journeys.gallery.healthcare_referral import demo, demo_booking, demo_intake
from journeys.gallery.healthcare_referral.signatures import (
    BookingSignature,
    ConfirmationSignature,
    FAQSignature,
    IntakeSignature,
    PersuasionSignature,
)


class IntakeAgent(Agent):
    """Gathers symptoms and preferences."""

    __signature__ = IntakeSignature
    __demo__ = demo_intake.INTAKE


class BookingAgent(Agent):
    """Finds doctors, and books an appointment once a person has approved it."""

    __signature__ = BookingSignature
    __tools__ = ("find_doctors", ToolUse(name="book_appointment", ask=True))
    __demo__ = demo_booking.BOOKING


class FAQAgent(Agent):
    """Answers questions about the service."""

    __signature__ = FAQSignature
    __demo__ = demo.FAQ


class PersuasionAgent(Agent):
    """Talks with patients who hesitate."""

    __signature__ = PersuasionSignature
    __demo__ = demo.PERSUASION


class ConfirmationAgent(Agent):
    """Sums up the booked appointment and helps to prepare."""

    __signature__ = ConfirmationSignature
    __demo__ = demo.CONFIRMATION
