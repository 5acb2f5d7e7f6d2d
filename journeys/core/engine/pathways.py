"""Which agents answer in a pathway, and what they are to bring: the declared ones, else the pathway's own signature."""

from __future__ import annotations

from agents.core.spec.agent import AgentSpec
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


def pathway_agents(spec: JourneySpec, pathway: PathwaySpec) -> list[tuple[str, AgentSpec]]:
    """The agents of ``pathway`` in order, by id, with the pathway's guidelines added to their signatures.

    A pathway without agents answers with its own signature; without either, with a plain reply.
    """
    if not pathway.agents:
        signature = _guided(pathway.signature or PLAIN_REPLY, pathway.guidelines)
        return [(pathway.id, AgentSpec(name=pathway.id, description=pathway.title, signature=signature))]
    return [
        (name, agent.model_copy(update={"signature": _guided(agent.signature, pathway.guidelines)}))
        for name, agent in ((name, spec.agents[name]) for name in pathway.agents)
    ]


def required_outputs(spec: JourneySpec, pathway: PathwaySpec) -> list[str]:
    """The required output fields of the pathway's signature, or of its agents where it declares none; each once."""
    signatures = [pathway.signature] if pathway.signature else [a.signature for _, a in pathway_agents(spec, pathway)]
    return list(dict.fromkeys(f.name for s in signatures for f in s.outputs if f.required))


def _guided(signature: SignatureSpec, guidelines: tuple[str, ...]) -> SignatureSpec:
    new = tuple(g for g in guidelines if g not in signature.guidelines)
    return signature.model_copy(update={"guidelines": (*signature.guidelines, *new)}) if new else signature
