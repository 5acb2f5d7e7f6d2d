"""Finds what a person means on the command line: an approval by its id, or the one thing that a run waits for."""

from __future__ import annotations

from uuid import UUID

from agents.models.approval import Approval
from agents.services.approvals import get_approval, list_approvals
from trust.core.errors import Conflict, NotFound
from trust.core.principal import Principal


def find_waiting(principal: Principal, wanted: UUID) -> Approval:
    """``wanted`` is an approval or a run. Raises ``NotFound``, or ``Conflict`` where a run waits for several: it lists them."""
    try:
        return get_approval(principal, wanted)
    except NotFound:
        pass
    waiting = list_approvals(principal, run_id=wanted)
    if not waiting:
        raise NotFound(f"There is no approval {wanted}, and no run {wanted} that waits for anything.")
    if len(waiting) > 1:
        listed = "; ".join(f"{each.id} ({each.title})" for each in waiting)
        raise Conflict(f"Run {wanted} waits for several; name one: {listed}.")
    return waiting[0]
