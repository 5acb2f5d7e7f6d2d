"""Resilience: the agent's model is asked first, then each of its fallbacks in turn, until one gives a valid answer.

Each model that did not answer leaves its failed step in the journal, and its reason in the result.
"""

from __future__ import annotations

from typing import Any

from pydantic import Field

from agents.core.llm.port import ChatReply
from agents.core.runtime.context import RunContext
from agents.core.runtime.errors import InvalidAnswer, RuntimeFault, StepFailed
from agents.core.spec.agent import AgentSpec, ModelSpec
from agents.core.spec.types import Frozen
from agents.core.strategies.asking import STOPPED, ask_model
from agents.core.strategies.parts.answer import fill_outputs, in_order, open_outputs


class AllModelsFailed(RuntimeFault):
    """No model gave a valid answer; ``details`` hold every attempt with its reason."""

    code = "all_models_failed"


class ResilientParams(Frozen):
    models: tuple[str, ...] = Field(
        default=(),
        max_length=20,
        description="Fallbacks in order, each a provider or provider:model, such as openai:gpt-4o-mini.",
    )
    max_rounds: int = Field(default=5, ge=1, le=50, description="How often a model may call tools before it must answer.")


class Resilient:
    """One model after the other."""

    title = "Model fallback"
    Params = ResilientParams
    provides: dict[str, str] = {
        "model_used": "The model that answered",
        "attempts": "Every model that was asked, with the reason where it did not answer",
        "fallback_used": "Whether another model than the first answered",
    }

    async def run(self, ctx: RunContext, spec: AgentSpec, values: dict[str, Any], params: ResilientParams) -> dict[str, Any]:
        blank = {"model_used": "", "attempts": [], "fallback_used": False}
        wanted = tuple(open_outputs(spec.signature, fill_outputs(spec.signature, blank))) or spec.signature.outputs
        signature = spec.signature.model_copy(update={"outputs": wanted})
        rounds = params.max_rounds if spec.tools else 0
        attempts: list[dict[str, str]] = []
        for model in [spec.model, *(_model(spec.model, name) for name in params.models)]:
            replies: list[ChatReply] = []
            try:
                answered = await ask_model(
                    ctx, spec, values, signature=signature, model=model, rounds=rounds, heard=replies.append
                )
            except (StepFailed, InvalidAnswer) as error:
                if error.code == STOPPED:
                    raise
                attempts.append({"model": _named(model), "status": error.code, "reason": str(error)})
                await ctx.report_progress(f"{_named(model)} did not answer ({error.code}); the next model is asked")
                continue
            used = f"{replies[-1].provider}:{replies[-1].model}"
            told = [*attempts, {"model": _named(model), "status": "answered", "reason": ""}]
            made = {"model_used": used, "attempts": told, "fallback_used": bool(attempts)}
            return in_order(spec.signature, {**answered, **fill_outputs(spec.signature, made)})
        reasons = "; ".join(f"{a['model']}: {a['reason']}" for a in attempts)
        raise AllModelsFailed(
            f"agent {spec.name}: none of {len(attempts)} models answered: {reasons}"[:4000], attempts=attempts
        )


def _model(first: ModelSpec, name: str) -> ModelSpec:
    """A fallback answers under the same settings as the first model."""
    provider, _, model = name.partition(":")
    return first.model_copy(update={"provider": provider.strip(), "model": model.strip()})


def _named(model: ModelSpec) -> str:
    return f"{model.provider}:{model.model}" if model.model else model.provider
