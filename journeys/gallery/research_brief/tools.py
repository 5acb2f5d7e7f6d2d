"""The library of the sample: six short notes to search, and a publication that is only a reference."""

from __future__ import annotations

import re
from typing import Any

from agents import ToolContext, tool
from journeys.gallery.writing import reference

_NOTES: tuple[tuple[str, str], ...] = (
    ("Heat pumps 2024", "a heat pump turns one part of electricity into three to four parts of heat"),
    ("Heating costs", "in a well insulated house a heat pump costs less to run than gas"),
    ("Cycling in towns", "towns with separate cycle lanes count up to 40 % more trips by bicycle"),
    ("Cycling and health", "half an hour of cycling a day lowers the risk of heart disease"),
    ("Remote work", "teams that work at home two days a week report fewer interruptions"),
    ("Remote meetings", "meetings without an agenda last a third longer"),
)


@tool(danger="safe", effect="read", summary="Search the notes for {topic}")
async def search_notes(topic: str) -> dict[str, Any]:
    """Searches the library for notes on a topic; what fits best comes first.

    Args:
        topic: A few words
    """
    words = set(re.findall(r"[a-z]{4,}", topic.lower()))
    scored = [(sum(word[:5] in f"{title} {text}".lower() for word in words), title, text) for title, text in _NOTES]
    found = sorted((row for row in scored if row[0]), key=lambda row: -row[0])[:3]
    return {"sources": [title for _, title, _ in found], "findings": [text for _, _, text in found]}


@tool(danger="medium", effect="keyed", summary="Publish the brief “{title}”")
async def publish_brief(title: str, text: str, context: ToolContext) -> dict[str, Any]:
    """Publishes a brief and returns its reference. A person approves it first.

    Args:
        title: The brief's title
        text: The brief
    """
    return {"reference": reference("BR", context), "title": title}
