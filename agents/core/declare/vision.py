"""VisionAgent: answers questions about images, which are given as paths of files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from os import PathLike
from typing import Any

from agents.core.declare.agent import BaseAgent
from agents.core.declare.config import BaseAgentConfig
from agents.core.declare.errors import AgentFailed
from agents.core.declare.fields import InputField, OutputField
from agents.core.declare.loop import run_blocking
from agents.core.declare.media import Image
from agents.core.declare.results import Result
from agents.core.declare.signature import Signature
from agents.core.runtime.parallel import run_parallel
from agents.core.spec.errors import InvalidValues

PathText = str | PathLike[str]


@dataclass
class VisionAgentConfig(BaseAgentConfig):
    """``max_images`` bounds one request; with ``auto_resize`` larger images are scaled down to ``longest_side`` pixels."""

    max_images: int = 5
    auto_resize: bool = True
    longest_side: int = 2048


class VisionSignature(Signature):
    """Look at the images and answer the question. Say what cannot be seen; guess nothing."""

    image: Image = InputField("The image")
    more_images: list[Image] = InputField("Further images to look at together with it", default=[])
    question: str = InputField("What to find out", default="What is in this image?", min_length=1)
    answer: str = OutputField("The answer, from what can be seen")
    confidence: float = OutputField("How sure the answer is, from 0 to 1", ge=0, le=1)
    model: str = OutputField("The model that looked")


class VisionAgent(BaseAgent):
    """Analyses images."""

    __strategy__ = "vision"
    __signature__ = VisionSignature
    __config__ = VisionAgentConfig()

    def analyze(self, image: PathText | Sequence[PathText], question: str = "What is in this image?") -> Result:
        """``answer``, ``confidence``, ``model`` and ``question``. ``image`` is the path of a file, or several."""
        return run_blocking(self.analyze_async(image, question))

    async def analyze_async(self, image: PathText | Sequence[PathText], question: str = "What is in this image?") -> Result:
        """The same, to be awaited."""
        first, *more = [image] if isinstance(image, str | PathLike | bytes) else image
        result = await self.run_async(image=first, more_images=more, question=question)
        result["question"] = question
        return result

    def describe(self, image: PathText, detail: str = "detailed") -> Result:
        """``answer`` describes the image: ``detail`` is brief, detailed or exhaustive."""
        if detail not in _DETAILS:
            raise ValueError(f"detail is {detail!r}; allowed: {', '.join(_DETAILS)}")
        return self.analyze(image, _DETAILS[detail])

    def extract_text(self, image: PathText) -> str:
        """The text that is written in the image."""
        return str(
            self.analyze(image, "Write down all text in this image exactly as it stands there, and nothing else.")["answer"]
        )

    def batch_analyze(
        self, images: Iterable[PathText], question: str = "What is in this image?", max_concurrent: int = 3
    ) -> list[Result]:
        """One result for each image, in order, several at once. One that fails has ``error`` and ``question`` alone."""
        branches = [partial(self._try, image, question) for image in images]
        return run_blocking(run_parallel(branches, at_most=max_concurrent))

    async def _try(self, image: PathText, question: str) -> Result:
        try:
            return await self.analyze_async(image, question)
        except (AgentFailed, InvalidValues) as error:
            return Result(error=str(error), question=question)


_DETAILS: dict[str, Any] = {
    "brief": "Describe this image in one sentence.",
    "detailed": "Describe this image in detail.",
    "exhaustive": "Describe everything in this image: objects, people, text, colors, layout and mood.",
}
