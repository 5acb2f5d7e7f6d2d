"""What a file is, by its content and never by its name. Owns the known kinds and their limits; reads no file itself."""

from __future__ import annotations

import re
from typing import Literal

MAX_BYTES = 20_000_000
Accepts = Literal["any", "image", "audio"]
MAX_BYTES_OF: dict[Accepts, int] = {"any": MAX_BYTES, "image": 10_000_000, "audio": MAX_BYTES}
IMAGE_TYPES = ("image/png", "image/jpeg", "image/webp", "image/gif")
AUDIO_TYPES = ("audio/wav", "audio/mpeg", "audio/mp4", "audio/ogg", "audio/flac", "audio/webm")
TYPES_OF: dict[Accepts, tuple[str, ...]] = {"any": (), "image": IMAGE_TYPES, "audio": AUDIO_TYPES}
UNKNOWN = "application/octet-stream"
_STARTS: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"ID3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"\x1aE\xdf\xa3", "audio/webm"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
)
_M4A = (b"M4A ", b"M4B ", b"mp42", b"isom", b"mp41", b"dash")
_EXTENSIONS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "image/gif": "gif",
    "audio/wav": "wav",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/ogg": "ogg",
    "audio/flac": "flac",
    "audio/webm": "webm",
}
_LOOKS_ENCODED = re.compile(r"(?:data:[\w/+.-]+;base64,)?[A-Za-z0-9+/=\s]{200,}")


def sniff(content: bytes) -> str:
    """The media type by the first bytes: text is ``text/plain``, what is not known ``application/octet-stream``."""
    for start, media_type in _STARTS:
        if content.startswith(start):
            return media_type
    if content[:4] == b"RIFF":
        return {b"WAVE": "audio/wav", b"WEBP": "image/webp"}.get(content[8:12], UNKNOWN)
    if content[4:8] == b"ftyp":
        return "audio/mp4" if content[8:12] in _M4A else UNKNOWN
    if len(content) > 1 and content[0] == 0xFF and content[1] & 0xE6 == 0xE2:
        return "audio/mpeg"  # an MP3 frame without an ID3 tag: eleven set bits, then layer III
    return "text/plain" if _is_text(content) else UNKNOWN


def is_accepted(accepts: Accepts, media_type: str) -> bool:
    return not TYPES_OF[accepts] or media_type in TYPES_OF[accepts]


def describe_accepts(accepts: Accepts) -> str:
    """The allowed files in words: ``an image file (png, jpeg, webp, gif) of at most 10 MB``."""
    kinds = [media_type.split("/")[1] for media_type in TYPES_OF[accepts]]
    noun = {"any": "a file", "image": "an image file", "audio": "an audio file"}[accepts]
    return noun + (f" ({', '.join(kinds)})" if kinds else "") + f" of at most {MAX_BYTES_OF[accepts] // 1_000_000} MB"


def looks_encoded(text: str) -> bool:
    """Whether ``text`` is a file's content as base64 rather than a path or an id."""
    return text.startswith("data:") or _LOOKS_ENCODED.fullmatch(text) is not None


def extension_of(media_type: str) -> str:
    """The usual ending of names of this type, without a dot; ``bin`` for what is not known."""
    return _EXTENSIONS.get(media_type, "bin")


def _is_text(content: bytes) -> bool:
    if b"\x00" in content:
        return False
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return bool(content)
