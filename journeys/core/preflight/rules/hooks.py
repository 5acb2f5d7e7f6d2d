"""Hooks: names, events and parameters by the catalog, and what their parameters name of the journey."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from typing import Any

from journeys.core.hooks.catalog import UnknownHook, get_hook, hook_names, hook_problems
from journeys.core.names import END
from journeys.core.preflight.report import Finding, Fix, Focus, clear_field, error, set_field, warning
from journeys.core.preflight.scope import Scope
from journeys.core.spec import HookUse

_FOCUS = Focus("journey", "", "hooks")


def check(scope: Scope) -> Iterator[Finding]:
    uses: Sequence[HookUse] = getattr(scope.view.head, "hooks", ())
    for n, use in enumerate(uses):
        rest = [other.model_dump(mode="json") for m, other in enumerate(uses) if m != n]
        away = set_field("Take the hook out", "hooks", rest)
        try:
            hook = get_hook(use.hook)
        except UnknownHook:
            yield _unknown(n, use, away)
            continue
        for problem in hook_problems(use):
            if problem["where"] == "event":
                yield _misplaced(n, use, hook.events, away)
            else:
                yield _unfit(n, use, problem["where"].split(".")[1:], problem["message"], away)
        yield from _names(scope, n, use, hook.Params)


def _unknown(n: int, use: HookUse, away: Fix) -> Finding:
    known = sorted(hook_names())
    near = [set_field(f"Use {name!r}", f"hooks[{n}].hook", name) for name in difflib.get_close_matches(use.hook, known, n=1)]
    what = f"The hook {use.hook!r} at {use.event} is in no catalog."
    return error("unknown_hook", f"hooks[{n}].hook", _FOCUS, what, f"Choose one of: {', '.join(known)}.", *near, away)


def _misplaced(n: int, use: HookUse, events: Sequence[str], away: Fix) -> Finding:
    moves = [set_field(f"Call it at {event}", f"hooks[{n}].event", event) for event in events[:2]]
    what = f"The hook {use.hook!r} has nothing to do at {use.event}."
    return error("hook_event", f"hooks[{n}].event", _FOCUS, what, f"Its events are: {', '.join(events)}.", *moves, away)


def _unfit(n: int, use: HookUse, place: Sequence[str], told: str, away: Fix) -> Finding:
    """A parameter that is none, or whose value does not fit: what has a default can fall back on it."""
    base, name = f"hooks[{n}].params", place[0] if place else ""
    fixes = [away]
    if name in use.params and _fits(use, {key: value for key, value in use.params.items() if key != name}):
        known = name in get_hook(use.hook).Params.model_fields
        fixes.insert(0, clear_field(f"Use the default of {name!r}" if known else f"Remove {name!r}", f"{base}.{name}"))
    elif _fits(use, {}):
        fixes.insert(0, clear_field("Use its defaults", base))
    what = f"The parameter {'.'.join(place) or 'set'} of the hook {use.hook!r}: {told}."
    where = ".".join((base, *place))
    return error("hook_params", where, _FOCUS, what, "Change it to what the hook takes.", *fixes)


def _fits(use: HookUse, params: dict[str, Any]) -> bool:
    return all(not p["where"].startswith("params") for p in hook_problems(use.model_copy(update={"params": params})))


def _names(scope: Scope, n: int, use: HookUse, params: Any) -> Iterator[Finding]:
    """A parameter whose schema says ``names`` (``pathway`` or ``field``) lists such names of the journey."""
    known = {"pathway": [*scope.view.nodes, END], "field": sorted({*scope.types, *scope.writers})}
    for key, info in params.model_fields.items():
        kind = (info.json_schema_extra or {}).get("names", "")
        given = use.params.get(key)
        if kind not in known or not isinstance(given, list | tuple):
            continue
        for name in given:
            if not isinstance(name, str) or name in known[kind]:
                continue
            near = difflib.get_close_matches(name, known[kind], n=1)
            rest = [near[0] if near and other == name else other for other in given if near or other != name]
            fix = set_field(f"Use {near[0]!r}" if near else f"Take {name!r} out", f"hooks[{n}].params.{key}", rest)
            what = f"The hook {use.hook!r} names {name!r}, which is no {'pathway' if kind == 'pathway' else 'context field'}."
            how = f"Choose one of: {', '.join(known[kind]) or 'none yet'}."
            yield warning("hook_names", f"hooks[{n}].params.{key}.{name}", _FOCUS, what, how, fix)
