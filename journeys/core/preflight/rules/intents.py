"""Intents that people's messages cannot be told apart by: the same name twice in one place, examples that are nearly alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations

from pydantic import ValidationError

from agents.core.llm.lexical import LexicalEmbedder
from agents.core.spec.agent import ModelSpec
from journeys.core.preflight.report import Finding, Fix, Focus, clear_field, error, warning
from journeys.core.preflight.scope import Scope
from journeys.core.preflight.view import Edge
from journeys.core.spec import IntentTriggerSpec
from journeys.core.spec.checks import NO_INTENT

NEAR = 0.9  # likeness from which two examples are nearly the same words
_MOST_EXAMPLES = 2000
_EMBEDDER = LexicalEmbedder()
_VECTORS: dict[str, tuple[tuple[int, float], ...]] = {}


def check(scope: Scope) -> Iterator[Finding]:
    edges = [
        e for e in scope.view.edges.values() if isinstance(e.spec.trigger, IntentTriggerSpec) and "trigger" not in e.broken
    ]
    yield from _model(scope)
    for edge in edges:
        yield from _nameless(edge)
    yield from _same(scope, edges)
    yield from _alike(scope, edges)


def _model(scope: Scope) -> Iterator[Finding]:
    try:
        ModelSpec.model_validate(getattr(scope.view.head, "intent_model", {}))
    except ValidationError as wrong:
        for item in wrong.errors(include_url=False):
            key = ".".join(map(str, item["loc"]))
            what = f"The model that detects intents cannot be used: {key}: {item['msg']}."
            clear = clear_field("Use the default", f"intent_model.{item['loc'][0]}")
            focus = Focus("journey", "", "intent_model")
            yield error("intent_model", f"intent_model.{key}", focus, what, "Change it, or use the default.", clear)


def _nameless(edge: Edge) -> Iterator[Finding]:
    intents = _intents(edge)
    for name in intents:
        if name.strip() and name != NO_INTENT:
            continue
        rest = [i for i in intents if i.strip() and i != NO_INTENT] or [edge.spec.to_pathway]
        where = f"transitions.{edge.id}.trigger.intents"
        what = f"The transition {edge.id!r} waits for the intent {name!r}, which says that a message has none."
        fix = Fix(f"Use {', '.join(rest)}", ({"op": "set_field", "path": where, "value": rest},))
        yield error("no_intent", where, Focus("transition", edge.id, "trigger"), what, "Give the intent another name.", fix)


def _same(scope: Scope, edges: list[Edge]) -> Iterator[Finding]:
    """One name in two transitions that are asked in one place: only the first of them is ever taken."""
    by_name: defaultdict[str, list[Edge]] = defaultdict(list)
    for edge in edges:
        for name in dict.fromkeys(_intents(edge)):
            by_name[name].append(edge)
    for name, users in by_name.items():
        for first, second in combinations(users, 2):
            if first.spec.to_pathway == second.spec.to_pathway and first.spec.guard == second.spec.guard:
                continue
            shared = set(scope.view.sources(first)) & set(scope.view.sources(second))
            if not shared or first.spec.guard or second.spec.guard:
                continue
            yield _collision(scope, name, first, second, sorted(shared))


def _collision(scope: Scope, name: str, first: Edge, second: Edge, shared: list[str]) -> Finding:
    fresh = f"{name} {second.spec.to_pathway}".replace(" ", "_")
    renamed = [fresh if i == name else i for i in _intents(second)]
    path = f"transitions.{second.id}.trigger.intents"
    fix = Fix(f"Call the second one {fresh!r}", ({"op": "set_field", "path": path, "value": renamed},))
    where = ", ".join(shared[:3]) + (" and more" if len(shared) > 3 else "")
    what = f"The intent {name!r} leads to {first.spec.to_pathway!r} and to {second.spec.to_pathway!r} from {where}."
    how = "Give one of them another intent, other pathways to start from, or a guard."
    return error("intent_collision", path, Focus("transition", second.id, "trigger"), what, how, fix)


def _alike(scope: Scope, edges: list[Edge]) -> Iterator[Finding]:
    """Examples of different intents that are nearly the same words, where both are asked."""
    rows = [(e, text) for e in edges for text in dict.fromkeys(_examples(e)) if text.strip()][:_MOST_EXAMPLES]
    if len({e.id for e, _ in rows}) < 2:
        return
    told: set[tuple[str, str]] = set()
    for n, m in _near_pairs(tuple(text for _, text in rows)):
        (first, mine), (second, theirs) = rows[n], rows[m]
        pair = (first.id, second.id)
        if first.id == second.id or pair in told or set(_intents(first)) & set(_intents(second)):
            continue
        if not set(scope.view.sources(first)) & set(scope.view.sources(second)):
            continue
        told.add(pair)
        path = f"transitions.{second.id}.trigger.examples"
        rest = [text for text in _examples(second) if text != theirs]
        fix = Fix(f"Take {theirs!r} out of {second.id!r}", ({"op": "set_field", "path": path, "value": rest},))
        names = _intents(first)[0], _intents(second)[0]
        what = f"{mine!r} is an example of {names[0]!r}, and {theirs!r} of {names[1]!r}: nearly the same words."
        how = "Keep it where it belongs; a message like it would be read either way."
        yield warning("examples_alike", path, Focus("transition", second.id, "trigger"), what, how, fix)


@lru_cache(maxsize=64)  # most edits change no example
def _near_pairs(texts: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    """The pairs whose likeness is at least ``NEAR``, by an inverted index: most texts share nothing that counts."""
    found: list[tuple[int, int]] = []
    index: defaultdict[int, list[tuple[int, float]]] = defaultdict(list)
    for m, vector in enumerate(map(_vector, texts)):
        scores: defaultdict[int, float] = defaultdict(float)
        for slot, weight in vector:
            for n, other in index[slot]:
                scores[n] += weight * other
            index[slot].append((m, weight))
        found += [(n, m) for n in sorted(n for n, score in scores.items() if score >= NEAR)]
    return tuple(found)


def _vector(text: str) -> tuple[tuple[int, float], ...]:
    found = _VECTORS.get(text)
    if found is None:
        if len(_VECTORS) > 20_000:
            _VECTORS.clear()
        (dense,) = _EMBEDDER.embed([text])
        found = _VECTORS[text] = tuple((n, weight) for n, weight in enumerate(dense) if weight)
    return found


def _intents(edge: Edge) -> tuple[str, ...]:
    trigger = edge.spec.trigger
    return trigger.intents if isinstance(trigger, IntentTriggerSpec) else ()


def _examples(edge: Edge) -> tuple[str, ...]:
    trigger = edge.spec.trigger
    return trigger.examples if isinstance(trigger, IntentTriggerSpec) else ()
