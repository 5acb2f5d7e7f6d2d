"""A small sound journey as a raw draft, and ways to break it in one place."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

Draft = dict[str, Any]


def field(name: str, kind: str = "str", **more: Any) -> Draft:
    return {"name": name, "type": {"kind": kind}, **more}


def some(name: str, of: str = "str", **more: Any) -> Draft:
    return {"name": name, "type": {"kind": "list", "of": {"kind": of}}, **more}


def signature(*outputs: Draft, inputs: tuple[Draft, ...] = ()) -> Draft:
    return {"name": "Test", "inputs": [field("message"), *inputs], "outputs": [field("response"), *outputs]}


def intent(*names: str, examples: tuple[str, ...] = ()) -> Draft:
    return {"kind": "intent", "intents": list(names), "examples": list(examples)}


def sound() -> Draft:
    """Intake asks for age and symptoms, booking takes both; questions from anywhere and back; a way to stop."""
    return {
        "kind": "journey",
        "name": "Clinic",
        "entry": "intake",
        "budget_microusd": 500_000,
        "pathways": [
            {
                "id": "intake",
                "signature": signature(field("age", "int"), some("symptoms")),
                "accumulate": ["age", "symptoms"],
                "merge": {"symptoms": "union"},
                "next": "booking",
            },
            {
                "id": "booking",
                "agents": ["booker"],
                "bindings": {"years": "age"},
                "complete_when": ["slot"],
                "accumulate": ["slot"],
                "next": "end",
            },
            {"id": "faq", "return_behavior": {"kind": "previous"}},
        ],
        "transitions": [
            {"id": "ask", "to_pathway": "faq", "trigger": intent("question", examples=("How does this work?",))},
            {
                "id": "stop",
                "to_pathway": "end",
                "trigger": intent("stop", examples=("Please cancel everything",)),
                "priority": 9,
            },
        ],
        "agents": {
            "booker": {
                "name": "Booker",
                "signature": signature(field("slot"), inputs=(field("years", "int"), some("symptoms"))),
            }
        },
    }


def broken(change: Callable[[Draft], Any]) -> Draft:
    """The sound journey after ``change``."""
    draft = copy.deepcopy(sound())
    change(draft)
    return draft


def pathway(draft: Draft, name: str) -> Draft:
    found: Draft = next(p for p in draft["pathways"] if p["id"] == name)
    return found


def transition(draft: Draft, name: str) -> Draft:
    found: Draft = next(t for t in draft["transitions"] if t["id"] == name)
    return found


def output(draft: Draft, pathway_id: str, name: str) -> Draft:
    found: Draft = next(f for f in pathway(draft, pathway_id)["signature"]["outputs"] if f["name"] == name)
    return found


def booker_input(draft: Draft, name: str) -> Draft:
    found: Draft = next(f for f in draft["agents"]["booker"]["signature"]["inputs"] if f["name"] == name)
    return found
