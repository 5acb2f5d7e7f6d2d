"""The calendar of the sample: a demo is a reference and nothing else."""

from __future__ import annotations

from typing import Any

from agents import ToolContext, tool
from journeys.gallery.writing import reference


@tool(danger="low", effect="keyed", summary="Book a demo for {company}: {when}")
async def book_demo(company: str, when: str, context: ToolContext) -> dict[str, Any]:
    """Books a demo of the product and returns its reference.

    Args:
        company: Who the demo is for
        when: Day and time in the person's words
    """
    return {"reference": reference("DEMO", context), "company": company, "when": when}
