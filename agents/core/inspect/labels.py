"""What steps and their scopes are called for people. A path's words come from here and from nowhere else."""

from __future__ import annotations

from agents.core.runtime.steps import Step

ICONS = {
    "model": "sparkles",
    "tool": "tool",
    "question": "message-circle",
    "approval": "shield-check",
    "state": "database",
    "commit": "database",
    "note": "writing",
    "progress": "list-details",
    "timeout": "clock",
    "hook": "plug",
}
SCOPES = {
    "intent": "Understand the message",
    "pathway": "Answer in the pathway",
    "agent": "Agent",
}
NAMES = {
    "model": "Ask the model",
    "load": "Load the conversation",
    "recall": "Look for a remembered intent",
    "commit": "Save the turn",
    "progress": "Progress",
}


def path_pairs(path: str) -> list[tuple[str, str]]:
    """``agent/0/model/1`` as ``[("agent", "0"), ("model", "1")]``."""
    parts = path.split("/")
    pairs = [(parts[i], parts[i + 1]) for i in range(0, len(parts) - 1, 2)]
    return pairs or [(path, "0")]


def scope_of(path: str) -> str:
    """The scope that a step lies in; empty at the root."""
    return "/".join(path.split("/")[:-2])


def scope_label(name: str, number: str) -> str:
    return _counted(SCOPES.get(name, name.replace("_", " ").capitalize()), number)


def step_label(step: Step) -> str:
    name, number = path_pairs(step.path)[-1]
    request = step.request if isinstance(step.request, dict) else {}
    if step.kind == "tool" and request.get("tool"):
        return str(request["tool"])
    if step.kind == "progress" and request.get("message"):
        return str(request["message"])
    return _counted(NAMES.get(name, name.replace("_", " ").capitalize()), number)


def step_icon(step: Step) -> str:
    return ICONS.get(step.kind, "circle-dot")


def _counted(label: str, number: str) -> str:
    return label if number == "0" or not number.isdecimal() else f"{label} ({int(number) + 1})"
