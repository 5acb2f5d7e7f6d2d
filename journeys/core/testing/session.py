"""The session of a test: in memory, with the tools of its case, every turn's journal kept as a trace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from agents.core.runtime.memory import memory_ports
from agents.core.runtime.ports import Models, Ports
from agents.core.runtime.steps import Step, fold_steps
from journeys.core.declare.session import InMemorySession, TurnResult
from journeys.core.engine.turn import LOAD
from journeys.core.spec import JourneySpec
from journeys.core.testing.doubles import Doubles
from journeys.core.variables import check_variables


class CaseSession(InMemorySession):
    """``around`` are the ports of the run that the test is part of: models, clock, files, the organization's permissions."""

    def __init__(self, spec: JourneySpec, *, models: Models, doubles: Doubles, around: Ports | None = None, session_id: str):
        super().__init__(spec, models=models, tools=doubles, session_id=session_id)
        self._doubles, self._around = doubles, around
        doubles.local.update({**self._local, LOAD: self._load_turn})
        self._variables: dict[str, Any] = {}
        self._kept: Ports | None = None

    def make_ports(self) -> Ports:
        around = self._around
        ports = memory_ports(
            models=self._models,
            tools=self._tools,
            local=self._doubles.local,
            limit_microusd=self.spec.budget_microusd,
            clock=around.clock if around else None,
            egress=around.egress if around else None,
        )
        if around is not None:
            ports = replace(ports, organization=around.organization, outer=around.outer, files=around.files)
        self._kept = ports
        return ports

    async def open(self, context: Mapping[str, Any], variables: Mapping[str, Any]) -> TurnResult:
        """Starts with what is known beforehand, of the conversation and of the person. Raises ``Invalid``."""
        self._variables = check_variables(self.spec, variables)
        return await self.start(context)

    def _load_turn(self, data: dict[str, Any]) -> dict[str, Any]:
        return {**self._load(data), "variables": dict(self._variables)}

    async def steps(self) -> list[Step]:
        """The steps of the turn that was begun last, in their order."""
        return fold_steps(await self._kept.journal.load()) if self._kept else []
