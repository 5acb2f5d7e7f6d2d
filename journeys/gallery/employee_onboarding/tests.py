"""Test conversations of the onboarding: in the house, at home, with questions, with another first day."""

from __future__ import annotations

from journeys.core.testing.case import TestCase
from journeys.gallery.expecting import APPROVE, at, calls, ends, knows, reject, says, takes, tells

_DONE = {"request_accounts": {"reference": "ACC-0001", "systems": ["mail"]}}

TESTS: list[TestCase] = [
    TestCase(
        name="In the house, with a question",
        tools=_DONE,
        turns=(
            says("Hello", tells("first day"), at("welcome")),
            says("How many holidays do I have?", takes("asks"), tells("30 days"), at("welcome")),
            says("I start on 1 March", knows("start_date", "1 March"), at("equipment")),
            says("A laptop and a headset", knows("equipment", ["laptop", "headset"]), at("equipment")),
            says("And a screen", knows("equipment", ["laptop", "headset", "screen"])),
            says("No, that is all", at("accounts")),
            says(
                "Yes please",
                calls("request_accounts", department="office", start_date="1 March"),
                takes("accounts_requested"),
                at("first_week"),
                decide=[APPROVE],
            ),
            says("Yes please", tells("9:00 at the reception")),
            says("Thank you, that is all", ends()),
        ),
    ),
    TestCase(
        name="At home the equipment is sent",
        variables={"remote": True, "department": "sales"},
        tools=_DONE,
        turns=(
            says("Next Monday"),
            says("A laptop"),
            says("No, that is all", takes("works_at_home"), at("delivery")),
            says("Hm", tells("To which address")),
            says("Garden Street 5, Berlin", knows("address", "Garden Street 5, Berlin"), at("accounts")),
            says("Yes please", calls("request_accounts", department="sales"), decide=[APPROVE]),
        ),
    ),
    TestCase(
        name="Another first day begins again",
        turns=(
            says("I start on 1 March"),
            says("I must start later", takes("another_day"), knows("old_start", "1 March"), at("welcome")),
            says("I start on 1 May", knows("start_date", "1 May"), at("equipment")),
            says("Sorry, on 3 May", knows("start_date", "3 May"), at("equipment")),
        ),
    ),
    TestCase(
        name="Accounts that are not approved wait, and stopping is asked first",
        tools=_DONE,
        turns=(
            says("Next Monday"),
            says("A phone"),
            says("No, thank you"),
            says("Yes please", tells("contract is missing"), at("accounts"), decide=[reject("the contract is missing")]),
            says("Stop", tells("stop for today")),
            says("Yes", ends()),
        ),
    ),
]
