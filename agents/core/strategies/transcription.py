"""Speech to text: the recording is written down by a speech model; outputs beyond the transcript are answered from it."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from agents.core.llm.port import FilePart, TranscriptionRequest
from agents.core.media.hearing import call_transcriber
from agents.core.runtime.context import RunContext
from agents.core.runtime.errors import RuntimeFault
from agents.core.spec.agent import AgentSpec
from agents.core.spec.types import Frozen
from agents.core.strategies.parts.answer import answer_rest
from agents.core.strategies.parts.inputs import file_field, files_of
from agents.core.strategies.parts.question import Job

READ = "You are given what is said in a recording. Answer from it alone."


class NoRecording(RuntimeFault):
    """There is no sound to write down."""

    code = "invalid_inputs"


class TranscriptionParams(Frozen):
    language: str = Field(default="", pattern=r"^([a-z]{2,3})?$", description="ISO 639-1 code, such as en; empty: find out.")
    word_timestamps: bool = Field(
        default=True, description="Whether the time of each word is asked for, where that can be had."
    )
    speech_model: str = Field(
        default="", description="The speech model; empty: the agent's model, or the provider's usual one."
    )


class Transcription:
    """Write down, then answer what else is wanted."""

    title = "Transcription"
    Params = TranscriptionParams
    provides: dict[str, str] = {
        "text": "What is said",
        "language": "The language that is spoken",
        "duration": "The length in seconds",
        "segments": "Stretches of speech with start, end, text and confidence",
        "confidence": "From 0 to 1, higher is better; null where the model tells nothing to judge by",
        "model": "The model that wrote it down",
    }

    async def run(
        self, ctx: RunContext, spec: AgentSpec, values: dict[str, Any], params: TranscriptionParams
    ) -> dict[str, Any]:
        field = file_field(spec.signature, "audio")
        files = files_of(field, values) if field else []
        if len(files) != 1:
            raise NoRecording(f"agent {spec.name} was given {len(files)} recordings; allowed is exactly one audio file")
        model = spec.model.model_copy(update={"model": params.speech_model}) if params.speech_model else spec.model
        told = await call_transcriber(
            ctx,
            TranscriptionRequest(
                model=model,
                audio=FilePart.model_validate(files[0]),
                language=params.language,
                words=params.word_timestamps,
            ),
        )
        made = {
            "text": told.text,
            "language": told.language,
            "duration": told.duration_s,
            "segments": [segment.model_dump() for segment in told.segments],
            "confidence": told.confidence,
            "model": f"{told.provider}:{told.model}",
        }
        job = Job(ctx, spec, values)
        return await answer_rest(job, "answer", READ, made, {"transcript": ("What is said in the recording", told.text)})
