"""Who answers in a pathway, and what they are to bring: the declared agents and pipelines, else the pathway's own signature."""

from __future__ import annotations

from collections.abc import Sequence

from agents.core.spec.agent import AgentSpec
from agents.core.spec.pipeline import PipelineSpec, signature_of
from agents.core.spec.signature import SignatureSpec
from agents.core.spec.types import AnyType, DictType, FieldSpec, ListType, ScalarType
from journeys.core.spec import JourneySpec, PathwaySpec

_TEXT = ScalarType(kind="str")
PLAIN_REPLY = SignatureSpec(
    name="PlainReply",
    instructions="Answer the person helpfully and briefly, in the language of the message.",
    inputs=(
        FieldSpec(name="message", type=_TEXT, description="The person's newest message"),
        FieldSpec(
            name="history",
            type=ListType(of=AnyType()),
            description="The conversation so far",
            required=False,
            default=[],
        ),
        FieldSpec(name="context", type=DictType(of=AnyType()), description="What is known", required=False, default={}),
    ),
    outputs=(FieldSpec(name="response", type=_TEXT, description="The reply to the person"),),
)


def pathway_agents(spec: JourneySpec, pathway: PathwaySpec, *reasons: str) -> list[tuple[str, AgentSpec | PipelineSpec]]:
    """Who answers in ``pathway``, in order, by id, with the guidelines of the journey and the pathway in front of their own.

    A pathway without agents answers with its own signature; without either, with a plain reply. ``reasons`` are guidelines
    of this attempt alone: they come last.
    """
    before = (*spec.guidelines, *pathway.guidelines)
    if not pathway.agents:
        own = AgentSpec(name=pathway.id, description=pathway.title, signature=pathway.signature or PLAIN_REPLY)
        return [(pathway.id, guided(own, before, reasons))]
    return [(name, guided(spec.agents[name], before, reasons)) for name in pathway.agents]


def required_outputs(spec: JourneySpec, pathway: PathwaySpec) -> list[str]:
    """The required output fields of the pathway's signature, or of its agents where it declares none; each once."""
    signatures = [pathway.signature] if pathway.signature else [signature_of(a) for _, a in pathway_agents(spec, pathway)]
    return list(dict.fromkeys(f.name for s in signatures for f in s.outputs if f.required))


def guided(spec: AgentSpec | PipelineSpec, before: Sequence[str], after: Sequence[str] = ()) -> AgentSpec | PipelineSpec:
    """``spec`` with ``before`` in front of the guidelines of each of its agents and ``after`` behind them; none twice."""
    if isinstance(spec, AgentSpec):
        guidelines = tuple(dict.fromkeys((*before, *spec.signature.guidelines, *after)))
        if guidelines == spec.signature.guidelines:
            return spec
        return spec.model_copy(update={"signature": spec.signature.model_copy(update={"guidelines": guidelines})})
    members = tuple(m.model_copy(update={"spec": guided(m.spec, before, after)}) for m in spec.members)
    return spec.model_copy(update={"members": members})
