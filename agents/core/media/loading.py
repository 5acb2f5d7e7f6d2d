"""From the files that a request names to the bytes that an adapter sends; read at the last moment, kept in no journal."""

from __future__ import annotations

import asyncio
import hashlib
import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from agents.core.llm.port import FilePart
from agents.core.media.images import UnreadableImage, fit_image
from agents.core.media.kinds import sniff
from agents.core.media.sounds import longest_seconds
from agents.core.runtime.errors import StepFailed

if TYPE_CHECKING:
    from agents.core.runtime.ports import Files

IMAGE_TOKENS = 50_000  # no provider counts more for one image
TOKENS_A_SECOND = 40  # of sound: what is heard and what is said of it


def most_tokens(part: FilePart) -> int:
    """What a budget reserves for the file: no provider counts more for it."""
    if part.media_type.startswith("image/"):
        return IMAGE_TOKENS
    if part.media_type.startswith("audio/"):
        return math.ceil(longest_seconds(part.size, part.media_type) * TOKENS_A_SECOND)
    return part.size


async def load_media(files: Files | None, parts: Iterable[FilePart]) -> dict[str, bytes]:
    """The bytes by ``FilePart.key``, held against the digest and the type that the request tells; images made small enough.

    Raises ``StepFailed`` (code ``bad_file``) for a file that is gone, is another one, or cannot be read.
    """
    media: dict[str, bytes] = {}
    for part in parts:
        if part.key not in media:
            content = await files.read(part.file) if files else None
            media[part.key] = await asyncio.to_thread(_checked, part, content)
    return media


def _checked(part: FilePart, content: bytes | None) -> bytes:
    if content is None:
        raise _bad(part, "is not there any more, or does not belong to this organization")
    if hashlib.sha256(content).hexdigest() != part.sha256:
        raise _bad(part, "has other content than its digest says")
    if sniff(content) != part.media_type:
        raise _bad(part, f"is {sniff(content)} by its content, not {part.media_type}")
    if not part.media_type.startswith("image/"):
        return content
    try:
        return fit_image(content, part.longest_side)
    except UnreadableImage as error:
        raise _bad(part, f"cannot be sent: {error}") from None


def _bad(part: FilePart, what: str) -> StepFailed:
    return StepFailed(f"the file {part.name} ({part.file}) {what}", "bad_file", sha256=part.sha256)
