"""OpenAI's ``/audio/transcriptions`` format: one sound file sent as a form, what was said read back. Retries are elsewhere."""

from __future__ import annotations

import math
from typing import Any

import aiohttp
from pydantic_core import from_json

from agents.adapters.llm.catalog import Provider
from agents.adapters.llm.faults import hide_key, http_error
from agents.adapters.llm.prices import find_price, find_second_price
from agents.adapters.llm.sessions import read_answer, time_outs
from agents.core.llm.port import ModelError, Segment, Transcript, TranscriptionRequest, Usage
from agents.core.media.kinds import extension_of
from agents.core.media.sounds import longest_seconds, seconds_of
from agents.core.tools.errors import EgressRefused

USUAL_MODEL = "whisper-1"  # what OpenAI and the servers that follow it call theirs


async def transcribe(
    session: aiohttp.ClientSession, provider: Provider, base_url: str, key: str, request: TranscriptionRequest
) -> Transcript:
    model = request.model.model or USUAL_MODEL
    content = request.media[request.audio.key]
    url = f"{base_url}/audio/transcriptions"
    limit_s = request.model.timeout_s
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    try:
        async with session.post(
            url,
            data=_form(request, model, content),
            headers=headers,
            timeout=time_outs(limit_s, limit_s),
            allow_redirects=False,
        ) as response:
            answer = await read_answer(response, provider.name)
            if response.status != 200:
                told = hide_key(answer[:64_000].decode("utf-8", "replace"), key).encode()
                raise http_error(provider.name, response.status, told, response.headers)
    except EgressRefused as error:
        raise ModelError(f"{provider.name} is not asked: {error}", code="not_configured") from error
    except TimeoutError as error:
        raise ModelError(f"{provider.name} did not answer within {limit_s:g} s", code="timeout") from error
    except aiohttp.ClientError as error:
        text = f"{provider.name} cannot be reached at {url}: {str(error) or type(error).__name__}"
        raise ModelError(text, code="unavailable", retryable=True) from error
    return _transcript(provider, model, content, answer)


def worst_case_microusd(provider: Provider, request: TranscriptionRequest) -> int | None:
    """By the longest sound that so many bytes can hold."""
    if provider.free:
        return 0
    model = request.model.model or USUAL_MODEL
    seconds = longest_seconds(request.audio.size, request.audio.media_type)
    by_second = find_second_price(provider.prefix, model)
    if by_second is not None:
        return math.ceil(seconds * by_second * 1_000_000)
    price = find_price(provider.prefix, model)
    return price.cost_microusd(math.ceil(seconds * _TOKENS_A_SECOND), math.ceil(seconds * _TOKENS_A_SECOND)) if price else None


_TOKENS_A_SECOND = 20  # of sound that is counted in tokens: 10 heard, and no faster spoken


def _form(request: TranscriptionRequest, model: str, content: bytes) -> aiohttp.FormData:
    """Some models tell only the text: they refuse the verbose form, by name."""
    form = aiohttp.FormData()
    media_type = request.audio.media_type
    form.add_field("file", content, filename=f"audio.{extension_of(media_type)}", content_type=media_type)
    form.add_field("model", model)
    verbose = not model.startswith("gpt-")
    form.add_field("response_format", "verbose_json" if verbose else "json")
    if request.language:
        form.add_field("language", request.language)
    if verbose:
        for piece in ("segment", "word") if request.words else ("segment",):
            form.add_field("timestamp_granularities[]", piece)
    return form


def _transcript(provider: Provider, model: str, content: bytes, answer: bytes) -> Transcript:
    try:
        body = from_json(answer)
        text = str(body["text"])
    except (ValueError, KeyError, TypeError):
        raise ModelError(
            f"{provider.name} answered with something else than a transcript: {answer[:200]!r}", code="bad_reply"
        ) from None
    segments = tuple(_segment(part) for part in body.get("segments") or () if isinstance(part, dict))
    duration = _number(body.get("duration")) or seconds_of(content) or (segments[-1].end if segments else 0.0)
    return Transcript(
        text=text.strip(),
        language=str(body.get("language") or ""),
        duration_s=round(duration, 3),
        segments=segments,
        confidence=_mean_confidence(segments),
        provider=provider.name,
        model=model,
        usage=_usage(provider, model, duration, body.get("usage")),
    )


def _segment(part: dict[str, Any]) -> Segment:
    """The mean logarithm of the tokens' probability becomes a probability: nearer to 1 is surer."""
    sure = _number(part.get("avg_logprob"))
    confidence = None if sure is None else round(min(1.0, math.exp(sure)), 4)
    start, end = _number(part.get("start")) or 0.0, _number(part.get("end")) or 0.0
    return Segment(start=start, end=end, text=str(part.get("text", "")).strip(), confidence=confidence)


def _mean_confidence(segments: tuple[Segment, ...]) -> float | None:
    """Weighted by length: a long sure sentence counts more than a short doubtful one."""
    known = [(s.confidence, max(0.01, s.end - s.start)) for s in segments if s.confidence is not None]
    if not known:
        return None
    return round(sum(c * length for c, length in known) / sum(length for _, length in known), 4)


def _usage(provider: Provider, model: str, seconds: float, reported: Any) -> Usage:
    told = reported if isinstance(reported, dict) else {}
    given, made = int(_number(told.get("input_tokens")) or 0), int(_number(told.get("output_tokens")) or 0)
    by_second, price = find_second_price(provider.prefix, model), find_price(provider.prefix, model)
    cost = None
    if provider.free:
        cost = 0
    elif by_second is not None:
        cost = math.ceil(seconds * by_second * 1_000_000)
    elif price is not None and given:
        cost = price.cost_microusd(given, made)
    return Usage(input_tokens=given, output_tokens=made, cost_microusd=cost)


def _number(value: Any) -> float | None:
    """A finite number, or ``None``."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
