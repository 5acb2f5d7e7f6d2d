"""Test conversations of the invoice approval: paid, refused, sent back, corrected."""

from __future__ import annotations

from journeys.core.testing.case import TestCase
from journeys.gallery.expecting import APPROVE, at, calls, ends, knows, reject, says, spares, takes, tells

_PAID = {"release_payment": {"reference": "PAY-000001"}}

TESTS: list[TestCase] = [
    TestCase(
        name="As ordered, approved and paid, then the next one",
        tools=_PAID,
        turns=(
            says("Hello", tells("Which invoice")),
            says("INV-7, 480 EUR", tells("Which purchase order"), at("intake")),
            says("It is PO-100", knows("amount", 480.0), at("match")),
            says("Yes please", calls("match_purchase_order", purchase_order="PO-100"), takes("matches"), at("payment")),
            says("Pay it", takes("paid"), tells("PAY-000001"), decide=[APPROVE]),
            says("What was done?", tells("a person approved the payment")),
            says("I have another invoice", takes("next_invoice"), knows("invoice_number", None), at("intake")),
        ),
    ),
    TestCase(
        name="A small difference may be paid",
        tools=_PAID,
        turns=(
            says("INV-9 for PO-300, 980 EUR", at("match")),
            says("Yes please", tells("differs by 30"), takes("small_difference")),
            says("Not yet", spares("release_payment"), at("payment")),
            says("Pay it", calls("release_payment", amount=980.0), decide=[APPROVE]),
            says("Thank you, that is all", ends()),
        ),
    ),
    TestCase(
        name="A big difference goes back to the supplier",
        turns=(
            says("INV-8 for PO-200, 14,000 EUR", knows("amount", 14000.0)),
            says("Yes please", takes("differs"), spares("release_payment"), at("query")),
            says("Yes, write it", tells("Dear supplier")),
            says("That is good, send it", takes("sent_back"), at("intake"), knows("letter", None)),
        ),
    ),
    TestCase(
        name="An order that nobody knows is corrected before comparing",
        turns=(
            says("INV-5 for PO-999, 950 EUR"),
            says("No, it is PO-300", knows("purchase_order", "PO-300"), takes("matches")),
        ),
    ),
    TestCase(
        name="Not approved: nothing is paid and the supplier is told why",
        tools=_PAID,
        turns=(
            says("INV-7 for PO-100, 480 EUR"),
            says("Yes please"),
            says("Pay it", takes("refused"), knows("problem", "paid last week"), decide=[reject("paid last week")]),
            says("Yes, write it", tells("paid last week"), at("query")),
        ),
    ),
    TestCase(
        name="Something else is answered kindly, and stopping is asked first",
        turns=(
            says("Tell me a joke", tells("only know about invoices")),
            says("Cancel", tells("pay nothing")),
            says("Yes", ends()),
        ),
    ),
]
