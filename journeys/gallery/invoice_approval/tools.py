"""The books of the sample: three purchase orders to compare with, and a payment that is only a reference."""

from __future__ import annotations

from typing import Any

from agents import ToolContext, tool
from journeys.gallery.writing import reference

_ORDERS: dict[str, tuple[str, float]] = {
    "PO-100": ("Paper & Co", 480.0),
    "PO-200": ("Northern Steel", 12_500.0),
    "PO-300": ("Bright Cleaning", 950.0),
}


@tool(danger="safe", effect="read", summary="Compare {amount} EUR with {purchase_order}")
async def match_purchase_order(purchase_order: str, amount: float) -> dict[str, Any]:
    """Compares the amount of an invoice with its purchase order.

    Args:
        purchase_order: The order's number, such as PO-100
        amount: The invoice's amount in EUR
    """
    supplier, ordered = _ORDERS.get(purchase_order.upper(), ("", 0.0))
    status = "unknown" if not supplier else "matched" if abs(ordered - amount) < 0.01 else "differs"
    difference = round(amount - ordered, 2)
    told = {
        "matched": f"It is as ordered from {supplier}: {ordered:,.2f} EUR. Shall I have the payment approved?",
        "differs": f"It differs by {difference:,.2f} EUR from the order of {supplier}. A small difference can be paid after an "
        "approval; about a bigger one I write to the supplier. How shall we go on?",
        "unknown": f"There is no order {purchase_order} in the books. Shall I write to whoever sent the invoice?",
    }
    return {"status": status, "supplier": supplier, "ordered": ordered, "difference": difference, "told": told[status]}


@tool(danger="high", effect="keyed", summary="Pay {amount} EUR to {supplier} for {invoice_number}")
async def release_payment(invoice_number: str, supplier: str, amount: float, context: ToolContext) -> dict[str, Any]:
    """Releases an invoice for payment and returns the reference. A person approves it first.

    Args:
        invoice_number: Such as INV-7
        supplier: Who is paid
        amount: How much, in EUR
    """
    return {"reference": reference("PAY", context), "invoice": invoice_number, "amount": amount}
