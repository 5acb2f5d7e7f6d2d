"""The lean adapter for OpenAI-compatible endpoints: one aiohttp session a loop, server-sent events, no client library.

Owns one request and its faults; retries are ``agents.core.llm.retry``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import aiohttp
from pydantic_core import from_json, to_json

from agents.adapters.llm import accounting, speech
from agents.adapters.llm.capabilities import capabilities_of, find_facts
from agents.adapters.llm.catalog import Provider
from agents.adapters.llm.faults import hide_key, http_error, stream_error
from agents.adapters.llm.sessions import LONGEST_ANSWER, get_session, read_answer, time_outs
from agents.adapters.llm.wire import Assembly, request_body
from agents.core.llm.port import Capabilities, ChatReply, ChatRequest, Delta, ModelError, Transcript, TranscriptionRequest
from agents.core.spec.agent import ModelSpec
from agents.core.tools.errors import EgressRefused

if TYPE_CHECKING:
    from agents.adapters.egress import EgressRules

SILENCE_S = 45.0  # a hosted model that says nothing for so long will not; local servers may be loading weights
LONGEST_LINE = 4_000_000  # bytes of one event
_DONE = b"[DONE]"


class OpenAICompatible:
    """One endpoint. Cancelling a request closes its connection, which is how such servers learn to stop."""

    def __init__(self, provider: Provider, base_url: str, key: str = "", rules: EgressRules | None = None):
        self.name = provider.name
        self._provider = provider
        self._base_url = base_url
        self._url = f"{base_url}/chat/completions"
        self._key = key
        self._rules = rules
        self._headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {key}"} if key else {})}
        self._limit_name = "max_completion_tokens" if provider.name == "openai" else "max_tokens"
        self._without_schema: set[str] = set()  # models that refused a schema once: it goes into their instructions

    def capabilities(self, model: ModelSpec) -> Capabilities:
        return capabilities_of(self._provider, model.model, strict=self._uses_schema(model.model))

    def worst_case_microusd(self, request: ChatRequest) -> int | None:
        return accounting.worst_case_microusd(self._provider, request)

    def worst_case_of_speech_microusd(self, request: TranscriptionRequest) -> int | None:
        return speech.worst_case_microusd(self._provider, request)

    async def transcribe(self, request: TranscriptionRequest) -> Transcript:
        return await speech.transcribe(await self._session(), self._provider, self._base_url, self._key, request)

    async def complete(self, request: ChatRequest) -> ChatReply:
        async with self._post(request, stream=False) as response:
            data = await read_answer(response, self.name)
        try:
            body = from_json(data)
        except ValueError:
            raise ModelError(f"{self.name} answered with something else than JSON: {data[:200]!r}", code="bad_reply") from None
        assembly = Assembly()
        assembly.take(body)
        return self._reply(request, assembly)

    async def stream(self, request: ChatRequest) -> AsyncIterator[Delta]:
        assembly = Assembly()
        done = False
        try:
            async with self._post(request, stream=True) as response:
                async for events in _events(response.content, self.name):
                    text = ""
                    for data in events:
                        if data == _DONE:
                            done = True
                        else:
                            text += self._piece(assembly, data)
                    if text:
                        yield Delta.model_construct(text=text)
                    if done:
                        break
        except ModelError as error:
            error.partial = error.partial or assembly.content
            error.retryable = error.retryable and not assembly.texts
            raise
        if not done and assembly.finish is None:
            raise ModelError(
                f"{self.name} ended its stream in the middle of the answer",
                code="bad_reply",
                partial=assembly.content,
                retryable=not assembly.texts,
            )
        yield Delta(reply=self._reply(request, assembly))

    def _piece(self, assembly: Assembly, data: bytes) -> str:
        try:
            chunk = from_json(data)
        except ValueError:
            raise ModelError(f"{self.name} streamed something else than JSON: {data[:200]!r}", code="bad_reply") from None
        if chunk.get("error"):
            raise stream_error(self.name, hide_key(str(_message(chunk["error"])), self._key), assembly.content)
        return assembly.add(chunk)

    def _reply(self, request: ChatRequest, assembly: Assembly) -> ChatReply:
        content = assembly.content
        calls = assembly.tool_calls
        return ChatReply(
            content=content,
            tool_calls=calls,
            finish="tool_calls" if calls else assembly.finish or "stop",
            usage=accounting.usage_of(self._provider, request, assembly.usage, content),
            provider=self.name,
            model=assembly.model or request.model.model,
        )

    def _uses_schema(self, model: str) -> bool:
        if not self._provider.strict_schema or model in self._without_schema:
            return False
        return find_facts(self._provider, model).strict_schema is not False

    async def _session(self) -> aiohttp.ClientSession:
        if self._rules is None:
            return await get_session()
        from agents.adapters.egress import shared_session  # brings a second HTTP client along

        return await shared_session(self._rules)

    @asynccontextmanager
    async def _post(self, request: ChatRequest, *, stream: bool) -> AsyncIterator[aiohttp.ClientResponse]:
        """The response with status 200, its connection closed at the end unless it was read whole."""
        session = await self._session()
        limit_s = request.model.timeout_s
        time_out = time_outs(limit_s, limit_s if self._provider.free or not stream else SILENCE_S)
        try:
            while True:
                use_schema = self._uses_schema(request.model.model)
                body = to_json(request_body(request, stream=stream, use_schema=use_schema, limit_name=self._limit_name))
                async with session.post(
                    self._url, data=body, headers=self._headers, timeout=time_out, allow_redirects=False
                ) as response:  # whoever answers at the address that was chosen may not send us to another one
                    if response.status == 200:
                        yield response
                        return
                    answer = hide_key((await response.content.read(64_000)).decode("utf-8", "replace"), self._key).encode()
                    if not (use_schema and _refuses_schema(response.status, answer, request)):
                        raise http_error(self.name, response.status, answer, response.headers)
                    self._without_schema.add(request.model.model)
        except EgressRefused as error:
            raise ModelError(f"{self.name} is not asked: {error}", code="not_configured") from error
        except TimeoutError as error:
            early = isinstance(error, aiohttp.ConnectionTimeoutError | aiohttp.SocketTimeoutError)
            raise ModelError(f"{self.name} did not answer within {limit_s:g} s", code="timeout", retryable=early) from error
        except aiohttp.ClientPayloadError as error:
            raise ModelError(f"{self.name} broke its answer off: {error}", code="bad_reply", retryable=True) from error
        except aiohttp.ClientError as error:
            text = f"{self.name} cannot be reached at {self._url}: {str(error) or type(error).__name__}"
            raise ModelError(text, code="unavailable", retryable=True) from error


def _message(error: Any) -> Any:
    return error.get("message") if isinstance(error, dict) else error


def _refuses_schema(status: int, answer: bytes, request: ChatRequest) -> bool:
    refused = status in (400, 422) and request.json_schema is not None
    return refused and any(word in answer for word in (b"response_format", b"json_schema"))


async def _events(content: aiohttp.StreamReader, name: str) -> AsyncIterator[list[bytes]]:
    """The data of server-sent events, all that came in one gulp together."""
    rest, length = b"", 0
    async for gulp in content.iter_any():
        length += len(gulp)
        if length > LONGEST_ANSWER or len(rest) > LONGEST_LINE:
            raise ModelError(f"{name} does not come to an end: its answer is longer than is read", code="bad_reply")
        *lines, rest = (rest + gulp).split(b"\n")
        events = [line[5:].strip() for line in lines if line.startswith(b"data:")]
        if events:
            yield events
    if rest.startswith(b"data:"):
        yield [rest[5:].strip()]
