"""An agent as a tool: the call becomes a child run with a journal of its own, or, where there is no database, a branch of
this one. Its permissions are its own and every outer agent's; its cost is the parent's too."""

from __future__ import annotations

from typing import Any

from agents.core.autonomy.budgets import START
from agents.core.autonomy.permissions import ToolFacts
from agents.core.runtime.context import Approval, RunContext, StepCall, layers_of
from agents.core.runtime.effects import Effect
from agents.core.runtime.errors import StepFailed
from agents.core.runtime.ports import LocalWork, Tool
from agents.core.spec.agent import AgentSpec


class ChildFailed(StepFailed):
    """A child run ended without an output; ``details`` hold its id, status and error."""

    def __init__(self, message: str, **details: Any):
        super().__init__(message, "child_failed", **details)


async def call_agent(
    ctx: RunContext, tool: Tool, spec: AgentSpec, arguments: dict[str, Any], *, facts: ToolFacts, approval: Approval
) -> dict[str, Any]:
    """The outputs of ``spec`` for ``arguments``. Raises ``ChildFailed``, and what permission and approval raise."""
    scope = ctx.child("child")
    request = {"tool": tool.name, "arguments": arguments}
    if not ctx.ports.child_runs:
        from agents.core.strategies import run_agent

        began = await scope.step(
            "start", kind="tool", effect=Effect.READ, request=request, perform=_begin, approval=approval, tool=facts
        )
        return await run_agent(scope.child("agent"), spec, began.get("arguments", arguments))
    data = {
        **request,
        "spec": spec.model_dump(mode="json"),
        "path": f"{scope.scope}/await/0",
        "layers": [layer.as_data() for layer in (*ctx.ports.outer, *layers_of(ctx.agents))],
    }
    work = LocalWork(START, data)
    started = await scope.step(
        "start", kind="tool", effect=Effect.LOCAL, request=request, local=work, approval=approval, tool=facts
    )
    return dict(
        await scope.step("await", kind="child", effect=Effect.READ, request={"run": started["run"], "agent": spec.name})
    )


def result_of(ended: dict[str, Any]) -> Any:
    """What a ``child.ended`` event brings. Raises ``ChildFailed``."""
    if ended["status"] == "succeeded":
        return ended["output"]
    error = ended.get("error") or {}
    told = error.get("message") or "it has no result"
    raise ChildFailed(f"the child run {ended['status']}: {told}", run=ended["run"], status=ended["status"], error=error)


async def _begin(call: StepCall) -> tuple[Any, dict[str, Any]]:
    return {"began": True} if call.arguments is None else {"began": True, "arguments": call.arguments}, {}
