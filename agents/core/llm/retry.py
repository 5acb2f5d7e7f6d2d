"""Retries of failed requests, in the one place that all adapters share. Refuses to repeat what was consumed in part."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing

from agents.core.llm.port import Capabilities, ChatModel, ChatReply, ChatRequest, Delta, ModelError
from agents.core.spec.agent import ModelSpec

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 20.0


class Retrying:
    """A provider whose failed requests are repeated ``max_retries`` times, with growing pauses and jitter.

    ``random`` gives numbers from 0 to 1. A provider's own Retry-After is kept to; one that is too long is an error at once.
    """

    def __init__(self, inner: ChatModel, sleep: Callable[[float], Awaitable[None]], random: Callable[[], float]):
        self.inner = inner
        self.name = inner.name
        self._sleep = sleep
        self._random = random

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
                if consumed:
                    raise
                await self._pause(request, error, attempt)
                attempt += 1

    async def _pause(self, request: ChatRequest, error: ModelError, attempt: int) -> None:
        """Waits for the next attempt, or raises ``error`` when there is none."""
        if not error.retryable or attempt >= request.model.max_retries:
            raise error
        if error.retry_after_s is not None:
            if error.retry_after_s > LONGEST_PAUSE_S:
                raise error
            await self._sleep(error.retry_after_s * (1 + self._random() / 4))
        else:
            await self._sleep(min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2**attempt) * (0.5 + self._random()))
