"""Named errors and control signals of the runtime."""

from __future__ import annotations

from typing import Any


class RuntimeFault(Exception):
    """A failure with a stable ``code`` that is written to the journal and shown to people."""

    code = "failed"
    final = False  # nothing of the run may go on after it, whatever recovery there is

    def __init__(self, message: str, **details: Any):
        super().__init__(message)
        self.details = details


class Divergence(RuntimeFault):
    """A replayed step asks for something else than its record says."""

    code = "divergence"
    final = True


class BudgetExceeded(RuntimeFault):
    """A call does not fit a limit. ``details``: account, title, measure, limit, used, reserved, needed.

    ``temporary``: only reservations of calls that are under way stand in its way.
    """

    code = "budget_exceeded"
    final = True
    temporary = False


class PermissionRefused(RuntimeFault):
    """A tool call that the permissions deny; ``details`` hold the decision and its trail."""

    code = "denied"


class UnknownTool(RuntimeFault):
    code = "unknown_tool"


class InvalidAnswer(RuntimeFault):
    """The model's answer never fitted its signature; ``details`` hold the partial values and the problems."""

    code = "invalid_answer"


class StepFailed(RuntimeFault):
    """A step failed, now or in the record: ``code`` is the original one."""

    def __init__(self, message: str, code: str, **details: Any):
        super().__init__(message, **details)
        self.code = code


class CallRejected(RuntimeFault):
    """A person rejected a step; the message is their reason."""

    code = "rejected"


class AskedBack(CallRejected):
    """A person wants to know more before they decide; the message is their question: explain, and call again."""

    code = "asked_back"


class OutcomeUnknown(RuntimeFault):
    """An effect was begun and its answer was lost: it may have happened or not. Of an unkeyed one a person says which."""

    code = "outcome_unknown"


def ends_the_run(fault: RuntimeFault) -> bool:
    """Whether nothing may go on after ``fault``: the journal does not fit, the money is spent, or a person said stop."""
    return fault.final or fault.code == "stopped"


class LeaseLost(Exception):
    """Another worker owns the run now. Stop at once and write nothing more."""


class Stopped(BaseException):
    """Somebody wants the run to stop: no further step begins. Unwinds the run function as ``Suspended`` does."""


class Suspended(BaseException):
    """The run waits for a person: unwinds the whole run function, past every ``except Exception``."""

    def __init__(self, waiting_on: dict[str, Any]):
        super().__init__(str(waiting_on))
        self.waiting_on = waiting_on
