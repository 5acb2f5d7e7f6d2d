"""The records of agents: definitions and their versions, runs and their journals, approvals."""

from agents.models.approval import Approval
from agents.models.definition import Definition, SpecRecord, Version
from agents.models.provider import DefaultModelChoice
from agents.models.run import Run, RunEvent

__all__ = ["Approval", "DefaultModelChoice", "Definition", "Run", "RunEvent", "SpecRecord", "Version"]
