"""Places in a journey, as paths (``pathways[booking].agents``) and in the words that people read."""

from __future__ import annotations

import re

_PART = re.compile(r"([^.\[\]]+)|\[([^\]]*)\]")
_NOUNS = {
    "pathways": "Pathway",
    "transitions": "Transition",
    "agents": "Agent",
    "inputs": "Input",
    "outputs": "Output",
    "fields": "Field",
    "variables": "Variable",
    "context": "Context field",
    "tools": "Tool",
    "context_update": "Update of",
    "hooks": "Hook",
}
_WORDS = {
    "intent_cache_s": "Cache of intents",
    "max_context_bytes": "Most bytes of context",
    "session_ttl_s": "Lifetime of a session",
    "timeout_s": "Time limit",
    "budget_microusd": "Budget",
    "on_error": "When it fails",
    "next": "Next pathway",
    "entry": "Entry pathway",
    "to_pathway": "Target",
    "from_pathways": "From",
    "accumulate": "Gathered fields",
    "push": "Remembers where it came from",
    "hand_over": "Hand-over",
}


def split_path(path: str) -> list[tuple[str, bool]]:
    """The parts of a path and whether each stands in brackets, that is, names an item."""
    return [(plain or item, not plain) for plain, item in _PART.findall(path)]


def describe_place(path: str) -> str:
    """``pathways[booking].next`` as ``Pathway booking · Next pathway``; the whole journey for an empty path."""
    told: list[str] = []
    parts = split_path(path)
    for n, (part, is_item) in enumerate(parts):
        named = n + 1 < len(parts) and (parts[n + 1][1] or (part == "agents" and n == 0))
        if is_item or (n == 1 and parts[0][0] == "agents" and not parts[0][1]):
            told[-1] = f"{told[-1]} {part}"
        elif named:
            told.append(_NOUNS.get(part, describe_word(part)))
        else:
            told.append(describe_word(part))
    return " · ".join(told) or "The whole journey"


def describe_word(word: str) -> str:
    """The name of a field of the spec in words."""
    return _WORDS.get(word) or word.replace("_", " ").capitalize()


_NOUN_OF = {
    "transitions": "transition",
    "agents": "agent",
    "patterns": "pattern",
    "guidelines": "guideline",
    "variables": "field",
    "context": "field",
    "hooks": "hook",
}
_FIELDS = {"inputs", "outputs", "fields", "accumulate", "merge", "bindings", "complete_when"}


def noun_of(path: str) -> str:
    """What kind of thing a place is about: pathway, transition, field, guideline, agent, pattern, hook or setting."""
    parts = split_path(path)
    names = [part for part, is_item in parts if not is_item]
    if not parts:
        return "setting"
    if names[-1] == "guidelines":
        return "guideline"
    if any(name in _FIELDS for name in names):
        return "field"
    if parts[0][0] == "pathways":
        return "pathway"
    return _NOUN_OF.get(parts[0][0], "setting")
