"""JourneySpec: pathways, the transitions between them, and the agents that answer in them."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from agents.core.spec.agent import AgentSpec
from agents.core.spec.signature import Name, SignatureSpec
from agents.core.spec.types import Frozen
from journeys.core.check import check_names
from journeys.core.names import ANYWHERE

PathwayId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]
MergeRule = Literal["replace", "append", "union", "sum", "merge", "max", "min"]


class IntentTriggerSpec(Frozen):
    """Fires when the model says that the message means one of ``intents`` with at least ``confidence_threshold``.

    ``demo_patterns`` (``re:`` and a pattern) are read by the demo model only, which is no AI; no other model sees them.
    """

    kind: Literal["intent"] = "intent"
    intents: tuple[str, ...] = Field(min_length=1)
    description: str = ""
    examples: tuple[str, ...] = ()
    demo_patterns: tuple[str, ...] = ()
    confidence_threshold: float = Field(default=0.7, ge=0, le=1)


TriggerSpec = Annotated[IntentTriggerSpec, Field()]


class TransitionSpec(Frozen):
    """A move to ``to_pathway`` (or ``end``) from one of ``from_pathways`` (``*``: from anywhere).

    ``push`` keeps the pathway that was left on the stack, so that a return behaviour can come back to it.
    Higher ``priority`` is asked first; equal priorities in declared order.
    """

    trigger: TriggerSpec
    to_pathway: str
    from_pathways: tuple[str, ...] = (ANYWHERE,)
    priority: int = 0
    push: bool = True


class ReturnSpec(Frozen):
    """Where a finished pathway goes back to: the one below it on the stack, or ``target``."""

    kind: Literal["previous", "specific"]
    target: str = ""
    preserve_context: bool = True
    max_depth: int = Field(default=5, ge=1, le=100)


class PathwaySpec(Frozen):
    """One stage of the conversation.

    ``agents`` run in order; each gets its inputs by name from the message (``message``, ``history``, ``context``), the
    accumulated context, the earlier agents' outputs, and by ``bindings``: input field -> source name.
    ``accumulate`` names the output fields that enter the context; ``merge`` says how (default: replace).
    ``complete_when`` names output or context fields that must all be truthy; empty: every field of ``accumulate``
    (or, without any, every required output) is present.
    """

    id: PathwayId
    title: str = ""
    signature: SignatureSpec | None = None
    agents: tuple[str, ...] = ()
    bindings: dict[str, str] = {}
    guidelines: tuple[str, ...] = ()
    accumulate: tuple[str, ...] = ()
    merge: dict[str, MergeRule] = {}
    complete_when: tuple[str, ...] = ()
    next: str = ""
    return_behavior: ReturnSpec | None = None
    response_field: str = "response"
    suggestions: tuple[str, ...] = ()


class JourneySpec(Frozen):
    """A conversation graph.

    ``agents`` holds the whole spec of every agent that the pathways name once the journey is linked (published,
    started); a draft may leave it empty. The digest of a linked journey therefore covers all that can run.
    """

    kind: Literal["journey"] = "journey"
    schema_version: Literal[1] = 1
    name: str = Name
    description: str = ""
    greeting: str = ""
    entry: PathwayId
    pathways: tuple[PathwaySpec, ...] = Field(min_length=1)
    transitions: tuple[TransitionSpec, ...] = ()
    agents: dict[str, AgentSpec] = {}
    intent_model: dict[str, Any] = {}
    max_depth: int = Field(default=10, ge=1, le=100)
    max_context_bytes: int = Field(default=1_048_576, gt=0)
    end_message: str = ""
    budget_microusd: int | None = Field(default=None, ge=0)

    def pathway(self, pathway_id: str) -> PathwaySpec:
        for pathway in self.pathways:
            if pathway.id == pathway_id:
                return pathway
        raise KeyError(pathway_id)

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        problems = check_names(self)
        if problems:
            raise ValueError("; ".join(problems))
        return self
