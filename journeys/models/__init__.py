"""The records of journeys: sessions, their messages, tests, the intent laboratory, and the data of the gallery's samples."""

from journeys.models.lab import LabelledUtterance, LabRun
from journeys.models.referral import Appointment, Doctor
from journeys.models.session import Message, MessageRole, Session, SessionStatus
from journeys.models.testing import JourneyTest, PublishGate, TestResult, TestRound

__all__ = [
    "Appointment",
    "Doctor",
    "JourneyTest",
    "LabRun",
    "LabelledUtterance",
    "Message",
    "MessageRole",
    "PublishGate",
    "Session",
    "SessionStatus",
    "TestResult",
    "TestRound",
]
