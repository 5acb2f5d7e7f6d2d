"""Small real media files, made on the spot: a png, a jpeg and a wav."""

from __future__ import annotations

import io
import math
import struct
import wave
from pathlib import Path

from PIL import Image


def png(width: int = 64, height: int = 48, color: tuple[int, int, int] = (200, 30, 30)) -> bytes:
    return _image("PNG", width, height, color)


def jpeg(width: int = 64, height: int = 48, color: tuple[int, int, int] = (30, 200, 30)) -> bytes:
    return _image("JPEG", width, height, color)


def wav(seconds: float = 0.5, rate: int = 16_000) -> bytes:
    """A tone of 440 Hz."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        frames = (int(8000 * math.sin(2 * math.pi * 440 * n / rate)) for n in range(int(seconds * rate)))
        file.writeframes(b"".join(struct.pack("<h", frame) for frame in frames))
    return out.getvalue()


def write(folder: Path, name: str, content: bytes) -> Path:
    """A file of that content, and its path."""
    path = folder / name
    path.write_bytes(content)
    return path


def _image(kind: str, width: int, height: int, color: tuple[int, int, int]) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), color).save(out, kind)
    return out.getvalue()
