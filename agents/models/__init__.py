"""The records of agents: definitions and their versions, runs and their journals, approvals, and what limits them."""

from agents.models.approval import Approval, ApprovalVote
from agents.models.budget import Budget, ModelCall
from agents.models.definition import Definition, SpecRecord, Version
from agents.models.draft import DraftClash, DraftRevision
from agents.models.egress import EgressPolicy
from agents.models.file import StoredFile
from agents.models.mcp import McpServer
from agents.models.permission import PermissionRuleRow
from agents.models.provider import DefaultModelChoice, ProviderKey
from agents.models.run import Run, RunEvent

__all__ = [
    "Approval",
    "ApprovalVote",
    "Budget",
    "DefaultModelChoice",
    "Definition",
    "DraftClash",
    "DraftRevision",
    "EgressPolicy",
    "McpServer",
    "ModelCall",
    "PermissionRuleRow",
    "ProviderKey",
    "Run",
    "RunEvent",
    "SpecRecord",
    "StoredFile",
    "Version",
]
