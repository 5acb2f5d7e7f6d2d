"""What one request may cost and what a reply did cost, for every provider that has a price. Shared by both adapters."""

from __future__ import annotations

from typing import Any

from pydantic_core import to_json

from agents.adapters.llm.catalog import Provider
from agents.adapters.llm.prices import Price, find_price
from agents.core.llm.port import ChatRequest, Usage
from agents.core.media.loading import most_tokens


def price_of(provider: Provider, model: str) -> Price | None:
    """LiteLLM's own notation (``provider/model``) is understood where the provider is LiteLLM itself."""
    if not provider.prefix and "/" in model:
        prefix, _, rest = model.partition("/")
        return find_price(prefix, rest)
    return find_price(provider.prefix, model)


def worst_case_microusd(provider: Provider, request: ChatRequest) -> int | None:
    """No tokenizer makes more tokens than bytes; the answer may be as long as it is allowed to be."""
    if provider.free:
        return 0
    price = price_of(provider, request.model.model)
    if price is None:
        return None
    longest = request.model.max_tokens or price.longest_output
    return price.cost_microusd(_bytes(request), longest) if longest else None


def usage_of(provider: Provider, request: ChatRequest, reported: dict[str, Any] | None, answer: str) -> Usage:
    """The tokens a provider reports, or an estimate where it reports none, with their cost."""
    if reported and isinstance(reported.get("prompt_tokens"), int):
        given, made = reported["prompt_tokens"], reported.get("completion_tokens") or 0
        details = reported.get("prompt_tokens_details")
        cached = (details.get("cached_tokens") or 0) if isinstance(details, dict) else 0
    else:
        given, made, cached, reported = _bytes(request) // 4, max(1, len(answer) // 4), 0, None
    price = price_of(provider, request.model.model)
    cost = 0 if provider.free else price.cost_microusd(given, made, cached) if price else None
    return Usage(input_tokens=given, output_tokens=made, cost_microusd=cost, estimated=reported is None)


def _bytes(request: ChatRequest) -> int:
    size = sum(16 + len(m.content.encode()) + sum(len(str(c.arguments)) for c in m.tool_calls) for m in request.messages)
    size += sum(len(t.name) + len(t.description) + len(to_json(t.parameters)) for t in request.tools)
    size += sum(most_tokens(part) for m in request.messages for part in m.files)
    return size + (len(to_json(request.json_schema)) if request.json_schema else 0)
