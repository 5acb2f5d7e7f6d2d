"""The desk of the sample: which services have an outage, and a ticket that is only a number."""

from __future__ import annotations

from typing import Any

from agents import ToolContext, tool
from journeys.gallery.writing import reference

_OUTAGES = {
    "wifi": "the wireless network on the third floor is being repaired until 14:00",
    "email": "mail from outside arrives up to an hour late",
}
_SERVICES = ("wifi", "email", "vpn", "printer")


@tool(danger="safe", effect="read", summary="Look whether {service} works")
async def service_status(service: str) -> dict[str, Any]:
    """Says whether a service has a known outage.

    Args:
        service: wifi, email, vpn or printer
    """
    name = service.lower()
    return {"service": name, "known": name in _SERVICES, "outage": _OUTAGES.get(name, "")}


@tool(danger="low", effect="keyed", summary="Open a ticket for {device}: {problem}")
async def open_ticket(device: str, problem: str, urgency: int, context: ToolContext) -> dict[str, Any]:
    """Opens a ticket and returns its number.

    Args:
        device: The tag of the device, such as PC-0421
        problem: What is wrong, in one sentence
        urgency: 1 can wait, 2 slows work down, 3 stops work
    """
    hours = {1: 48, 2: 8, 3: 1}.get(urgency, 48)
    return {"ticket": reference("IT", context), "device": device.upper(), "answer_within_hours": hours}
