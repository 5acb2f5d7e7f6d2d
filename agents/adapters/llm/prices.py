"""Prices of models from LiteLLM's own table, read from its data file without importing it. Unknown stays unknown."""

from __future__ import annotations

import functools
import importlib.util
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic_core import from_json

_FILE = "model_prices_and_context_window_backup.json"
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


@functools.lru_cache(maxsize=1024)
def _price(prefix: str, model: str) -> Price | None:
    table = _table()
    for name in (f"{prefix}/{model}", model):
        entry = table.get(name)
        if entry and (name != model or entry.get("litellm_provider") == prefix):
            return _from_entry(entry)
    return None


def _from_entry(entry: dict[str, Any]) -> Price | None:
    given, made = entry.get("input_cost_per_token"), entry.get("output_cost_per_token")
    if given is None or made is None:
        return None
    longest = entry.get("max_output_tokens") or entry.get("max_tokens") or 0
    cached = entry.get("cache_read_input_token_cost")
    return Price(float(given), float(made), float(given if cached is None else cached), _int(longest))


@functools.cache
def _table() -> dict[str, dict[str, Any]]:
    """Chat models only, and of each only what a price needs: the file is 3 MB."""
    spec = importlib.util.find_spec("litellm")
    folders = (spec.submodule_search_locations or []) if spec else []
    path = next((p for p in (Path(folder) / _FILE for folder in folders) if p.is_file()), None)
    if path is None:
        return {}
    wanted = (
        "input_cost_per_token",
        "output_cost_per_token",
        "cache_read_input_token_cost",
        "max_output_tokens",
        "max_tokens",
        "litellm_provider",
    )
    return {
        name: {key: entry[key] for key in wanted if key in entry}
        for name, entry in from_json(path.read_bytes()).items()
        if isinstance(entry, dict) and "input_cost_per_token" in entry
    }


def _int(value: Any) -> int:
    return int(value) if isinstance(value, int | float) else 0
