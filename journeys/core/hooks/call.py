"""What a hook hears and what it may say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, get_args

from journeys.core.errors import VetoedStart
from journeys.core.spec import HookEvent

EVENTS: tuple[HookEvent, ...] = get_args(HookEvent)
MAY_VETO: frozenset[str] = frozenset(event for event in EVENTS if event.startswith("pre_"))


@dataclass(frozen=True, slots=True)
class HookCall:
    """One event. ``pathway``: where the conversation stands, or which pathway is at work; ``target`` and ``kind``: of a move.

    ``outputs`` and ``reply`` are there once something answered, ``error`` (``code``, ``message``) once something failed.
    """

    event: HookEvent
    session: str = ""
    turn: int = 0
    pathway: str = ""
    message: str = ""
    history: Sequence[Mapping[str, str]] = ()
    context: Mapping[str, Any] = field(default_factory=dict)
    user: Mapping[str, Any] = field(default_factory=dict)
    target: str = ""
    kind: str = ""
    outputs: Mapping[str, Any] = field(default_factory=dict)
    reply: str = ""
    error: Mapping[str, str] = field(default_factory=dict)

    @property
    def may_veto(self) -> bool:
        return self.event in MAY_VETO


@dataclass(frozen=True, slots=True)
class Verdict:
    """``veto``: the reason, as the person reads it; empty: go on. ``message`` and ``history`` stand in place of the call's
    own, for ``pre_message_process`` only. ``note`` becomes a progress note of the run."""

    veto: str = ""
    message: str | None = None
    history: Sequence[Mapping[str, str]] | None = None
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """What differs from going on."""
        told: dict[str, Any] = {name: value for name in ("veto", "note") if (value := getattr(self, name))}
        if self.message is not None:
            told["message"] = self.message
        if self.history is not None:
            told["history"] = [dict(m) for m in self.history]
        return told

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Verdict:
        return cls(data.get("veto", ""), data.get("message"), data.get("history"), data.get("note", ""))


GO_ON = Verdict()


def Veto(reason: str) -> Verdict:  # noqa: N802 - reads as a word of its own in a hook
    """What a hook of a ``pre_`` event returns to stop it; the person reads ``reason``."""
    if not reason.strip():
        raise ValueError("a veto needs a reason: the person reads it")
    return Verdict(veto=reason)


class Hook(Protocol):
    """A hook of the catalog: pure, so it may run anywhere. ``Params`` validates its parameters and draws their form.

    ``events``: those at which it makes sense.
    """

    title: str
    Params: type[Any]  # a pydantic model
    events: tuple[HookEvent, ...]

    def run(self, call: HookCall, params: Any) -> Verdict: ...


__all__ = ["EVENTS", "GO_ON", "MAY_VETO", "Hook", "HookCall", "Verdict", "Veto", "VetoedStart"]
