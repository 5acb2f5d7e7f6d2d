"""Questions about images: the images go to the model as they are or scaled down, and the result names the model that looked."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from agents.core.llm.port import ChatReply
from agents.core.llm.render import LONGEST_SIDE, attached_files
from agents.core.runtime.context import RunContext
from agents.core.runtime.errors import RuntimeFault
from agents.core.spec.agent import AgentSpec
from agents.core.spec.types import Frozen
from agents.core.strategies.asking import ask_model
from agents.core.strategies.parts.answer import fill_outputs, in_order, open_outputs


class WrongImages(RuntimeFault):
    """No image, or more than the agent looks at in one request."""

    code = "invalid_inputs"


class VisionParams(Frozen):
    max_images: int = Field(default=5, ge=1, le=50, description="How many images one request may hold.")
    auto_resize: bool = Field(default=True, description="Whether large images are scaled down before they are sent.")
    longest_side: int = Field(default=LONGEST_SIDE, ge=64, le=8192, description="The longest side of a sent image, in pixels.")
    max_rounds: int = Field(default=5, ge=1, le=50, description="How often the model may call tools before it must answer.")


class Vision:
    """One look at the images among the inputs, and an answer."""

    title = "Image analysis"
    Params = VisionParams
    provides: dict[str, str] = {"model": "The model that looked", "images": "How many images it was shown"}

    async def run(self, ctx: RunContext, spec: AgentSpec, values: dict[str, Any], params: VisionParams) -> dict[str, Any]:
        count = sum(file.media_type.startswith("image/") for file in attached_files(spec.signature, values))
        if not 1 <= count <= params.max_images:
            raise WrongImages(f"agent {spec.name} was given {count} images; allowed are 1 to {params.max_images}")
        filled = fill_outputs(spec.signature, {"model": "", "images": count})
        wanted = tuple(open_outputs(spec.signature, filled)) or spec.signature.outputs
        replies: list[ChatReply] = []
        answered = await ask_model(
            ctx,
            spec,
            values,
            signature=spec.signature.model_copy(update={"outputs": wanted}),
            rounds=params.max_rounds if spec.tools else 0,
            longest_side=params.longest_side if params.auto_resize else 0,
            heard=replies.append,
        )
        made = {"model": f"{replies[-1].provider}:{replies[-1].model}", "images": count}
        return in_order(spec.signature, {**answered, **fill_outputs(spec.signature, made)})
