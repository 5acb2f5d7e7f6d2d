"""A person approves the answer before it is given; a rejection's reason reaches the result, or the model to try again."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from agents.core.runtime.context import Approval, RunContext, StepCall
from agents.core.runtime.effects import Effect
from agents.core.runtime.errors import CallRejected
from agents.core.spec.agent import AgentSpec
from agents.core.spec.types import Frozen
from agents.core.strategies.parts.answer import fill_outputs, in_order, open_outputs
from agents.core.strategies.parts.question import Given, Job

AGAIN = "A person rejected your earlier answer; you are given it and the reason. Answer anew so that the reason is met."


class HumanApprovalParams(Frozen):
    title: str = Field(default="", max_length=300, description="What the person is asked; empty: whether to give this answer.")
    risk: str = Field(default="medium", pattern="^(low|medium|high|critical)$", description="How the question is marked.")
    max_revisions: int = Field(
        default=0, ge=0, le=10, description="How often a rejected answer is revised and asked about again."
    )
    quorum: int = Field(default=1, ge=1, le=20, description="How many people must approve.")
    other_person: bool = Field(default=False, description="Whether whoever started the run may not approve.")


class HumanApproval:
    """Answer, ask a person, and give the answer only with their word. An agent whose signature has none of the outputs below
    cannot tell of a rejection: its run fails with the reason instead."""

    title = "Answer with approval"
    Params = HumanApprovalParams
    provides: dict[str, str] = {
        "approved": "Whether a person approved the answer",
        "decision": "approved or rejected",
        "rejection_reason": "Why it was rejected; empty when it was approved",
        "revisions": "How often the answer was revised after a rejection",
    }

    async def run(
        self, ctx: RunContext, spec: AgentSpec, values: dict[str, Any], params: HumanApprovalParams
    ) -> dict[str, Any]:
        job = Job(ctx, spec, values)
        answered = await self._answer(job, {})
        revisions = 0
        reason = await _ask_person(ctx, spec, answered, params)
        while reason is not None and revisions < params.max_revisions:
            revisions += 1
            earlier: Given = {
                "rejected_answer": ("Your earlier answer", answered),
                "why_rejected": ("Why a person rejected it", reason),
            }
            answered = await self._answer(job, earlier)
            reason = await _ask_person(ctx, spec, answered, params)
        filled = fill_outputs(spec.signature, _told(reason, revisions))
        if reason is not None and not filled:
            raise CallRejected(reason)
        return in_order(spec.signature, {**answered, **filled})

    async def _answer(self, job: Job, earlier: Given) -> dict[str, Any]:
        sig = job.spec.signature
        wanted = open_outputs(sig, fill_outputs(sig, _told(None, 0))) or list(sig.outputs)
        return await job.ask("answer", AGAIN if earlier else "", wanted, earlier, rounds=5)


async def _ask_person(ctx: RunContext, spec: AgentSpec, answered: dict[str, Any], params: HumanApprovalParams) -> str | None:
    """``None`` when it is approved, else the reason; ``ctx.request_approval`` would keep the reason to itself."""
    title = params.title or f"May {spec.name} give this answer?"

    async def approved(call: StepCall) -> tuple[Any, dict[str, Any]]:
        return True, {}

    try:
        await ctx.step(
            "approval",
            kind="approval",
            effect=Effect.READ,
            request={"title": title, "arguments": answered},
            perform=approved,
            approval=Approval(
                title=title, risk=params.risk, editable=False, quorum=params.quorum, other_person=params.other_person
            ),
        )
    except CallRejected as rejected:
        return str(rejected)
    return None


def _told(reason: str | None, revisions: int) -> dict[str, Any]:
    return {
        "approved": reason is None,
        "decision": "approved" if reason is None else "rejected",
        "rejection_reason": reason or "",
        "revisions": revisions,
    }
