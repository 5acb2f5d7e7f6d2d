"""Uses of hooks that preflight finds wrong: code, place, and the change that brings them into a sound draft."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.journeys.preflight.drafts import Draft

Change = Callable[[Draft], Any]


def hook(event: str, name: str, **params: Any) -> Change:
    return lambda d: d.update(hooks=[{"event": event, "hook": name, "params": params}])


HOOK_ERRORS: dict[str, tuple[str, str, Change]] = {
    "a hook that is not there": ("unknown_hook", "hooks[0].hook", hook("pre_message_process", "block_word")),
    "a hook that nothing is like": ("unknown_hook", "hooks[0].hook", hook("pre_message_process", "zzz")),
    "a hook at an event of no use": ("hook_event", "hooks[0].event", hook("post_transition", "limit_turns")),
    "a parameter out of bounds": ("hook_params", "hooks[0].params.turns", hook("pre_message_process", "limit_turns", turns=0)),
    "a parameter that is none": ("hook_params", "hooks[0].params.zeal", hook("pre_message_process", "limit_turns", zeal=1)),
}
HOOK_WARNINGS: dict[str, tuple[str, str, Change]] = {
    "a hook that asks for what nobody brings": (
        "hook_names",
        "hooks[0].params.fields.agee",
        hook("pre_transition", "require_fields", fields=["agee"], to=["booking"]),
    ),
    "a hook that guards no pathway": (
        "hook_names",
        "hooks[0].params.to.nowhere",
        hook("pre_transition", "require_fields", fields=["age"], to=["booking", "nowhere"]),
    ),
}
