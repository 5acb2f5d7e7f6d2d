"""Talking with a person while a run goes on: questions, approvals, progress, budgets, over any transport.

In a worker such a question suspends the run; in a terminal, or wherever a transport is at hand, it waits.
"""

from agents.core.control.driver import run_with_control
from agents.core.control.lines import LinesTransport, StdioTransport
from agents.core.control.memory import MemoryTransport
from agents.core.control.messages import (
    ApprovalRequest,
    BudgetRequest,
    Decided,
    Ended,
    OutcomeRequest,
    Progress,
    Question,
    Reply,
    Text,
)
from agents.core.control.port import ControlClosed, ControlTimeout, ControlTransport
from agents.core.control.protocol import ControlProtocol
from agents.core.control.terminal import CLITransport

__all__ = [
    "ApprovalRequest",
    "BudgetRequest",
    "CLITransport",
    "ControlClosed",
    "ControlProtocol",
    "ControlTimeout",
    "ControlTransport",
    "Decided",
    "Ended",
    "LinesTransport",
    "MemoryTransport",
    "OutcomeRequest",
    "Progress",
    "Question",
    "Reply",
    "StdioTransport",
    "Text",
    "run_with_control",
]
