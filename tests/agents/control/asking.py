"""A run that reports, asks a question and needs an approval: what every transport has to carry."""

from __future__ import annotations

from typing import Any

from agents.adapters.llm.providers import Providers
from agents.core.runtime.context import RunContext
from agents.core.runtime.memory import memory_ports
from agents.core.runtime.ports import Ports


def quiet_ports() -> Ports:
    """In memory, with no model to ask."""
    return memory_ports(models=Providers({}, instances={}))


async def ask_and_act(ctx: RunContext, spec: Any, inputs: dict[str, Any]) -> dict[str, Any]:
    await ctx.report_progress("Looking around", percentage=10)
    colour = await ctx.ask("Which colour?", ["red", "blue"])
    approved = await ctx.request_approval("Paint the door", {"colour": colour})
    await ctx.report_progress("Done", percentage=100)
    return {"colour": colour, "approved": approved}
