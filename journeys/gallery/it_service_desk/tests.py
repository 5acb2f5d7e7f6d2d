"""Test conversations of the IT service desk."""

from __future__ import annotations

from journeys.core.testing.case import TestCase
from journeys.gallery.expecting import at, calls, ends, knows, says, spares, takes, tells

_TICKET = {"ticket": "IT-00042", "device": "PC-0421", "answer_within_hours": 1}

TESTS: list[TestCase] = [
    TestCase(
        name="Locked out and in again",
        turns=(
            says("Hi", tells("What does not work"), at("report")),
            says("I am locked out of my account", takes("about_password"), at("password")),
            says("Yes, I am in", ends()),
        ),
    ),
    TestCase(
        name="The reset did not help: a ticket, after asking for the device",
        tools={"open_ticket": _TICKET},
        turns=(
            says("I forgot my password and cannot work now"),
            says("That did not help", takes("not_solved"), takes("no_device"), tells("PC-0421"), at("device")),
            says("I do not know", at("device")),
            says("It is PC-0421", knows("device", "PC-0421"), at("ticket")),
            says("Yes please", calls("open_ticket", device="PC-0421", urgency=3), tells("IT-00042")),
            says("It was about the new phone", takes("ticket_is_open"), at("feedback")),
            says("That was good, thank you", ends()),
        ),
        expect=(knows("tried", ["password"]), knows("urgency", None)),
    ),
    TestCase(
        name="A known outage is told",
        turns=(
            says("The wifi does not work for me", takes("about_service"), knows("service", "wifi")),
            says("Yes please", calls("service_status", service="wifi"), tells("third floor")),
            says("Thanks, that is all", ends()),
        ),
    ),
    TestCase(
        name="No outage is known: the person takes a ticket",
        tools={"open_ticket": _TICKET},
        turns=(
            says("The printer is broken, my computer is PC-0421", at("outage")),
            says("Please look", tells("No outage of the printer"), spares("open_ticket")),
            says("Yes please", takes("no_outage"), tells("IT-00042"), at("ticket")),
        ),
    ),
    TestCase(
        name="A ticket can be asked for at any time",
        tools={"open_ticket": _TICKET},
        turns=(
            says("Email is slow on my laptop PC-0421", at("outage")),
            says("Please open a ticket", takes("wants_ticket"), calls("open_ticket", device="PC-0421")),
        ),
    ),
    TestCase(
        name="A device with its tag gets a ticket at once",
        tools={"open_ticket": _TICKET},
        turns=(
            says("My laptop PC-0421 is slow", takes("about_device"), at("ticket")),
            says("Yes please", calls("open_ticket", urgency=2)),
        ),
    ),
    TestCase(
        name="Starting again is asked first, and no ticket opens without a problem",
        turns=(
            says("I want to open a ticket", tells("what does not work"), at("report")),
            says("I am locked out of my account", at("password")),
            says("Cancel", tells("start again")),
            says("Yes", at("report")),
            says("My laptop PC-0421 is slow", at("ticket")),
        ),
        expect=(knows("device", "PC-0421"),),
    ),
]
