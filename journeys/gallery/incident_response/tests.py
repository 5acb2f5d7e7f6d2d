"""Test conversations of the incident response: stopped, false alarm, small, breach, not on call."""

from __future__ import annotations

from journeys.core.testing.case import TestCase
from journeys.gallery.expecting import APPROVE, at, calls, ends, knows, reject, says, silent, spares, takes, tells, through

_BACK = {"roll_back_release": {"change": "CHG-0001", "service": "shop", "release": "41"}}

TESTS: list[TestCase] = [
    TestCase(
        name="The shop is down, and a way back stops it",
        tools=_BACK,
        turns=(
            says("Hello", tells("Which service")),
            says("The shop is down for everybody", knows("severity", 3), at("diagnose")),
            says("Write a status message", takes("asks_status"), tells("trouble with shop"), at("diagnose")),
            says("Yes, look at it", takes("cause_found"), tells("12 % of all requests"), at("mitigate")),
            says("Yes, go back", tells("ask for a person"), at("mitigate"), decide=[reject("wait for the night")]),
            says("Try again", calls("roll_back_release", release="41"), takes("stopped"), at("review"), decide=[APPROVE]),
            says("Test releases with real traffic", at("review")),
            says("Have a second pair of eyes", knows("fixed_by", "CHG-0001")),
            says("No, that is all", ends()),
        ),
        expect=(
            knows("state", "stopped"),
            knows("lessons", ["Test releases with real traffic", "Have a second pair of eyes"]),
        ),
    ),
    TestCase(
        name="A false alarm leads back to the start",
        turns=(
            says("The search is slow", knows("severity", 2), at("diagnose")),
            says("Yes, look at it", tells("false alarm"), spares("roll_back_release"), at("report")),
        ),
    ),
    TestCase(
        name="What takes too long or fails goes on by hand",
        tools=_BACK,
        turns=(
            says("The shop is down for everybody"),
            says("Yes, look at it", takes("slow"), tells("handbook for shop"), at("diagnose"), simulate="timeout"),
            says("Yes, look at it", takes("cause_found"), at("mitigate")),
            says("Yes, go back", through("by_hand"), spares("roll_back_release"), at("mitigate"), simulate="timeout"),
            says("How do I do it by hand?", takes("asks_by_hand"), at("mitigate")),
        ),
    ),
    TestCase(
        name="Two wishes that are close are put as a question",
        turns=(
            says("The shop is down for everybody"),
            says("Write a message with the steps by hand", tells("I can do one at a time"), at("diagnose")),
            says("The second", through("status"), at("diagnose")),
        ),
    ),
    TestCase(
        name="After a quarter of an hour of silence somebody is asked whether they are there",
        turns=(
            says("The search is slow"),
            silent(899, at("diagnose")),
            silent(1, takes("quiet"), tells("still there"), at("diagnose")),
            says("Yes, look at it", tells("false alarm"), at("report")),
        ),
    ),
    TestCase(
        name="Something small needs no rescue",
        turns=(
            says("There is trouble with payments", tells("How many are affected")),
            says("Only one person", takes("small"), knows("state", "small"), at("review")),
        ),
    ),
    TestCase(
        name="A breach goes to the security officer at once",
        turns=(
            says("I think our data was stolen", takes("breach"), tells("touch nothing"), at("security")),
            says("I saw a list of customers on a strange page", knows("state", "security"), ends()),
        ),
    ),
    TestCase(
        name="Whoever is not on call changes nothing",
        variables={"on_call": False},
        turns=(
            says("Payments are slow"),
            says("Yes, look at it", takes("not_on_call"), spares("roll_back_release"), at("review")),
        ),
    ),
    TestCase(
        name="The service is corrected",
        turns=(
            says("The shop is slow", at("diagnose")),
            says("Sorry, it is payments", knows("service", "payments"), tells("9 seconds")),
        ),
    ),
]
