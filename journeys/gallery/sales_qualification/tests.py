"""Test conversations of the sales qualification: each grade, each detour, and the way out."""

from __future__ import annotations

from journeys.core.testing.case import TestCase
from journeys.gallery.expecting import at, calls, ends, knows, says, takes, tells

_DEMO = {"book_demo": {"reference": "DEMO-0001", "when": "Tuesday at 10"}}

TESTS: list[TestCase] = [
    TestCase(
        name="A big team books a demo",
        tools=_DEMO,
        turns=(
            says("Hello", tells("Which company")),
            says("We are Acme, 80 people, and need approvals and reports", knows("seats", 80), tells("budget")),
            says("How much does it cost?", takes("asks_price"), tells("12 EUR"), at("discover")),
            says("We have 20,000 EUR a year", takes("qualified"), knows("budget", 20000), at("demo")),
            says("Tuesday at 10", calls("book_demo", company="Acme"), tells("DEMO-0001"), ends()),
        ),
        expect=(knows("grade", "hot"), knows("needs", ["reports", "approvals"]), knows("quoted", None)),
    ),
    TestCase(
        name="A small team gets news by mail",
        turns=(
            says("We are Tiny, 5 people with 900 EUR", takes("small_team"), at("nurture")),
            says("What do you mean", tells("one mail a month")),
            says("anna@example.com", knows("email", "anna@example.com"), ends()),
        ),
    ),
    TestCase(
        name="A small team that needs approvals may have a demo",
        turns=(
            says("We are 5 people with 900 EUR and need approvals", at("nurture")),
            says("Can I see a demo?", takes("wants_demo"), at("demo")),
        ),
    ),
    TestCase(
        name="A doubt is heard, then the demo goes on",
        tools=_DEMO,
        turns=(
            says("We are 80 people with 20,000 EUR", at("demo")),
            says("I am not sure about the security", takes("has_doubts"), tells("security"), at("objections")),
            says("Yes, let us go on", at("demo")),
            says("Friday at 9", calls("book_demo", when="Friday at 9"), ends()),
        ),
    ),
    TestCase(
        name="A partner gets a demo whatever the size",
        variables={"source": "partner"},
        turns=(says("We are 3 people", takes("is_partner"), knows("grade", "partner")),),
    ),
    TestCase(
        name="Seats are corrected, and stopping is asked first",
        turns=(
            says("We are Acme, 80 people"),
            says("No, actually 8 people", knows("seats", 8), tells("seats is now 8")),
            says("Cancel", tells("Shall I stop here?")),
            says("No", at("discover")),
            says("Stop"),
            says("Yes", ends()),
        ),
    ),
]
