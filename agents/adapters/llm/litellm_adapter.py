"""The adapter over LiteLLM, for every provider that it speaks. The only place that imports it, and only inside a call.

The import costs seconds and 180 MB, so it happens on a thread when the first request comes.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from agents.adapters.llm import accounting
from agents.adapters.llm.capabilities import capabilities_of
from agents.adapters.llm.catalog import Provider
from agents.adapters.llm.faults import hide_key
from agents.adapters.llm.wire import Assembly, request_body
from agents.core.llm.port import Capabilities, ChatReply, ChatRequest, Delta, ModelError
from agents.core.spec.agent import ModelSpec
from agents.core.tools.errors import EgressRefused

if TYPE_CHECKING:
    from agents.adapters.egress import EgressRules

_CODES = {
    "ContextWindowExceededError": "context_too_long",
    "RateLimitError": "rate_limited",
    "Timeout": "timeout",
    "APIConnectionError": "unavailable",
    "ServiceUnavailableError": "unavailable",
    "InternalServerError": "unavailable",
    "BadGatewayError": "unavailable",
}
_RETRYABLE = ("rate_limited", "unavailable", "timeout")


class LiteLLM:
    """One provider through LiteLLM. Its own retries are off: ours are shared with the other adapter."""

    def __init__(self, provider: Provider, base_url: str = "", key: str = "", rules: EgressRules | None = None):
        self.name = provider.name
        self._provider = provider
        self._base_url = base_url
        self._key = key
        self._rules = rules

    def capabilities(self, model: ModelSpec) -> Capabilities:
        return capabilities_of(self._provider, model.model, strict=self._provider.strict_schema)

    def worst_case_microusd(self, request: ChatRequest) -> int | None:
        return accounting.worst_case_microusd(self._provider, request)

    async def complete(self, request: ChatRequest) -> ChatReply:
        library = await load_litellm()
        try:
            way = await self._way_out(library, request)
            answer = await library.acompletion(**self._arguments(request, stream=False), **way)
        except Exception as error:  # LiteLLM raises a family of its own for whatever a provider does
            raise self._fault(error, "") from error
        assembly = Assembly()
        assembly.take(answer.model_dump())
        return self._reply(request, assembly)

    async def stream(self, request: ChatRequest) -> AsyncIterator[Delta]:
        library = await load_litellm()
        assembly = Assembly()
        answer = None
        try:
            way = await self._way_out(library, request)
            answer = await library.acompletion(**self._arguments(request, stream=True), **way)
            async for chunk in answer:
                text = assembly.add(chunk.model_dump())
                if text:
                    yield Delta.model_construct(text=text)
        except GeneratorExit:
            raise
        except Exception as error:
            raise self._fault(error, assembly.content) from error
        finally:
            await _close(answer)
        if not getattr(answer, "received_finish_reason", True) and not assembly.tool_calls:
            # LiteLLM makes a finish up when a stream just ends
            raise ModelError(
                f"{self.name} ended its stream in the middle of the answer",
                code="bad_reply",
                partial=assembly.content,
                retryable=not assembly.texts,
            )
        yield Delta(reply=self._reply(request, assembly))

    async def _way_out(self, library: Any, request: ChatRequest) -> dict[str, Any]:
        """For an address that people typed: a client that follows nobody elsewhere and connects where the rules allow,
        whatever the name stands for at that moment."""
        if self._rules is None or not self._base_url:
            return {}
        from litellm.llms.custom_httpx.aiohttp_transport import LiteLLMAiohttpTransport

        from agents.adapters.egress import check_url, guarded_session, shared_session

        rules = self._rules
        try:
            await asyncio.to_thread(check_url, self._base_url, rules)
        except EgressRefused as error:
            raise ModelError(f"{self.name} is not asked: {error}", code="not_configured") from error
        way = LiteLLMAiohttpTransport(
            client=await shared_session(rules), owns_session=False, session_factory=lambda: guarded_session(rules)
        )
        return {"client": self._client(library, way, request)}

    def _client(self, library: Any, way: Any, request: ChatRequest) -> Any:
        """LiteLLM asks OpenAI's own models on Azure through OpenAI's library, and all others through its own client."""
        model = f"{self._provider.prefix}/{request.model.model}"
        if library.get_llm_provider(model=model, api_base=self._base_url)[1] != "azure":
            from litellm.llms.custom_httpx.http_handler import AsyncHTTPHandler

            return AsyncHTTPHandler(transport=way, follow_redirects=False)
        from httpx import AsyncClient
        from litellm.llms.azure.common_utils import BaseAzureLLM
        from openai import AsyncAzureOpenAI

        given = BaseAzureLLM().initialize_azure_sdk_client(
            litellm_params={"max_retries": 0, "timeout": request.model.timeout_s},
            api_key=self._key,
            api_base=self._base_url,
            model_name=request.model.model,
            api_version=None,
            is_async=True,
        )
        http = AsyncClient(transport=way, follow_redirects=False, trust_env=False)
        return AsyncAzureOpenAI(**{**given, "http_client": http})

    def _arguments(self, request: ChatRequest, *, stream: bool) -> dict[str, Any]:
        body = request_body(request, stream=stream, use_schema=self._provider.strict_schema)
        prefix = self._provider.prefix
        body["model"] = f"{prefix}/{body['model']}" if prefix else body["model"]
        body |= {"timeout": request.model.timeout_s, "num_retries": 0, "max_retries": 0}
        if self._base_url:
            body["api_base"] = self._base_url
        if self._key:
            body["api_key"] = self._key
        if request.tools:
            body["_skip_mcp_handler"] = True  # without it LiteLLM imports mcp, which it has no business with here
        return body

    def _reply(self, request: ChatRequest, assembly: Assembly) -> ChatReply:
        content, calls = assembly.content, assembly.tool_calls
        return ChatReply(
            content=content,
            tool_calls=calls,
            finish="tool_calls" if calls else assembly.finish or "stop",
            usage=accounting.usage_of(self._provider, request, assembly.usage, content),
            provider=self.name,
            model=assembly.model or request.model.model,
        )

    def _fault(self, error: Exception, partial: str) -> ModelError:
        if isinstance(error, ModelError):
            return error
        status = getattr(error, "status_code", None)
        code = _CODES.get(type(error).__name__, "unavailable" if isinstance(status, int) and status >= 500 else "rejected")
        if partial:
            code = "bad_reply"
        message = hide_key(str(error).removeprefix("litellm."), self._key)[:500]
        return ModelError(
            f"{self.name}: {message}",
            code=code,
            retryable=code in _RETRYABLE and not partial,
            partial=partial,
            retry_after_s=_retry_after(error),
        )


async def load_litellm() -> Any:
    """The library, imported once, off the loop."""
    if not _LOADED:
        _LOADED.append(await asyncio.to_thread(import_litellm))
    return _LOADED[0]


def import_litellm() -> Any:
    """Without these settings the import asks the network for prices and reads a ``.env`` file of the working directory."""
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    os.environ.setdefault("LITELLM_MODE", "PRODUCTION")
    import litellm

    for name in ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy"):
        logging.getLogger(name).setLevel(logging.WARNING)
    litellm.suppress_debug_info = True
    litellm.telemetry = False
    litellm.drop_params = True
    return litellm


async def _close(answer: Any) -> None:
    """Closes the provider's connection, wherever LiteLLM keeps it."""
    for holder in (answer, getattr(answer, "completion_stream", None)):
        close = getattr(holder, "aclose", None) or getattr(holder, "close", None)
        if close is not None:
            done = close()
            if asyncio.iscoroutine(done):
                await done


def _retry_after(error: Exception) -> float | None:
    for holder in (
        getattr(error, "litellm_response_headers", None),
        getattr(getattr(error, "response", None), "headers", None),
    ):
        value = holder.get("retry-after") if holder else None
        if value is not None:
            try:
                return float(value)
            except ValueError:
                return None
    return None


_LOADED: list[Any] = []
