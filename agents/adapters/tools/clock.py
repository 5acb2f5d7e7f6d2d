"""The tool that tells an agent the time: a model does not know it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from agents.core.runtime.effects import Effect
from agents.core.runtime.ports import Tool, ToolContext


async def tell(arguments: dict[str, Any], context: ToolContext) -> dict[str, str]:
    now = datetime.now(UTC)
    return {"utc": now.isoformat(timespec="seconds"), "weekday": f"{now:%A}"}


TOOL = Tool(
    name="current_time",
    description="Tells the current date and time in UTC and the weekday.",
    parameters={"type": "object", "properties": {}, "additionalProperties": False},
    effect=Effect.READ,
    call=tell,
    summary="Look at the clock",
)
