"""One call of a tool by a scripted model in a whole run, and what the run's journal says of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agents.adapters.llm.providers import Providers
from agents.adapters.llm.scripted import ScriptedModel
from agents.core.llm.port import ToolCall
from agents.core.runtime.events import EventType
from agents.core.runtime.memory import CatalogTools, MemoryJournal, memory_ports, run_in_memory
from agents.core.runtime.ports import Egress, Ports, Tool
from agents.core.strategies import run_agent_spec
from tests.agents.signatures import GOOD, INPUTS, agent

STEP = "agent/0/tool/0"


@dataclass(frozen=True)
class Called:
    """``result`` as the model read it; ``error`` as the journal has it, empty when the step succeeded."""

    result: Any
    error: dict[str, Any]
    request: dict[str, Any]

    @property
    def code(self) -> str:
        return str(self.error.get("code", ""))

    @property
    def message(self) -> str:
        return str(self.error.get("message", ""))


def ports_for(
    name: str, arguments: dict[str, Any], *, workspace: Path | None, egress: Egress | None, tools: dict[str, Tool] | None = None
) -> Ports:
    call = {"tool_calls": [ToolCall(id="c1", name=name, arguments=arguments).model_dump()]}
    model = ScriptedModel([call, {"json": GOOD}])
    return memory_ports(
        models=Providers({}, instances={"demo": model}), workspace=workspace, egress=egress, tools=CatalogTools(tools or {})
    )


async def call_tool_in_run(
    name: str,
    arguments: dict[str, Any],
    *,
    workspace: Path | None = None,
    egress: Egress | None = None,
    tools: dict[str, Tool] | None = None,
) -> Called:
    """A run whose model calls the tool once, with nobody to ask, and then answers."""
    ports = ports_for(name, arguments, workspace=workspace, egress=egress, tools=tools)
    spec = agent(tools=[{"name": name}], permissions={"mode": "bypass"})
    outcome = await run_in_memory(run_agent_spec, spec, INPUTS, ports)
    assert outcome.output == GOOD, outcome
    journal = ports.journal
    assert isinstance(journal, MemoryJournal)
    ended = [e for e in journal.events if e.path == STEP and e.type in (EventType.STEP_FINISHED, EventType.STEP_FAILED)]
    assert len(ended) == 1, [(e.type, e.path) for e in journal.events]
    started = next((e for e in journal.events if e.path == STEP and "request" in e.payload), None)
    payload = ended[0].payload
    told = json.loads(json.dumps(payload.get("result")))
    return Called(told, payload.get("error", {}), started.payload["request"] if started else {})
