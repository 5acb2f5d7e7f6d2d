"""Prices of models from LiteLLM's own table. Unknown stays unknown."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import Any

from agents.adapters.llm.model_table import find_entry

_MICRO = 1_000_000


@dataclass(frozen=True, slots=True)
class Price:
    """Dollars a token; ``longest_output`` in tokens, 0 when the table does not say."""

    input: float
    output: float
    cached_input: float
    longest_output: int

    def cost_microusd(self, input_tokens: int, output_tokens: int, cached_tokens: int = 0) -> int:
        """Rounded up: a bill is never under-counted."""
        fresh = max(0, input_tokens - cached_tokens)
        dollars = fresh * self.input + cached_tokens * self.cached_input + output_tokens * self.output
        return math.ceil(round(dollars * _MICRO, 6))


def find_price(prefix: str, model: str) -> Price | None:
    """The price of ``model`` at the provider that LiteLLM calls ``prefix``; ``None`` when the table has none."""
    if not prefix or not model:
        return None
    return _price(prefix, model)


def find_second_price(prefix: str, model: str) -> float | None:
    """Dollars a second of sound, for models that are paid by its length; ``None`` where the table has no such price."""
    entry = find_entry(prefix, model) if prefix and model else None
    price = (entry or {}).get("input_cost_per_second")
    return float(price) if isinstance(price, int | float) else None


@functools.lru_cache(maxsize=1024)
def _price(prefix: str, model: str) -> Price | None:
    entry = find_entry(prefix, model)
    return _from_entry(entry) if entry else None


def _from_entry(entry: dict[str, Any]) -> Price | None:
    given, made = entry.get("input_cost_per_token"), entry.get("output_cost_per_token")
    if given is None or made is None:
        return None
    longest = entry.get("max_output_tokens") or entry.get("max_tokens") or 0
    cached = entry.get("cache_read_input_token_cost")
    return Price(float(given), float(made), float(given if cached is None else cached), _int(longest))


def _int(value: Any) -> int:
    return int(value) if isinstance(value, int | float) else 0
