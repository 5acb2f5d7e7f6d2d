"""Test conversations of the customer support: every transition, what needs an approval, and what must not happen."""

from __future__ import annotations

from journeys.core.testing.case import TestCase
from journeys.gallery.expecting import APPROVE, at, calls, ends, knows, reject, says, spares, takes, tells, through

_REFUND = {"order_number": "A1002", "reference": "RF-TEST01"}

TESTS: list[TestCase] = [
    TestCase(
        name="Solved with a replacement",
        turns=(
            says("Hello", tells("number of your order"), at("triage")),
            says("Where is my blanket? It is order A1001", knows("problem", "not arrived"), at("solve")),
            says("Yes please", calls("find_order", order_number="A1001"), tells("Thursday")),
            says("Great, thank you", ends()),
        ),
    ),
    TestCase(
        name="Refund, approved, with a question in between",
        tools={"refund_order": _REFUND},
        turns=(
            says("My lamp arrived broken, order A1002", knows("problem", "damaged")),
            says("I want a refund", takes("wants_refund"), tells("RF-TEST01"), decide=[APPROVE]),
            says("How long does a refund take?", takes("asks_policy"), tells("five days"), at("refund")),
            says("Thank you, that is all", ends()),
        ),
    ),
    TestCase(
        name="Refund, not approved, goes to a colleague",
        tools={"refund_order": _REFUND},
        turns=(
            says("My lamp arrived broken, order A1002"),
            says("Refund, please", takes("refund_refused"), tells("too old"), decide=[reject("the order is too old")]),
            says("Tomorrow at 10", knows("escalation_reason", "the refund was not approved"), ends()),
        ),
    ),
    TestCase(
        name="Two proposals that did not help go to a colleague",
        turns=(
            says("I got the wrong article, order A1003"),
            says("Yes please", tells("garden chair")),
            says("That did not help", knows("attempts", 1), at("solve")),
            says("Still no good, that did not help", takes("nothing_helped"), at("escalation")),
            says("I do not understand", tells("When can we call you?")),
            says("Today after 4 pm", ends()),
        ),
    ),
    TestCase(
        name="An angry premium customer reaches a colleague at once",
        variables={"plan": "premium"},
        turns=(
            says("This is unacceptable! My order A1003 is late", takes("premium_is_angry"), at("escalation")),
            says("Friday at 9", tells("Friday at 9"), ends()),
        ),
    ),
    TestCase(
        name="An angry customer of the basic plan is helped like anybody",
        turns=(says("This is unacceptable! My order A1003 is late", at("solve")),),
    ),
    TestCase(
        name="A wrong order number is corrected",
        turns=(
            says("My order A1009 has not arrived"),
            says("Yes please", tells("cannot find an order A1009")),
            says("No, my order is A1001", knows("order_number", "A1001"), tells("wool blanket")),
        ),
    ),
    TestCase(
        name="No refund without an order, no rude words, and a person when asked for",
        turns=(
            says("I want a refund", at("triage"), spares("refund_order")),
            says("You idiots", tells("friendly")),
            says("Tell me a joke", tells("only help with orders")),
            says("I want to talk to a person", tells("calling a colleague"), at("triage")),
        ),
        expect=(through("triage"),),
    ),
]
