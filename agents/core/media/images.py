"""Images made small enough for a model. Pillow is imported on first use."""

from __future__ import annotations

import io
from typing import Any

MAX_PIXELS = 60_000_000  # beyond it a small file is a trap that fills the memory


class UnreadableImage(ValueError):
    """The bytes are no image that can be read, or one with too many pixels."""


def image_size(content: bytes) -> tuple[int, int]:
    """Width and height in pixels, from the image's head. Raises ``UnreadableImage``."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(content)) as image:
            return image.size
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise UnreadableImage(f"the image cannot be read: {error}") from None


def fit_image(content: bytes, longest_side: int) -> bytes:
    """The image with no side longer than ``longest_side``, in its own format; as it is when it fits or for 0.

    Raises ``UnreadableImage``, also for more than 60 million pixels, whatever ``longest_side`` says.
    """
    width, height = image_size(content)
    if width * height > MAX_PIXELS:
        told = f"the image has {width:,} x {height:,} pixels; allowed are {MAX_PIXELS:,} in all"
        raise UnreadableImage(told)
    if not longest_side or max(width, height) <= longest_side:
        return content
    return _shrink(content, longest_side)


def _shrink(content: bytes, longest_side: int) -> bytes:
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(content)) as image:
            kind = image.format or "PNG"
            turned = ImageOps.exif_transpose(image)
            turned.thumbnail((longest_side, longest_side))
            out = io.BytesIO()
            turned.save(out, "PNG" if kind == "GIF" else kind)
            return out.getvalue()
    except (OSError, ValueError) as error:
        raise UnreadableImage(f"the image cannot be read: {error}") from None


def describe_image(content: bytes) -> str:
    """What fixed rules can see: ``a PNG image of 64 by 48 pixels, mostly red``. Raises ``UnreadableImage``."""
    from PIL import Image

    width, height = image_size(content)
    with Image.open(io.BytesIO(content)) as image:
        kind = image.format or "unknown"
        pixel = fit_to_one_pixel(image.convert("RGB"))
    return f"a {kind} image of {width} by {height} pixels, mostly {_nearest_color(pixel)}"


def fit_to_one_pixel(image: Any) -> tuple[int, int, int]:
    """The mean color."""
    red, green, blue = image.resize((1, 1)).getpixel((0, 0))
    return red, green, blue


def _nearest_color(pixel: tuple[int, int, int]) -> str:
    return min(_COLORS, key=lambda name: sum((a - b) ** 2 for a, b in zip(_COLORS[name], pixel, strict=True)))


_COLORS = {
    "black": (0, 0, 0),
    "white": (255, 255, 255),
    "gray": (128, 128, 128),
    "red": (200, 30, 30),
    "green": (30, 160, 30),
    "blue": (30, 30, 200),
    "yellow": (230, 220, 40),
    "orange": (230, 140, 30),
    "brown": (120, 70, 30),
    "purple": (130, 30, 150),
    "pink": (240, 160, 190),
    "light blue": (150, 200, 240),
}
