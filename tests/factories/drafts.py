"""Small valid drafts of every kind, for tests that need something to publish."""

from __future__ import annotations

from typing import Any


def signature_draft(name: str = "Triage", instructions: str = "") -> dict[str, Any]:
    return {
        "kind": "signature",
        "name": name,
        "instructions": instructions,
        "inputs": [{"name": "message", "type": {"kind": "str"}}],
        "outputs": [{"name": "response", "type": {"kind": "str"}}],
    }


def agent_draft(name: str = "Helper", instructions: str = "") -> dict[str, Any]:
    return {"kind": "agent", "name": name, "signature": signature_draft(instructions=instructions)}


def journey_draft(greeting: str = "") -> dict[str, Any]:
    pathways = [{"id": "intake"}, {"id": "booking"}]
    return {"kind": "journey", "name": "Referral", "entry": "intake", "pathways": pathways, "greeting": greeting}
