"""The hooks of a session's start, which belongs to no run: those of the catalog, told where the session opens."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from journeys.core.engine.state import JourneyState
from journeys.core.hooks.call import HookCall
from journeys.core.hooks.telling import Hooks
from journeys.core.spec import HookEvent, JourneySpec
from trust.core.errors import Conflict


def tell_start(
    spec: JourneySpec, event: HookEvent, state: JourneyState, user: Mapping[str, Any], *, session: str = ""
) -> list[str]:
    """The notes of the hooks, which go with the greeting. Raises ``Conflict`` with the reason of a veto."""
    hooks = Hooks(spec.hooks)
    if not hooks.hears(event):
        return []
    call = HookCall(event, session, pathway=state.pathway, context=dict(state.context), user=dict(user), reply=spec.greeting)
    told = asyncio.run(hooks.tell_directly(call))
    if told.veto:
        raise Conflict(told.veto)
    return list(told.notes)
