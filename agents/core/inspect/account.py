"""What a run has used, folded from its journal: the numbers of the page, reproducible from the events alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from agents.core.runtime.events import Event, EventType

ENDS = (EventType.RUN_SUCCEEDED, EventType.RUN_FAILED, EventType.RUN_CANCELLED, EventType.RUN_EXPIRED)


@dataclass(slots=True)
class Account:
    """Money in micro-dollars. Steps that a fork took over from its source are on the source's account, not here."""

    spent_microusd: int = 0
    reserved_microusd: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    model_calls: int = 0
    tool_calls: int = 0
    cost_unknown: bool = False

    @property
    def tokens(self) -> int:
        return self.input_tokens + self.output_tokens


def fold_account(events: Iterable[Event]) -> Account:
    """The account after the last of ``events``. A reservation that nothing gave back is spent when the run ends."""
    account, kept = Account(), False
    held: dict[str, int] = {}
    for event in events:
        if event.type is EventType.RUN_QUEUED:
            kept = "forked_from" in event.payload
        elif event.type is EventType.RUN_STARTED:
            kept = False
        elif event.type in ENDS:
            account.spent_microusd += sum(held.values())
            held.clear()
        elif not kept and event.type is EventType.STEP_STARTED:
            _begun(account, held, event)
        elif not kept and event.type in (EventType.STEP_FINISHED, EventType.STEP_FAILED):
            held.pop(event.path, None)
            account.spent_microusd += event.payload.get("lost_microusd", 0)
            _settled(account, event.payload.get("usage", {}))
    account.reserved_microusd = sum(held.values())
    return account


def _begun(account: Account, held: dict[str, int], event: Event) -> None:
    account.spent_microusd += event.payload.get("lost_microusd", 0)
    held[event.path] = event.payload.get("reserved_microusd", 0)
    account.model_calls += event.payload.get("kind") == "model"
    account.tool_calls += event.payload.get("kind") == "tool"


def _settled(account: Account, usage: dict[str, Any]) -> None:
    account.spent_microusd += usage.get("cost_microusd") or 0
    account.input_tokens += usage.get("input_tokens", 0)
    account.output_tokens += usage.get("output_tokens", 0)
    account.cost_unknown = account.cost_unknown or (bool(usage) and usage.get("cost_microusd") is None)
