"""Retries of failed requests, in the one place that all adapters share. Refuses to repeat what was consumed in part."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from typing import Any

from agents.core.llm.port import (
    Capabilities,
    ChatModel,
    ChatReply,
    ChatRequest,
    Delta,
    ModelError,
    Transcriber,
    Transcript,
    TranscriptionRequest,
)
from agents.core.spec.agent import ModelSpec

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 20.0


class Retrying:
    """A provider whose failed requests are repeated ``max_retries`` times, with growing pauses and jitter.

    ``random`` gives numbers from 0 to 1; ``clean`` takes out of an error what nobody may read. A provider's own Retry-After
    is kept to; one that is too long is an error at once.
    """

    def __init__(
        self,
        inner: ChatModel,
        sleep: Callable[[float], Awaitable[None]],
        random: Callable[[], float],
        clean: Callable[[ModelError], None] = lambda error: None,
    ):
        self.inner = inner
        self.name = inner.name
        self._sleep = sleep
        self._random = random
        self._clean = clean

    def capabilities(self, model: ModelSpec) -> Capabilities:
        return self.inner.capabilities(model)

    def worst_case_microusd(self, request: ChatRequest) -> int | None:
        return self.inner.worst_case_microusd(request)

    async def complete(self, request: ChatRequest) -> ChatReply:
        attempt = 0
        while True:
            try:
                return await self.inner.complete(request)
            except ModelError as error:
                self._clean(error)
                await self._pause(request, error, attempt)
                attempt += 1

    async def stream(self, request: ChatRequest) -> AsyncIterator[Delta]:
        attempt = 0
        while True:
            consumed = False
            try:
                async with aclosing(self.inner.stream(request)) as deltas:  # type: ignore[type-var]
                    async for delta in deltas:
                        consumed = True
                        yield delta
                return
            except ModelError as error:
                self._clean(error)
                if consumed:
                    raise
                await self._pause(request, error, attempt)
                attempt += 1

    async def _pause(self, request: ChatRequest | TranscriptionRequest, error: ModelError, attempt: int) -> None:
        """Waits for the next attempt, or raises ``error`` when there is none."""
        if not error.retryable or attempt >= request.model.max_retries:
            raise error
        if error.retry_after_s is not None:
            if error.retry_after_s > LONGEST_PAUSE_S:
                raise error
            await self._sleep(error.retry_after_s * (1 + self._random() / 4))
        else:
            await self._sleep(min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2**attempt) * (0.5 + self._random()))


class RetryingSpeech(Retrying):
    """The same for a provider that writes speech down as well."""

    def __init__(self, inner: Any, sleep: Callable[[float], Awaitable[None]], random: Callable[[], float]):
        super().__init__(inner, sleep, random)
        self._transcriber: Transcriber = inner

    def worst_case_of_speech_microusd(self, request: TranscriptionRequest) -> int | None:
        return self._transcriber.worst_case_of_speech_microusd(request)

    async def transcribe(self, request: TranscriptionRequest) -> Transcript:
        attempt = 0
        while True:
            try:
                return await self._transcriber.transcribe(request)
            except ModelError as error:
                await self._pause(request, error, attempt)
                attempt += 1
