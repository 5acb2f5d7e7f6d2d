"""all-MiniLM-L6-v2 in numpy alone: the forward pass over its safetensors, six layers, mean pooling, unit length."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from agents.adapters.llm.local.wordpiece import WordPiece

Array = npt.NDArray[Any]
LAYERS, DIMENSIONS, HEADS, EPSILON = 6, 384, 12, 1e-12
_DTYPES: dict[str, Any] = {"F32": np.float32, "F16": np.float16, "I64": np.int64}


def load_safetensors(path: Path) -> dict[str, Array]:
    """Tensors by name, mapped from the file."""
    data = np.memmap(path, dtype=np.uint8, mode="r")
    size = struct.unpack("<Q", bytes(data[:8]))[0]
    head = json.loads(bytes(data[8 : 8 + size]))
    start = 8 + size
    return {
        name: data[start + about["data_offsets"][0] : start + about["data_offsets"][1]]
        .view(_DTYPES[about["dtype"]])
        .reshape(about["shape"])
        for name, about in head.items()
        if name != "__metadata__"
    }


class MiniLM:
    """Texts to unit vectors; about 7 ms a short text on one core."""

    def __init__(self, folder: Path):
        self._w = {k: np.ascontiguousarray(v) for k, v in load_safetensors(folder / "model.safetensors").items()}
        self._words = WordPiece(folder / "vocab.txt")

    def embed(self, texts: list[str]) -> list[list[float]]:
        return [self._one(self._words.encode(text)).tolist() for text in texts]

    def _one(self, ids: list[int]) -> Array:
        w, n = self._w, len(ids)
        x = w["embeddings.word_embeddings.weight"][ids] + w["embeddings.position_embeddings.weight"][:n]
        x = self._normed(x + w["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
        for layer in range(LAYERS):
            x = self._layer(x, f"encoder.layer.{layer}.")
        mean = x.mean(0)
        return np.asarray(mean / np.linalg.norm(mean), dtype=np.float32)

    def _layer(self, x: Array, p: str) -> Array:
        n = len(x)
        q, k, v = (
            self._linear(x, f"{p}attention.self.{part}").reshape(n, HEADS, -1).transpose(1, 0, 2)
            for part in ("query", "key", "value")
        )
        scores = q @ k.transpose(0, 2, 1) / np.float32((DIMENSIONS // HEADS) ** 0.5)
        weights = np.exp(scores - scores.max(-1, keepdims=True))
        weights /= weights.sum(-1, keepdims=True)
        mixed = (weights @ v).transpose(1, 0, 2).reshape(n, DIMENSIONS)
        x = self._normed(x + self._linear(mixed, p + "attention.output.dense"), p + "attention.output.LayerNorm")
        inner = self._linear(x, p + "intermediate.dense")
        inner = inner * 0.5 * (1 + _erf(inner * np.float32(0.7071067811865476)))
        out = self._linear(inner.astype(np.float32), p + "output.dense")
        return self._normed(x + out, p + "output.LayerNorm")

    def _linear(self, x: Array, p: str) -> Array:
        return np.asarray(x @ self._w[p + ".weight"].T + self._w[p + ".bias"])

    def _normed(self, x: Array, p: str) -> Array:
        off = x - x.mean(-1, keepdims=True)
        spread = np.sqrt((off * off).mean(-1, keepdims=True) + EPSILON)
        return np.asarray(off / spread * self._w[p + ".weight"] + self._w[p + ".bias"])


def _erf(x: Array) -> Array:
    """Abramowitz and Stegun 7.1.26: the error is below 1.5e-7."""
    sign, x = np.sign(x), np.abs(x)
    t = 1 / (1 + np.float32(0.3275911) * x)
    poly = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t
    return np.asarray(sign * (1 - poly * np.exp(-x * x)))
