"""The demo model's mind: rules of the agent first, then guesses by type. It is no AI and says so; it never leaves the process.

Owns what a ``DemoRule`` means (its docstring is the contract) and how an intent is chosen; guesses are ``demo_guess``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from agents.core.llm.demo_guess import empty, guess_outputs, message_of
from agents.core.llm.demo_text import fill, is_present, look_up, number_of
from agents.core.llm.nearest import Nearest
from agents.core.llm.port import ChatRequest, Task
from agents.core.spec.agent import DemoRule
from agents.core.spec.describe import nullable_type
from agents.core.spec.types import EnumType

REJECTED = "rejected"


@dataclass(frozen=True)
class Thought:
    """What the demo model does: call ``tool`` with ``arguments``, or answer with ``outputs``."""

    outputs: dict[str, Any] = field(default_factory=dict)
    tool: str = ""
    arguments: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class _Exchange:
    """Results of tools in this request by name, the newest tool, and its error code."""

    results: dict[str, Any]
    newest: str = ""
    error: str = ""
    message: str = ""


def think(request: ChatRequest, nearest: Nearest) -> Thought:
    """Decides by rules only. Needs ``request.task``: the demo model reads no prompt."""
    task = request.task
    if task is None:
        return Thought(outputs={})
    chosen = choose_intent(task, nearest)
    if chosen is not None:
        return Thought(outputs=chosen)
    exchange = _exchange(request)
    thought = _by_rules(task, exchange, nearest, may_call=request.tool_choice != "none")
    if thought is not None:
        return thought
    if exchange.error:
        told = _told(task, f"That did not work: {exchange.message}")
        return Thought(outputs=guess_outputs(task.signature, task.values, nearest, known=told, bare=bool(told)))
    return Thought(outputs=guess_outputs(task.signature, task.values, nearest))


def choose_intent(task: Task, nearest: Nearest) -> dict[str, Any] | None:
    """Outputs of an intent detection: patterns first, then the nearest example, else ``none``; ``None``: it is not one."""
    intents = task.values.get("intents")
    kind = next((f.type for f in task.signature.outputs if f.name == "intent"), None)
    if not isinstance(intents, list) or not isinstance(kind, EnumType) or not all(isinstance(i, dict) for i in intents):
        return None
    message = str(task.values.get("message", ""))
    for rule in task.demo:
        if _search([w for w in rule.when if w.startswith("re:")], message) is not None:
            return _intent(task, str(rule.set.get("intent", "none")), 0.95, "a pattern of the demo model fits")
    phrases = _phrases(task, intents)
    if not phrases or not message.strip():
        return _intent(task, "none", 0.9, "no example of an intent is near")
    scores = nearest.likeness(message, [example for _, example in phrases])
    ranked = sorted(zip(scores, phrases, strict=True), key=lambda each: -each[0])
    score, (name, example) = ranked[0]
    if score < nearest.near:
        return _intent(task, "none", round(min(0.95, 1 - score / 2), 2), "no example of an intent is near")
    second = next(((other, likeness) for likeness, (other, _) in ranked if other != name), ("none", 0.0))
    known = _intent(task, name, _sure(score, nearest), f"near to the example: {example}")
    runner_up = {"runner_up": second[0], "runner_up_confidence": _sure(second[1], nearest)}
    return {**known, **{field: value for field, value in runner_up.items() if field in known}}


def _phrases(task: Task, intents: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Every example with the intent it belongs to: those of the question and, for answers that are no intent, of the rules."""
    named = {intent["name"] for intent in intents}
    found = [(intent["name"], example) for intent in intents for example in _examples(intent)]
    others = [(str(rule.set.get("intent", "none")), rule) for rule in task.demo]
    return found + [(n, w) for n, rule in others if n not in named for w in rule.when if not w.startswith("re:")]


def _sure(score: float, nearest: Nearest) -> float:
    """A likeness as a confidence: from 0.8 on for what is near, less and less for what is not."""
    if score < nearest.near:
        return round(max(0.0, 0.8 * score / max(1e-6, nearest.near)), 2)
    room = max(1e-6, 1 - nearest.near)
    return round(min(0.99, 0.8 + 0.19 * (score - nearest.near) / room), 2)


def _examples(intent: Mapping[str, Any]) -> list[str]:
    own = [e for e in intent.get("examples", []) if not e.startswith("re:")]
    return own or [str(intent.get("meaning") or intent["name"]).replace("_", " ")]


def _intent(task: Task, name: str, confidence: float, evidence: str) -> dict[str, Any]:
    known = {"intent": name, "confidence": confidence, "evidence": evidence}
    return {f.name: known.get(f.name, empty(f)) for f in task.signature.outputs}


def _by_rules(task: Task, exchange: _Exchange, nearest: Nearest, *, may_call: bool) -> Thought | None:
    message = message_of(task.signature, task.values)
    outputs: dict[str, Any] = {}
    fitted = False
    for rule in task.demo:
        scopes = _scopes(task, exchange, outputs, {})
        groups = _fits(rule, message, exchange, scopes, nearest)
        if groups is None or (rule.call and not may_call):
            continue
        fitted = True
        scopes = _scopes(task, exchange, outputs, groups)
        if rule.call:
            return Thought(tool=rule.call, arguments=_given(fill(rule.args, scopes)))
        _merge(outputs, fill(dict(rule.set), scopes))
        if not rule.go_on:
            break
    if not fitted:
        return None
    types = {f.name: nullable_type(f) for f in task.signature.outputs}
    known = {name: number_of(types[name], value) for name, value in outputs.items() if name in types}
    rest = guess_outputs(task.signature, task.values, nearest, known=known, bare=True)
    return Thought(outputs=rest)


def _fits(
    rule: DemoRule, message: str, exchange: _Exchange, scopes: list[Mapping[str, Any]], nearest: Nearest
) -> dict[str, Any] | None:
    """The groups of the pattern that fits, ``{}`` when it fits without one, ``None`` when it does not fit."""
    known = all(is_present(look_up(path, scopes)) for path in rule.if_known)
    unknown = not any(is_present(look_up(path, scopes)) for path in rule.unless_known)
    if not (known and unknown and _follows(rule, exchange)):
        return None
    if not rule.when:
        return {}
    groups = _search([w for w in rule.when if w.startswith("re:")], message)
    if groups is not None:
        return groups
    return {} if nearest.fits(message, [w for w in rule.when if not w.startswith("re:")]) else None


def _follows(rule: DemoRule, exchange: _Exchange) -> bool:
    """Whether the rule belongs to this moment: before any tool, or after its tool answered or was rejected."""
    if rule.after != exchange.newest:
        return False
    return exchange.error == (REJECTED if rule.rejected else "")


def _search(patterns: list[str], message: str) -> dict[str, Any] | None:
    message = message.replace("’", "'")  # as phones write it
    for pattern in patterns:
        found = re.search(pattern.removeprefix("re:"), message, re.IGNORECASE)
        if found:
            return {name: value.strip() for name, value in found.groupdict().items() if value is not None}
    return None


def _scopes(task: Task, exchange: _Exchange, outputs: dict[str, Any], groups: dict[str, Any]) -> list[Mapping[str, Any]]:
    context = task.values.get("context")
    return [groups, outputs, exchange.results, task.values, context if isinstance(context, dict) else {}]


def _merge(outputs: dict[str, Any], new: dict[str, Any]) -> None:
    """What an earlier rule set stays; lists are extended without doubles and objects merged."""
    for name, value in new.items():
        old = outputs.get(name)
        if isinstance(old, list) and isinstance(value, list):
            outputs[name] = old + [item for item in value if item not in old]
        elif isinstance(old, dict) and isinstance(value, dict):
            outputs[name] = {**value, **old}
        elif not is_present(old):
            outputs[name] = value


def _given(arguments: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in arguments.items() if value is not None}


def _exchange(request: ChatRequest) -> _Exchange:
    names = {call.id: call.name for m in request.messages for call in m.tool_calls}
    results: dict[str, Any] = {}
    newest = error = message = ""
    for m in request.messages:
        if m.role != "tool":
            continue
        newest = names.get(m.tool_call_id, "")
        results[newest] = _parsed(m.content)
        fault = results[newest].get("error") if isinstance(results[newest], dict) else None
        error = fault.get("code", "failed") if isinstance(fault, dict) else ""
        message = fault.get("message", "") if isinstance(fault, dict) else ""
    return _Exchange(results, newest, error, message)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def _told(task: Task, sentence: str) -> dict[str, Any]:
    return {"response": sentence} if any(f.name == "response" for f in task.signature.outputs) else {}
