"""The types of inputs that are files: ``photo: Image = InputField("A photo")``. In Python a value is the path of a file."""

from __future__ import annotations

from typing import Any, Literal

from pydantic_core import CoreSchema, core_schema


class File:
    """Any file of at most 20 MB."""

    accepts: Literal["any", "image", "audio"] = "any"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> CoreSchema:
        """Lets pydantic models have fields of this type; values are checked by the signature."""
        return core_schema.any_schema()


class Image(File):
    """A png, jpeg, webp or gif of at most 10 MB."""

    accepts = "image"


class Audio(File):
    """A wav, mp3, m4a, ogg, flac or webm of at most 20 MB."""

    accepts = "audio"
