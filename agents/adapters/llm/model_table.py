"""LiteLLM's own table of models, read from its data file without importing it. Owns the reading; knows no meaning."""

from __future__ import annotations

import functools
import importlib.util
from pathlib import Path
from typing import Any

from pydantic_core import from_json

_FILE = "model_prices_and_context_window_backup.json"
_MODES = ("chat", "completion", "responses", "audio_transcription")
_PRICES = ("input_cost_per_token", "input_cost_per_second")
_WANTED = (
    "input_cost_per_token",
    "input_cost_per_second",
    "input_cost_per_second",
    "output_cost_per_token",
    "cache_read_input_token_cost",
    "max_input_tokens",
    "max_output_tokens",
    "max_tokens",
    "litellm_provider",
    "supported_modalities",
    "supports_function_calling",
    "supports_vision",
    "supports_audio_input",
    "supports_response_schema",
)


def find_entry(prefix: str, model: str) -> dict[str, Any] | None:
    """What the table says of ``model`` at the provider that LiteLLM calls ``prefix``; ``None``: nothing."""
    if not prefix or not model:
        return None
    table = _table()
    for name in (f"{prefix}/{model}", model):
        entry = table.get(name)
        if entry and (name != model or entry.get("litellm_provider") == prefix):
            return entry
    return None


def list_models(prefix: str) -> list[str]:
    """The models that the table knows of the provider that LiteLLM calls ``prefix``, by the names that people use."""
    found = [name for name, entry in _table().items() if prefix and entry.get("litellm_provider") == prefix]
    return [name.removeprefix(f"{prefix}/") for name in found if "/" not in name.removeprefix(f"{prefix}/")]


@functools.cache
def _table() -> dict[str, dict[str, Any]]:
    """Models that write text, and of each only what is asked for here: the file is 3 MB."""
    spec = importlib.util.find_spec("litellm")
    folders = (spec.submodule_search_locations or []) if spec else []
    path = next((p for p in (Path(folder) / _FILE for folder in folders) if p.is_file()), None)
    if path is None:
        return {}
    return {
        name: {key: entry[key] for key in _WANTED if key in entry}
        for name, entry in from_json(path.read_bytes()).items()
        if isinstance(entry, dict) and (entry.get("mode") in _MODES or any(name in entry for name in _PRICES))
    }
