"""The accounts of the sample: a request is a reference and makes no account anywhere."""

from __future__ import annotations

from typing import Any

from agents import ToolContext, tool
from journeys.gallery.writing import reference


@tool(danger="medium", effect="keyed", summary="Accounts for {department} from {start_date}: {systems}")
async def request_accounts(department: str, systems: list[str], start_date: str, context: ToolContext) -> dict[str, Any]:
    """Requests the accounts of a new colleague and returns the reference. A person approves it first.

    Args:
        department: The colleague's department
        systems: The systems that they need
        start_date: Their first day, in their words
    """
    return {"reference": reference("ACC", context), "systems": systems}
