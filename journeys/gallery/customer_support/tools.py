"""The shop of the sample: four invented orders to look up, and a refund that only issues a reference."""

from __future__ import annotations

from typing import Any

from agents import ToolContext, tool
from journeys.gallery.writing import reference

_ORDERS: dict[str, dict[str, Any]] = {
    "A1001": {"article": "wool blanket", "price": 89.0, "status": "on its way, expected on Thursday"},
    "A1002": {"article": "desk lamp", "price": 45.0, "status": "delivered last Monday"},
    "A1003": {"article": "garden chair", "price": 129.0, "status": "waiting for the carrier, two days late"},
    "A1004": {"article": "coffee grinder", "price": 62.0, "status": "returned to us by the carrier"},
}


@tool(danger="safe", effect="read", summary="Look up order {order_number}")
async def find_order(order_number: str) -> dict[str, Any]:
    """Looks up one order of the shop: article, price and where it is.

    Args:
        order_number: The order number, such as A1001
    """
    found = _ORDERS.get(order_number.upper())
    return {"order_number": order_number.upper(), "found": found is not None, **(found or {})}


@tool(danger="medium", effect="keyed", summary="Refund order {order_number}: {reason}")
async def refund_order(order_number: str, reason: str, context: ToolContext) -> dict[str, Any]:
    """Refunds one order in full and returns the reference of the refund. A person approves it first.

    Args:
        order_number: The order number, such as A1001
        reason: Why, in a few words
    """
    return {"order_number": order_number.upper(), "reference": reference("RF", context)}
