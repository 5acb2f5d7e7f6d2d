"""Digression: what is said when a detour is over and the conversation comes back to where it was."""

from __future__ import annotations

from journeys.core.spec import JourneySpec


def resumed(spec: JourneySpec, target: str) -> str:
    """The resume text of the journey with the title of ``target``; empty where it has none."""
    pathway = spec.pathway(target)
    title = pathway.title or pathway.id.replace("_", " ")
    return spec.patterns.digression.resume.replace("{title}", title)
