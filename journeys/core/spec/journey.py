"""JourneySpec: pathways, the transitions between them, and the agents that answer in them."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from agents.core.spec.pipeline import Runnable
from agents.core.spec.signature import Name
from agents.core.spec.types import FieldSpec, Frozen
from journeys.core.spec.checks import check_names
from journeys.core.spec.naming import with_transition_ids
from journeys.core.spec.pathways import PathwayId, PathwaySpec
from journeys.core.spec.patterns import HookUse, PatternsSpec
from journeys.core.spec.transitions import TransitionSpec


class JourneySpec(Frozen):
    """A conversation graph.

    ``agents`` holds the whole spec of every agent or pipeline that the pathways name once the journey is linked (published,
    started); a draft may leave it empty. The digest of a linked journey therefore covers all that can run.
    ``variables`` declares what is known of the person before the conversation (``user.<name>`` in expressions), ``context``
    the types of context fields that no signature declares. ``session_ttl_s``: a session without a word for so long ends.
    ``intent_cache_s``: how long an intent that was detected for the same message in the same situation is used again.
    """

    kind: Literal["journey"] = "journey"
    schema_version: Literal[1] = 1
    name: str = Name
    description: str = ""
    greeting: str = ""
    guidelines: tuple[str, ...] = ()
    entry: PathwayId
    pathways: tuple[PathwaySpec, ...] = Field(min_length=1)
    transitions: tuple[TransitionSpec, ...] = ()
    agents: dict[str, Runnable] = {}
    variables: tuple[FieldSpec, ...] = ()
    context: tuple[FieldSpec, ...] = ()
    patterns: PatternsSpec = PatternsSpec()
    hooks: tuple[HookUse, ...] = ()
    intent_model: dict[str, Any] = {}
    intent_cache_s: float = Field(default=300, ge=0)
    max_depth: int = Field(default=10, ge=1, le=100)
    max_context_bytes: int = Field(default=1_048_576, gt=0)
    session_ttl_s: float | None = Field(default=None, gt=0)
    end_message: str = ""
    budget_microusd: int | None = Field(default=None, ge=0)

    def pathway(self, pathway_id: str) -> PathwaySpec:
        for pathway in self.pathways:
            if pathway.id == pathway_id:
                return pathway
        raise KeyError(pathway_id)

    def transition(self, transition_id: str) -> TransitionSpec:
        for transition in self.transitions:
            if transition.id == transition_id:
                return transition
        raise KeyError(transition_id)

    @model_validator(mode="before")
    @classmethod
    def _name_transitions(cls, data: Any) -> Any:
        return with_transition_ids(data)

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        problems = check_names(self)
        if problems:
            raise ValueError("; ".join(problems))
        return self
