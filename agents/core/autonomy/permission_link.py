"""The permission link: every tool call is decided on before anything else happens to it, and the journal says why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agents.core.autonomy.permissions import ASK, DENY, decide
from agents.core.runtime.context import Link, Next, StepCall, layers_of
from agents.core.runtime.errors import PermissionRefused

if TYPE_CHECKING:
    from agents.core.runtime.chain import Door


def decide_permission(door: Door) -> Link:
    """A denied call fails with its reason; an allowed one loses its approval card; an asked one keeps it.

    What was asked or begun before keeps the decision of that time: a replay asks nobody again.
    """

    async def link(call: StepCall, go: Next) -> Any:
        if call.tool is None:
            return await go(call)
        seen = door.record.get(call.path)
        if seen and (seen.asked or seen.attempts):
            call.approval = call.approval if seen.asked else None
            return await go(call)
        own = [door.ports.organization] if door.ports.organization else []
        several = call.approval is not None and (call.approval.quorum > 1 or call.approval.other_person)
        # What one person granted is no vote where others must approve, and was not meant for what is critical by now.
        grants = () if several or call.tool.danger == "critical" else door.ports.grants
        decision = decide(call.tool, [*own, *door.ports.outer, *layers_of(call.agents)], grants)
        call.policy = decision.as_data()
        if decision.type is DENY:
            told = f"{call.tool.name} is denied: {decision.reason}"
            raise await door.fail(call, PermissionRefused(told, **call.policy))
        is_question = call.approval is not None and call.approval.kind == "question"
        if decision.type is not ASK and not is_question:
            call.approval = None
        return await go(call)

    return link
