"""The records of journeys: sessions, their messages, and the data of the gallery's samples."""

from journeys.models.referral import Appointment, Doctor
from journeys.models.session import Message, MessageRole, Session, SessionStatus

__all__ = ["Appointment", "Doctor", "Message", "MessageRole", "Session", "SessionStatus"]
