"""The reference journey: from symptoms to a booked appointment, with questions, hesitation and a way out at any time."""

from __future__ import annotations

from journeys import IntentTrigger, Journey, JourneyConfig, Pathway, ReturnToPrevious, Transition
from journeys.gallery.healthcare_referral.agents import (
    BookingAgent,
    ConfirmationAgent,
    FAQAgent,
    IntakeAgent,
    PersuasionAgent,
)
from journeys.gallery.healthcare_referral.demo import DANGER

_TOPICS = (
    r"insurance|insurers?|cost|price|pay|fees?|bring|prepare|parking|park|opening hours|open|weekends?|privacy|"
    r"private|data|"
    r"confidential|clinic|address|located|video visits?|telehealth|work|charge|covered|reschedule|speak|languages?|wheelchair"
)


class HealthcareReferral(Journey):
    """Finds the right doctor for a patient and books an appointment, which a person approves."""

    __title__ = "Healthcare referral"
    __entry_pathway__ = "intake"
    __config__ = JourneyConfig(budget_microusd=500_000)
    __greeting__ = (
        "Hello, I am your referral assistant. Tell me what troubles you, and I will help you find the right doctor "
        "and book an "
        "appointment. In an emergency, please call the emergency number."
    )
    __end_message__ = (
        "Thank you for letting me know; I have stopped here and will arrange nothing more. A booking that was "
        "already confirmed "
        "stays as it is. If your symptoms get worse, please call your practice. You can start a new conversation at "
        "any time."
    )
    __transitions__ = [
        Transition(
            trigger=IntentTrigger(
                intents=["cancel"],
                description="The person wants to stop the whole conversation and arrange nothing more",
                examples=["Cancel", "I want to stop", "Forget it, I don't want this any more", "Please end this conversation"],
                demo_patterns=[
                    (
                        r"re:^\W*(?:please |i (?:want|would like) to |i'd like to |can we )?(?:cancel|stop|quit|abort|"
                        r"exit)\b(?!.*\?)"
                    ),
                    (
                        r"re:\b(?:forget it|never ?mind|i changed my mind|i don'?t want (?:this|to go on|to continue|"
                        r"it) ?(?:any ?more)?)\b"
                    ),
                    (
                        r"re:\b(?:cancel|stop|end) (?:it|this|everything|the (?:booking|conversation|"
                        r"whole thing))\b(?!.*\?)"
                    ),
                ],
            ),
            to_pathway="end",
            priority=20,
        ),
        Transition(
            trigger=IntentTrigger(
                intents=["faq", "help"],
                description="The person asks how the service works or about insurance, cost, preparation, video "
                "visits, opening "
                "hours, changes, parking or privacy, instead of going on",
                examples=[
                    "Do you take my insurance?",
                    "How much does it cost?",
                    "What should I bring?",
                    "How do video visits work?",
                ],
                confidence_threshold=0.75,
                demo_patterns=[
                    r"re:^\W*(?:help|i have a question|i need help|can you help(?: me)?|question)\W*$",
                    (
                        rf"re:\b(?:how|what|which|where|when|who|do|does|is|are|can|could|will|"
                        rf"would)\b[^.]*\b(?:{_TOPICS})\b[^.]*\?"
                    ),
                    DANGER,
                    r"re:\bhow does (?:this|it) work\b|\bwhat (?:can|do) you do\b|\bhow (?:long|much)\b[^.]*\?",
                    r"re:\b(?:talk|speak) (?:to|with) (?:an? )?(?:human|person|somebody|someone)\b",
                ],
            ),
            to_pathway="faq",
            priority=10,
        ),
        Transition(
            trigger=IntentTrigger(
                intents=["hesitation"],
                description="The person doubts whether they want an appointment at all, or wants to put the decision off",
                examples=[
                    "I'm not sure about this",
                    "Maybe I should wait",
                    "I need to think about it",
                    "Is this really necessary?",
                ],
                demo_patterns=[
                    (
                        r"re:\b(?:not (?:so |really |quite )?(?:sure|convinced|certain)|unsure|hesita\w+|having doubts|"
                        r"second thoughts)\b"
                    ),
                    (
                        r"re:\b(?:maybe|perhaps) (?:i should|i'd better|i will|i'll|later|not)\b|\bshould i wait\b|"
                        r"\bthink about it\b"
                    ),
                    r"re:\b(?:too expensive|i'?m (?:afraid|scared|nervous|worried)|really (?:need|necessary))\b",
                ],
            ),
            from_pathway="booking",
            to_pathway="persuasion",
            priority=5,
        ),
    ]

    class IntakePath(Pathway):
        __title__ = "Intake"
        __agents__ = [IntakeAgent]
        __bindings__ = {"patient_message": "message", "conversation": "history"}
        __accumulate__ = ["symptoms", "severity", "preferences", "insurance_info"]
        __merge__ = {"symptoms": "union", "preferences": "merge"}
        __complete_when__ = ["symptoms", "ready_for_booking"]
        __next__ = "booking"
        __suggestions__ = ["I have back pain", "Mornings, and I would prefer a woman", "Do you take my insurance?"]

    class BookingPath(Pathway):
        __title__ = "Booking"
        __agents__ = [BookingAgent]
        __bindings__ = {
            "patient_message": "message",
            "conversation": "history",
            "already_rejected": "rejected_doctors",
            "offered": "suggested_doctors",
            "chosen_doctor": "selected_doctor",
            "offered_times": "open_times",
        }
        __accumulate__ = [
            "suggested_doctors",
            "rejected_doctors",
            "selected_doctor",
            "open_times",
            "selected_slot",
            "appointment",
            "confirmation_number",
            "booking_complete",
        ]
        __merge__ = {"rejected_doctors": "union"}
        __complete_when__ = ["booking_complete", "selected_doctor", "selected_slot", "appointment", "confirmation_number"]
        __next__ = "confirmation"
        __suggestions__ = ["The first one, please", "How much does it cost?", "I'm not sure about this"]

    class FAQPath(Pathway):
        __title__ = "Questions"
        __agents__ = [FAQAgent]
        __bindings__ = {"question": "message"}
        __return_behavior__ = ReturnToPrevious(preserve_context=True, max_depth=3)
        __suggestions__ = ["What should I bring?", "How do video visits work?", "How much does it cost?"]

    class PersuasionPath(Pathway):
        __title__ = "Reassurance"
        __agents__ = [PersuasionAgent]
        __bindings__ = {"patient_message": "message", "conversation": "history"}
        __complete_when__ = ["ready_to_proceed"]
        __next__ = "booking"
        __suggestions__ = ["OK, let us go on", "Is it expensive?", "Cancel, please"]

    class ConfirmationPath(Pathway):
        __title__ = "Confirmation"
        __agents__ = [ConfirmationAgent]
        __bindings__ = {
            "patient_message": "message",
            "doctor": "selected_doctor",
            "slot": "selected_slot",
            "number": "confirmation_number",
        }
        __complete_when__ = ["finished"]
        __next__ = "end"
        __suggestions__ = ["How should I prepare?", "Where can I park?", "Thank you, that is all"]
