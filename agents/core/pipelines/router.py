"""Router: a model reads what was asked and what each member is good for, and one of them answers."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from agents.core.pipelines.team import Team
from agents.core.runtime.errors import RuntimeFault
from agents.core.spec.agent import AgentSpec, DemoRule, ModelSpec
from agents.core.spec.signature import SignatureSpec
from agents.core.spec.types import AnyType, Constraints, EnumType, FieldSpec, Frozen, ListType, ScalarType
from agents.core.strategies import run_agent

ROUTED_TO = "routed_to"
_TEXT = ScalarType(kind="str")
_INSTRUCTIONS = (
    "Decide who answers. Read what was asked and what each candidate is good for, and choose the one whose purpose fits best, "
    "judged by meaning and not by single words. Say honestly how sure you are."
)


class UnknownMember(RuntimeFault):
    """A parameter names a member that the pipeline does not have."""

    code = "unknown_member"


class RouterParams(Frozen):
    examples: dict[str, tuple[str, ...]] = Field(
        default={}, description="Messages that a member should get, by the member's name; they are shown to the model."
    )
    fallback: str = Field(default="", description="Who answers when the choice is less sure than wanted; empty: the choice.")
    min_confidence: float = Field(default=0.5, ge=0, le=1, description="How sure the choice must be where there is a fallback.")
    provider: str = Field(default="default", description="The provider of the model that chooses.")
    model: str = Field(default="", description="The model that chooses; empty: the provider's default.")


class Router:
    """One choice by meaning, then one answer. The output ``routed_to`` names the member that answered."""

    title = "One of them, chosen by meaning"
    Params = RouterParams

    async def run(self, team: Team, params: RouterParams) -> dict[str, Any]:
        for name in (*params.examples, *filter(None, [params.fallback])):
            if team.find(name) is None:
                known = ", ".join(member.name for member in team.members)
                raise UnknownMember(f"{team.name} has no member {name!r}; its members are: {known}")
        chosen = team.members[0].name
        if len(team.members) > 1:
            found = await run_agent(team.ctx.child("route"), _chooser(team, params), _question(team, params))
            unsure = found["confidence"] < params.min_confidence
            chosen = params.fallback if unsure and params.fallback else found["member"]
        member = team.find(chosen)
        assert member is not None, "the choice is one of the members"
        return {**await team.ask(team.ctx.child(member.name), member, {}), ROUTED_TO: member.name}


def _chooser(team: Team, params: RouterParams) -> AgentSpec:
    names = tuple(member.name for member in team.members)
    return AgentSpec(
        name="router",
        description=f"Decides who answers in {team.name}.",
        signature=SignatureSpec(
            name="Routing",
            instructions=_INSTRUCTIONS,
            inputs=(
                *(FieldSpec(name=name, type=_TEXT if isinstance(v, str) else AnyType()) for name, v in _asked(team).items()),
                FieldSpec(
                    name="candidates",
                    type=ListType(of=AnyType()),
                    description="Who may answer: name, purpose, examples of what it should get",
                ),
            ),
            outputs=(
                FieldSpec(name="member", type=EnumType(values=names), description="The name of the candidate"),
                FieldSpec(
                    name="confidence",
                    type=ScalarType(kind="float"),
                    description="How sure you are, from 0 to 1",
                    constraints=Constraints(ge=0, le=1),
                ),
                FieldSpec(name="reason", type=_TEXT, description="Why, in a few words"),
            ),
        ),
        model=ModelSpec(provider=params.provider, model=params.model, temperature=0.0),
        demo=_demo_rules(team, params),
    )


def _demo_rules(team: Team, params: RouterParams) -> tuple[DemoRule, ...]:
    def chosen(name: str, confidence: float, reason: str) -> dict[str, Any]:
        return {"member": name, "confidence": confidence, "reason": reason}

    rules = [
        DemoRule(
            when=(*params.examples.get(member.name, ()), member.purpose),
            set=chosen(member.name, 0.9, "it is near to what this member is good for"),
        )
        for member in team.members
    ]
    rest = chosen(params.fallback or team.members[0].name, 0.3, "nothing is near to any member's purpose")
    return (*rules, DemoRule(set=rest))


def _question(team: Team, params: RouterParams) -> dict[str, Any]:
    candidates = [
        {"name": member.name, "purpose": member.purpose, "examples": list(params.examples.get(member.name, ()))}
        for member in team.members
    ]
    return {**_asked(team), "candidates": candidates}


def _asked(team: Team) -> dict[str, Any]:
    return {name: value for name, value in team.values.items() if value is not None and name not in _OWN}


_OWN = ("candidates", "member", "confidence", "reason")
