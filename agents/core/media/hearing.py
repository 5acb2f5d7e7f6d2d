"""Speech to text as one step of a run: the same door, budget and record as a question to a model."""

from __future__ import annotations

from typing import Any, cast

from agents.core.llm.port import ModelError, Transcriber, Transcript, TranscriptionRequest
from agents.core.media.loading import load_media
from agents.core.runtime.context import RunContext, StepCall
from agents.core.runtime.effects import Effect
from agents.core.runtime.errors import StepFailed

TASK = "Write down what is said."


async def call_transcriber(ctx: RunContext, request: TranscriptionRequest, *, name: str = "transcription") -> Transcript:
    """What is said in the request's audio file. Raises ``StepFailed`` with the provider's code."""

    async def perform(call: StepCall) -> tuple[Any, dict[str, Any]]:
        try:
            provider = _transcriber(ctx, request)
            media = await load_media(ctx.ports.files, (request.audio,))
            told = await provider.transcribe(request.model_copy(update={"media": media}))
        except ModelError as error:
            raise StepFailed(str(error), error.code) from error
        usage = told.usage
        result = {"content": told.text, **told.model_dump(mode="json", exclude={"usage"})}
        return result, usage.model_dump(mode="json", exclude_defaults=True) | {"cost_microusd": usage.cost_microusd}

    result = await ctx.step(
        name,
        kind="model",
        effect=Effect.MODEL,
        request=transcription_data(request),
        perform=perform,
        worst_case_microusd=_worst_case(ctx, request),
    )
    return Transcript.model_validate({key: value for key, value in result.items() if key != "content"})


def transcription_data(request: TranscriptionRequest) -> dict[str, Any]:
    """In the shape of a question to a model, so that whoever reads journals needs no second reader."""
    audio = request.audio.model_dump(mode="json", exclude_defaults=True)
    return {
        "model": request.model.model_dump(mode="json", exclude_defaults=True),
        "messages": [{"role": "user", "content": TASK, "files": [audio]}],
        "transcription": {"language": request.language, "words": request.words},
    }


def _transcriber(ctx: RunContext, request: TranscriptionRequest) -> Transcriber:
    """The model's own name goes along as it was declared: a provider's usual chat model writes nothing down."""
    provider, _ = ctx.ports.models.get(request.model)
    if not hasattr(provider, "transcribe"):
        raise ModelError(
            f"provider {provider.name!r} cannot write speech down; choose an OpenAI-compatible one, such as openai or custom",
            code="rejected",
        )
    return cast("Transcriber", provider)


def _worst_case(ctx: RunContext, request: TranscriptionRequest) -> int | None:
    try:
        return _transcriber(ctx, request).worst_case_of_speech_microusd(request)
    except ModelError:
        return 0
