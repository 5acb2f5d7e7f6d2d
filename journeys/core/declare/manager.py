"""A declared journey as one runs it from Python: agents registered by id, then a session in memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from agents.core.declare.agent import default_models, runnable_spec
from agents.core.runtime.ports import Models, Tools
from agents.core.spec.agent import AgentSpec
from agents.core.spec.errors import InvalidSpec
from agents.core.spec.pipeline import PipelineSpec
from journeys.core.declare.moves import told
from journeys.core.declare.session import InMemorySession, TurnFailed, TurnResult
from journeys.core.hooks.registry import HookRegistry
from journeys.core.spec import JourneySpec


class Manager:
    """Holds the agents of one journey, its hooks of Python use (``hooks.register(event, fn)``) and, once started, a session."""

    def __init__(
        self,
        spec: JourneySpec,
        session_id: str,
        *,
        models: Models | None = None,
        tools: Tools | None = None,
        local: Mapping[str, Any] | None = None,
    ):
        self._spec = spec
        self._session_id = session_id
        self._models, self._tools, self._local = models, tools, local
        self._registered: dict[str, AgentSpec | PipelineSpec] = {}
        self.hooks = HookRegistry()
        self.session: InMemorySession | None = None

    def register_agent(self, agent_id: str, agent: Any) -> None:
        """Gives the journey the agent that its pathways call ``agent_id``; a later one replaces an earlier one.

        Takes effect with the next ``start``. Raises ``ValueError`` for an id that no pathway names.
        """
        wanted = sorted({name for pathway in self._spec.pathways for name in pathway.agents})
        if agent_id not in wanted:
            raise ValueError(f"no pathway names the agent {agent_id!r}; the pathways name: {', '.join(wanted) or 'none'}")
        self._registered[agent_id] = runnable_spec(agent)

    def linked(self) -> JourneySpec:
        """The journey with every agent it names. Raises ``InvalidSpec`` for those that nobody registered."""
        agents = {**self._spec.agents, **self._registered}
        known = ", ".join(sorted(agents)) or "none"
        problems = [
            {"where": f"{pathway.id}.agents", "message": f"{name!r} is not a registered agent; registered are: {known}"}
            for pathway in self._spec.pathways
            for name in pathway.agents
            if name not in agents
        ]
        if problems:
            raise InvalidSpec(problems=problems)  # type: ignore[arg-type]
        try:
            return JourneySpec.model_validate({**self._spec.__dict__, "agents": agents})
        except ValidationError as error:
            raise InvalidSpec(problems=[{"where": "", "message": told(error)}]) from None

    async def start(self, initial_context: Mapping[str, Any] | None = None) -> TurnResult:
        """Opens the session, anew if it was open."""
        self.session = InMemorySession(
            self.linked(),
            models=self._models or default_models(),
            tools=self._tools,
            local=self._local,
            session_id=self._session_id,
            hooks=self.hooks,
        )
        return await self.session.start(initial_context)

    async def process_message(self, message: str) -> TurnResult:
        if self.session is None:
            raise TurnFailed("the journey has not been started; await journey.start() first", "not_started")
        return await self.session.process_message(message)
