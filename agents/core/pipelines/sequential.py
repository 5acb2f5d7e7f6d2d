"""Sequential: one member after the other; each reads what those before it brought."""

from __future__ import annotations

from typing import Any

from agents.core.pipelines.team import Team
from agents.core.spec.types import Frozen


class SequentialParams(Frozen):
    """Nothing to choose: the order is that of the members."""


class Sequential:
    """The members in their order. Where two bring the same field, the later one's stands."""

    title = "One after the other"
    Params = SequentialParams

    async def run(self, team: Team, params: SequentialParams) -> dict[str, Any]:
        outputs: dict[str, Any] = {}
        for member in team.members:
            outputs.update(await team.ask(team.ctx.child(member.name), member, outputs))
        return outputs
