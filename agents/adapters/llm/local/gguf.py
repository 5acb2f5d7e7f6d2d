"""Writes MiniLM's weights as a GGUF file (format version 3), so that llama.cpp runs them. Written once, then kept."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import numpy as np

from agents.adapters.llm.local.minilm import DIMENSIONS, EPSILON, HEADS, LAYERS, load_safetensors

_UINT32, _INT32, _FLOAT32, _BOOL, _STRING, _ARRAY = 4, 5, 6, 7, 8, 9
_NORMAL_TOKEN, _CONTROL_TOKEN = 1, 3
_PARTS = (
    ("attention.self.query", "attn_q"),
    ("attention.self.key", "attn_k"),
    ("attention.self.value", "attn_v"),
    ("attention.output.dense", "attn_output"),
    ("attention.output.LayerNorm", "attn_output_norm"),
    ("intermediate.dense", "ffn_up"),
    ("output.dense", "ffn_down"),
    ("output.LayerNorm", "layer_output_norm"),
)


def write_gguf(folder: Path, out: Path) -> Path:
    """The GGUF of the weights in ``folder``, at ``out``; a file that is there already is taken as it is."""
    if out.is_file():
        return out
    weights = load_safetensors(folder / "model.safetensors")
    infos, blobs, offset = [], [], 0
    for source, name in _names().items():
        tensor = weights[source]
        half = tensor.ndim == 2 and "position" not in source and "token_type" not in source
        data = np.ascontiguousarray(tensor.astype(np.float16 if half else np.float32)).tobytes()
        shape = b"".join(struct.pack("<Q", size) for size in reversed(tensor.shape))
        infos.append(_text(name) + struct.pack("<I", tensor.ndim) + shape + struct.pack("<IQ", int(half), offset))
        data += b"\0" * (-len(data) % 32)
        blobs.append(data)
        offset += len(data)
    meta = _metadata((folder / "vocab.txt").read_text(encoding="utf-8").split("\n"))
    head = b"GGUF" + struct.pack("<IQQ", 3, len(infos), len(meta)) + b"".join(meta) + b"".join(infos)
    _write_whole(out, [head + b"\0" * (-len(head) % 32), *blobs])
    return out


def _write_whole(out: Path, parts: list[bytes]) -> None:
    """All or nothing: two processes may do this at once."""
    draft = out.with_name(f"{out.name}.{os.getpid()}")
    with draft.open("wb") as file:
        file.writelines(parts)
    draft.replace(out)


def _names() -> dict[str, str]:
    names = {
        "embeddings.word_embeddings.weight": "token_embd.weight",
        "embeddings.position_embeddings.weight": "position_embd.weight",
        "embeddings.token_type_embeddings.weight": "token_types.weight",
        "embeddings.LayerNorm.weight": "token_embd_norm.weight",
        "embeddings.LayerNorm.bias": "token_embd_norm.bias",
    }
    for layer in range(LAYERS):
        for theirs, ours in _PARTS:
            for kind in ("weight", "bias"):
                names[f"encoder.layer.{layer}.{theirs}.{kind}"] = f"blk.{layer}.{ours}.{kind}"
    return names


def _metadata(vocabulary: list[str]) -> list[bytes]:
    vocabulary = vocabulary[:-1] if vocabulary[-1] == "" else vocabulary
    control = [t.startswith("[") and t.endswith("]") and len(t) > 2 for t in vocabulary]
    tokens = [t if c else t[2:] if t.startswith("##") else "\u2581" + t for t, c in zip(vocabulary, control, strict=True)]
    kinds = [_CONTROL_TOKEN if c else _NORMAL_TOKEN for c in control]
    numbers = {
        "general.file_type": 1,
        "bert.context_length": 512,
        "bert.embedding_length": DIMENSIONS,
        "bert.feed_forward_length": 1536,
        "bert.block_count": LAYERS,
        "bert.attention.head_count": HEADS,
        "bert.pooling_type": 1,
        "tokenizer.ggml.token_type_count": 2,
        "tokenizer.ggml.unknown_token_id": 100,
        "tokenizer.ggml.seperator_token_id": 102,
        "tokenizer.ggml.padding_token_id": 0,
        "tokenizer.ggml.cls_token_id": 101,
        "tokenizer.ggml.bos_token_id": 101,
        "tokenizer.ggml.eos_token_id": 102,
        "tokenizer.ggml.mask_token_id": 103,
    }
    texts = {
        "general.architecture": "bert",
        "general.name": "all-MiniLM-L6-v2",
        "general.license": "apache-2.0",
        "tokenizer.ggml.model": "bert",
        "tokenizer.ggml.pre": "default",
    }
    return [
        *(_pair(key, _STRING, _text(value)) for key, value in texts.items()),
        *(_pair(key, _UINT32, struct.pack("<I", value)) for key, value in numbers.items()),
        _pair("bert.attention.layer_norm_epsilon", _FLOAT32, struct.pack("<f", EPSILON)),
        _pair("bert.attention.causal", _BOOL, b"\0"),
        _pair("tokenizer.ggml.tokens", _ARRAY, struct.pack("<IQ", _STRING, len(tokens)) + b"".join(map(_text, tokens))),
        _pair(
            "tokenizer.ggml.token_type",
            _ARRAY,
            struct.pack("<IQ", _INT32, len(kinds)) + struct.pack(f"<{len(kinds)}i", *kinds),
        ),
    ]


def _pair(key: str, kind: int, value: bytes) -> bytes:
    return _text(key) + struct.pack("<I", kind) + value


def _text(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<Q", len(data)) + data
