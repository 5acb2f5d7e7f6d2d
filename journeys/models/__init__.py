"""The records of journeys: sessions, their messages, tests, the intent laboratory, and the data of the gallery's samples."""

from journeys.models.deployment import Deployment, Erasure, ResumeLink
from journeys.models.environment import EnvironmentName, EnvironmentPointer, Promotion
from journeys.models.lab import LabelledUtterance, LabRun
from journeys.models.play import Feedback, Persona
from journeys.models.referral import Appointment, Doctor
from journeys.models.session import QUESTIONS, Handling, Message, MessageRole, Session, SessionStatus, live_group, talk_group
from journeys.models.testing import JourneyTest, PublishGate, TestResult, TestRound

__all__ = [
    "QUESTIONS",
    "Appointment",
    "Deployment",
    "Doctor",
    "EnvironmentName",
    "EnvironmentPointer",
    "Erasure",
    "Feedback",
    "Handling",
    "JourneyTest",
    "LabRun",
    "LabelledUtterance",
    "Message",
    "MessageRole",
    "Persona",
    "Promotion",
    "PublishGate",
    "ResumeLink",
    "Session",
    "SessionStatus",
    "TestResult",
    "TestRound",
    "live_group",
    "talk_group",
]
