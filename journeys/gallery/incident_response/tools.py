"""The services of the sample: what a look at them shows, and a way back that changes nothing anywhere."""

from __future__ import annotations

from typing import Any

from agents import ToolContext, tool
from journeys.gallery.writing import reference

_SERVICES: dict[str, dict[str, Any]] = {
    "shop": {"healthy": False, "finding": "12 % of all requests fail since release 42", "release": "42", "before": "41"},
    "payments": {"healthy": False, "finding": "answers take 9 seconds since release 7", "release": "7", "before": "6"},
    "search": {"healthy": True, "finding": "everything is as usual", "release": "18", "before": "17"},
}


@tool(danger="safe", effect="read", summary="Look at {service}")
async def check_service(service: str) -> dict[str, Any]:
    """Looks at one service: whether it is healthy, what is seen, and its releases.

    Args:
        service: shop, payments or search
    """
    return {"service": service.lower(), **_SERVICES.get(service.lower(), {"healthy": True, "finding": "nobody knows it"})}


@tool(danger="high", effect="keyed", summary="Put {service} back to release {release}")
async def roll_back_release(service: str, release: str, context: ToolContext) -> dict[str, Any]:
    """Puts a service back to an earlier release and returns the reference of the change. A person approves it first.

    Args:
        service: Which service
        release: The release to go back to
    """
    return {"change": reference("CHG", context), "service": service, "release": release}
