"""A small real request to a provider, to see whether it answers: how fast, with which words, and which models it lists.

Owns no decision: a failed probe is a result, not an error.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import aiohttp
from pydantic_core import from_json

from agents.adapters.llm.catalog import Provider
from agents.adapters.llm.faults import hide_key, http_error
from agents.adapters.llm.sessions import get_session, time_outs
from agents.core.llm.port import ChatModel, ChatRequest, Message, ModelError
from agents.core.spec.agent import ModelSpec
from agents.core.tools.errors import EgressRefused

if TYPE_CHECKING:
    from agents.adapters.egress import EgressRules

LIMIT_S = 20.0
LOCAL_LIMIT_S = 90.0  # the weights are loaded first
MOST_MODELS = 500
_LONGEST_LIST = 8_000_000
_LITELLM = ":litellm"


@dataclass(frozen=True, slots=True)
class Probe:
    """``error`` is empty when the model answered; ``code`` and ``detail`` are the failure's own. ``latency_s``: of the call."""

    model: str
    latency_s: float
    reply: str = ""
    error: str = ""
    code: str = ""
    detail: str = ""
    models: tuple[str, ...] = ()
    models_problem: str = ""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a provider is asked. ``base_url`` stands for an address without a key; ``rules`` guard one that people typed."""

    provider: Provider
    environ: Mapping[str, str] = field(repr=False)
    base_url: str = ""
    rules: EgressRules | None = None

    @property
    def key(self) -> str:
        return "" if self.base_url else self.provider.key(self.environ)

    @property
    def address(self) -> str:
        return self.base_url or self.provider.address(self.environ)


async def probe(where: Endpoint, model: ChatModel, spec: ModelSpec) -> Probe:
    """Asks ``model`` for one word and, at the same time, its provider for the models that it has."""
    provider, key = where.provider, where.key
    if provider.factory.endswith(_LITELLM):
        from agents.adapters.llm.litellm_adapter import load_litellm

        await load_litellm()  # the first time takes seconds that are not the provider's
    answered, listed = await asyncio.gather(_ask(provider, model, spec), _list_models(where))
    latency_s, reply, error = answered
    return Probe(
        model=spec.model,
        latency_s=round(latency_s, 3),
        reply=hide_key(reply, key)[:200],
        error=explain(provider, error) if error else "",
        code=error.code if error else "",
        detail=hide_key(str(error), key)[:500] if error else "",
        models=tuple(hide_key(name, key) for name in listed[0]),
        models_problem=hide_key(listed[1], key),
    )


async def first_model(where: Endpoint) -> str:
    """A model to try where none is named: the first of the provider's list that chats; empty when it has no list."""
    names, _ = await _list_models(where)
    return next((name for name in names if "embed" not in name.lower()), "")


def explain(provider: Provider, error: ModelError) -> str:
    """What went wrong, for a person who is not expected to know HTTP."""
    text, name = str(error), provider.title
    if any(sign in text for sign in ("answered 401", "answered 403", "AuthenticationError", "PermissionDenied")):
        return f"{name} does not accept this key." if provider.takes_key else f"{name} asks for a key."
    if "answered 404" in text or "NotFoundError" in text:
        return "The address answers, but knows nothing of this model, or it is not the address of a model server."
    if "answered 3" in text:
        return "The address sends requests on to another one; enter the one that it leads to."
    return {
        "rate_limited": f"{name} accepts the key but turns requests down for now: too many, or no credit left.",
        "timeout": f"{name} was reached but did not answer in time.",
        "unavailable": f"{name} cannot be reached, or has a fault of its own.",
        "not_configured": text[:1].upper() + text[1:],
        "bad_reply": "What answers at this address does not speak the protocol of a model server.",
    }.get(error.code, f"{name} refused the request.")


async def _ask(provider: Provider, model: ChatModel, spec: ModelSpec) -> tuple[float, str, ModelError | None]:
    limit_s = LOCAL_LIMIT_S if provider.name == "local" else LIMIT_S
    tiny = spec.model_copy(update={"max_tokens": 16, "timeout_s": limit_s, "max_retries": 0, "temperature": None})
    request = ChatRequest(model=tiny, messages=(Message(role="user", content="Reply with the one word: ready"),))
    began = time.monotonic()
    try:
        async with asyncio.timeout(limit_s):
            reply = await model.complete(request)
    except ModelError as error:
        return time.monotonic() - began, "", error
    except TimeoutError:
        return time.monotonic() - began, "", ModelError(f"no answer within {limit_s:g} s", code="timeout")
    return time.monotonic() - began, reply.content.strip(), None


async def _list_models(where: Endpoint) -> tuple[tuple[str, ...], str]:
    provider = where.provider
    lean = provider.factory.endswith(":lean") and where.address
    url = provider.models_url or (f"{where.address}/models" if lean else "")
    if not url:
        return (), ""
    try:
        session = await get_session() if where.rules is None else await _guarded(where.rules)
        headers, limit = _headers(provider, where.key), time_outs(LIMIT_S, LIMIT_S)
        async with session.get(url, headers=headers, timeout=limit, allow_redirects=False) as answer:
            body = await _read(answer.content)
            if answer.status != 200:
                return (), str(http_error(provider.name, answer.status, body[:64_000], answer.headers))
        return _names(from_json(body)), ""
    except (aiohttp.ClientError, EgressRefused, TimeoutError, OSError) as error:
        return (), f"its list of models cannot be read: {str(error) or type(error).__name__}"
    except ValueError:
        return (), "its list of models is not JSON"


async def _read(content: aiohttp.StreamReader) -> bytes:
    """The whole body, or the beginning of one that is too long to be a list of models."""
    pieces, length = [], 0
    async for piece in content.iter_any():
        pieces.append(piece)
        length += len(piece)
        if length > _LONGEST_LIST:
            break
    return b"".join(pieces)


async def _guarded(rules: EgressRules) -> aiohttp.ClientSession:
    from agents.adapters.egress import shared_session

    return await shared_session(rules)


def _headers(provider: Provider, key: str) -> dict[str, str]:
    if not key:
        return {}
    own = {"anthropic": {"x-api-key": key, "anthropic-version": "2023-06-01"}, "google": {"x-goog-api-key": key}}
    return own.get(provider.name, {"Authorization": f"Bearer {key}"})


def _names(data: Any) -> tuple[str, ...]:
    """The names in any of the three shapes that such lists have."""
    rows = (data.get("data") or data.get("models") or []) if isinstance(data, dict) else data
    found = [row.get("id") or row.get("name") for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    names = {name.removeprefix("models/")[:200] for name in found if isinstance(name, str) and "\x00" not in name}
    return tuple(sorted(names)[:MOST_MODELS])
