"""The hooks by name. A new one is one file and one line here, or an entry point of the group ``kaizen.journey_hooks``."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from agents.core.catalog import Catalog
from agents.core.runtime.errors import RuntimeFault
from journeys.core.hooks.call import Hook
from journeys.core.spec import HookUse
from trust.core.errors import Problem

GROUP = "kaizen.journey_hooks"
HOOKS: dict[str, str] = {
    "block_words": "journeys.core.hooks.block_words:BlockWords",
    "limit_turns": "journeys.core.hooks.limit_turns:LimitTurns",
    "note": "journeys.core.hooks.note:Note",
    "redact_pattern": "journeys.core.hooks.redact_pattern:RedactPattern",
    "require_fields": "journeys.core.hooks.require_fields:RequireFields",
}


class UnknownHook(RuntimeFault):
    code = "unknown_hook"


def get_hook(name: str) -> Hook:
    """The hook, imported on first use. Raises ``UnknownHook`` that lists the known names."""
    return _CATALOG.get(name)


def hook_names() -> dict[str, str]:
    """Every name with its dotted place. Raises ``ValueError`` when a third party takes a name that is in use."""
    return _CATALOG.names()


def hook_problems(use: HookUse) -> list[Problem]:
    """What is wrong with the use of a hook, under the names of its fields; empty when nothing is."""
    try:
        hook = get_hook(use.hook)
    except UnknownHook as error:
        return [{"where": "hook", "message": str(error)}]
    problems: list[Problem] = []
    if use.event not in hook.events:
        known = ", ".join(hook.events)
        problems.append({"where": "event", "message": f"{use.hook} has nothing to do at {use.event}; its events are: {known}"})
    try:
        hook.Params.model_validate(use.params)
    except ValidationError as error:
        for item in error.errors(include_url=False):
            where = ".".join(["params", *map(str, item["loc"])])
            problems.append({"where": where, "message": item["msg"].removeprefix("Value error, ")})
    return problems


def params_of(use: HookUse) -> Any:
    """The validated parameters. Raises ``UnknownHook``, which also tells wrong parameters."""
    hook = get_hook(use.hook)
    try:
        return hook.Params.model_validate(use.params)
    except ValidationError:
        told = "; ".join(f"{p['where']}: {p['message']}" for p in hook_problems(use))
        raise UnknownHook(f"the hook {use.hook} at {use.event} cannot be used: {told}") from None


_CATALOG: Catalog[Hook] = Catalog("hook", HOOKS, UnknownHook, GROUP)
