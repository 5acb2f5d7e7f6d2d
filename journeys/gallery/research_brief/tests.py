"""Test conversations of the research brief: published, changed, refused, nothing found."""

from __future__ import annotations

from journeys.core.testing.case import TestCase
from journeys.gallery.expecting import APPROVE, at, calls, ends, knows, reject, says, spares, takes, tells

_OUT = {"publish_brief": {"reference": "BR-0001", "title": "heat pumps"}}

TESTS: list[TestCase] = [
    TestCase(
        name="Written, changed, approved and published",
        tools=_OUT,
        turns=(
            says("Hello", tells("who reads it")),
            says("About heat pumps for the management", knows("topic", "heat pumps"), at("research")),
            says("Yes please", calls("search_notes", topic="heat pumps"), tells("three to four parts"), at("review")),
            says("What are the sources?", takes("asks_sources"), tells("Heat pumps 2024"), at("review")),
            says("Make it shorter", takes("wishes_change"), tells("Make it shorter"), spares("publish_brief"), at("review")),
            says("Publish it", takes("published"), tells("BR-0001"), ends(), decide=[APPROVE]),
        ),
        expect=(knows("round", "changed"),),
    ),
    TestCase(
        name="Not approved: it is written again with the reason in mind",
        tools=_OUT,
        turns=(
            says("About cycling", tells("For whom")),
            says("It is for our customers", at("research")),
            says("Yes please", tells("cycle lanes")),
            says("Not yet", tells("stays a draft"), at("review")),
            says("Publish it", takes("not_approved"), decide=[reject("name the year")]),
            says("Yes please", tells("name the year"), at("review")),
        ),
    ),
    TestCase(
        name="Nothing is found: another topic",
        turns=(
            says("About submarines for the team"),
            says("Yes please", takes("nothing_found"), tells("no note on submarines"), knows("topic", None), at("scope")),
            says("About remote work for the team", at("research")),
            says("Yes please", at("review")),
            says("Let us take another topic", takes("another_topic"), knows("draft", None), at("scope")),
        ),
    ),
    TestCase(
        name="Something else is answered kindly, and dropping it is asked first",
        turns=(
            says("Tell me a joke", tells("briefs and nothing else")),
            says("Just make it up", tells("friendly")),
            says("Cancel", tells("drop this brief")),
            says("Yes", ends()),
        ),
    ),
]
