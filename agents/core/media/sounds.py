"""What can be told of a sound file without listening to it."""

from __future__ import annotations

import io
import wave

_SLOWEST = {"audio/wav": 8_000}  # bytes a second of the poorest usual recording: 8 kHz, 8 bits, one channel
_SLOWEST_CODED = 1_000  # 8 kbit/s: no usual codec goes lower


def seconds_of(content: bytes) -> float | None:
    """The length of a wav; ``None`` for other formats and for a broken head."""
    try:
        with wave.open(io.BytesIO(content)) as sound:
            return float(sound.getnframes()) / (sound.getframerate() or 1)
    except (wave.Error, EOFError, ValueError):
        return None


def longest_seconds(size: int, media_type: str) -> float:
    """How long a sound of so many bytes can be at most."""
    return size / _SLOWEST.get(media_type, _SLOWEST_CODED)
