"""Asks which intent a message has: the memory of earlier answers first, then the model.

An answer is used again only for exactly the same question: the same message at the same stage, after the same words, over the
same intents. What the memory says is a step of the run like any other, so that a replay never depends on it.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from agents.core.runtime.context import RunContext
from agents.core.runtime.effects import Effect
from agents.core.runtime.ports import LocalWork
from agents.core.strategies import run_agent
from journeys.core.engine.events import DetectIntent, IntentDetected
from journeys.core.engine.intents import Classification
from trust.core.canonical import canonical_json

RECALL = "journeys.recall_intent"


class IntentsInMemory:
    """The memory of detected intents that lives as long as its object; the oldest of too many are forgotten."""

    MOST = 1000

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[datetime, dict[str, Any]]] = OrderedDict()

    def recall(self, key: str, now: datetime) -> dict[str, Any] | None:
        until, found = self._kept.get(key, (now, {}))
        return found if until > now else None

    def remember(self, key: str, found: Mapping[str, Any], keep_s: float, now: datetime) -> None:
        self._kept[key] = (now + timedelta(seconds=keep_s), dict(found))
        self._kept.move_to_end(key)
        while len(self._kept) > self.MOST:
            self._kept.popitem(last=False)


async def detect(ctx: RunContext, effect: DetectIntent) -> tuple[IntentDetected, dict[str, Any] | None]:
    """The intent, and what the turn's commit is to remember of it: key, answer and for how long; ``None``: nothing."""
    if not effect.keep_s:
        return IntentDetected(Classification.from_outputs(await _ask(ctx, effect))), None
    data = {"key": question_key(effect)}
    known = await ctx.step("recall", kind="state", effect=Effect.LOCAL, request=data, local=LocalWork(RECALL, data))
    if known:
        return IntentDetected(Classification.from_outputs(known), from_cache=True), None
    found = await _ask(ctx, effect)
    return IntentDetected(Classification.from_outputs(found)), {**data, "found": found, "keep_s": effect.keep_s}


def question_key(effect: DetectIntent) -> str:
    """The same for the same question to the same detector, and for no other."""
    asked = {"agent": effect.agent.model_dump(mode="json"), "values": dict(effect.values)}
    return hashlib.sha256(canonical_json(asked)).hexdigest()


async def _ask(ctx: RunContext, effect: DetectIntent) -> dict[str, Any]:
    return await run_agent(ctx.child("intent"), effect.agent, dict(effect.values))
