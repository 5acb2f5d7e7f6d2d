"""The strategies by name. A new one is one file and one line here, or an entry point of the group ``kaizen.strategies``."""

from __future__ import annotations

from typing import Any, Protocol

from agents.core.catalog import Catalog
from agents.core.runtime.context import RunContext
from agents.core.runtime.errors import RuntimeFault
from agents.core.spec.agent import AgentSpec

GROUP = "kaizen.strategies"
STRATEGIES: dict[str, str] = {
    "single_shot": "agents.core.strategies.single_shot:SingleShot",
    "chain_of_thought": "agents.core.strategies.chain_of_thought:ChainOfThought",
    "react": "agents.core.strategies.react:ReAct",
    "planning": "agents.core.strategies.planning:Planning",
    "pev": "agents.core.strategies.pev:PEV",
    "tree_of_thoughts": "agents.core.strategies.tree_of_thoughts:TreeOfThoughts",
    "autonomous": "agents.core.strategies.autonomous:Autonomous",
    "rag_research": "agents.core.strategies.rag_research:RAGResearch",
    "code_generation": "agents.core.strategies.code_generation:CodeGeneration",
    "memory": "agents.core.strategies.memory:Memory",
    "vision": "agents.core.strategies.vision:Vision",
    "transcription": "agents.core.strategies.transcription:Transcription",
    "batch": "agents.core.strategies.batch:Batch",
    "resilient": "agents.core.strategies.resilient:Resilient",
    "streaming_chat": "agents.core.strategies.streaming_chat:StreamingChat",
    "self_reflection": "agents.core.strategies.self_reflection:SelfReflection",
    "human_approval": "agents.core.strategies.human_approval:HumanApproval",
}


class Strategy(Protocol):
    """A way of getting from inputs to outputs. ``Params`` validates the spec's ``strategy_params`` and draws their form.

    ``provides``: outputs that the strategy fills itself where a signature has them, name to meaning; a model answers the rest.
    """

    title: str
    Params: type[Any]  # a pydantic model
    provides: dict[str, str]

    async def run(self, ctx: RunContext, spec: AgentSpec, values: dict[str, Any], params: Any) -> dict[str, Any]:
        """The validated outputs of ``spec.signature`` for its validated inputs."""
        ...


class UnknownStrategy(RuntimeFault):
    code = "unknown_strategy"


def get_strategy(name: str) -> Strategy:
    """The strategy, imported on first use. Raises ``UnknownStrategy`` that lists the known names."""
    return _CATALOG.get(name)


def strategy_names() -> dict[str, str]:
    """Every name with its dotted place. Raises ``ValueError`` when a third party takes a name that is in use."""
    return _CATALOG.names()


_CATALOG: Catalog[Strategy] = Catalog("strategy", STRATEGIES, UnknownStrategy, GROUP)
