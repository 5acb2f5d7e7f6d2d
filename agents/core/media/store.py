"""Files in memory, for agents that run without a site: a path is read once, checked, and kept under its digest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from agents.core.media.kinds import MAX_BYTES_OF, Accepts, describe_accepts, is_accepted, looks_encoded, sniff
from agents.core.spec.errors import InvalidValues
from agents.core.spec.signature import SignatureSpec
from agents.core.spec.types import DictType, FileType, ListType, ModelType, OptionalType, TypeSpec


class MemoryFiles:
    """The runtime's port to files in this process. Beyond ``most_bytes`` the oldest ones go."""

    def __init__(self, most_bytes: int = 256_000_000) -> None:
        self._most_bytes = most_bytes
        self._contents: dict[str, bytes] = {}

    async def read(self, file: str) -> bytes | None:
        return self._contents.get(file)

    def add(self, name: str, content: bytes) -> dict[str, Any]:
        """Keeps ``content`` and returns the value of an input that means it."""
        sha256 = hashlib.sha256(content).hexdigest()
        self._contents.pop(sha256, None)
        self._contents[sha256] = content
        while len(self._contents) > 1 and sum(map(len, self._contents.values())) > self._most_bytes:
            self._contents.pop(next(iter(self._contents)))
        return {"file": sha256, "name": name, "media_type": sniff(content), "size": len(content), "sha256": sha256}


def load_paths(signature: SignatureSpec, values: Mapping[str, Any], files: MemoryFiles) -> dict[str, Any]:
    """``values`` in which every path that stands for a file is read into ``files``.

    Raises ``InvalidValues`` that says what is allowed: for a missing, empty or too large file, for another type, and for
    content (bytes, base64) in place of a path.
    """
    types = {field.name: field.type for field in signature.inputs}
    return {name: _load(types[name], value, name, files) if name in types else value for name, value in values.items()}


def _load(type_: TypeSpec, value: Any, where: str, files: MemoryFiles) -> Any:
    match type_:
        case OptionalType():
            return None if value is None else _load(type_.of, value, where, files)
        case ListType() if isinstance(value, list | tuple):
            return [_load(type_.of, item, f"{where}[{n}]", files) for n, item in enumerate(value)]
        case DictType() if isinstance(value, dict):
            return {key: _load(type_.of, item, f"{where}.{key}", files) for key, item in value.items()}
        case ModelType() if isinstance(value, dict):
            types = {field.name: field.type for field in type_.fields}
            return {k: _load(types[k], v, f"{where}.{k}", files) if k in types else v for k, v in value.items()}
        case FileType() if not isinstance(value, dict):
            return _read(type_.accepts, value, where, files)
    return value


def _read(accepts: Accepts, value: Any, where: str, files: MemoryFiles) -> dict[str, Any]:
    allowed = f"allowed: the path of {describe_accepts(accepts)}"
    if isinstance(value, bytes | bytearray):
        raise _wrong(where, f"got {len(value):,} bytes of content, {allowed}")
    if not isinstance(value, str | PathLike):
        raise _wrong(where, f"got {type(value).__name__}, {allowed}")
    if isinstance(value, str) and looks_encoded(value):
        raise _wrong(where, f"got the content of a file as base64, {allowed}")
    path = Path(value)
    try:
        size = path.stat().st_size if path.is_file() else -1
        if size < 0:
            raise _wrong(where, f"there is no file {str(path)[:200]!r}, {allowed}")
        if size == 0 or size > MAX_BYTES_OF[accepts]:
            raise _wrong(where, f"{path.name} has {size:,} bytes, {allowed}")
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        raise _wrong(where, f"{str(value)[:200]!r} cannot be read ({error}), {allowed}") from None
    media_type = sniff(content)
    if not is_accepted(accepts, media_type):
        raise _wrong(where, f"{path.name} is {media_type} by its content, {allowed}")
    return files.add(path.name[:200], content)


def _wrong(where: str, message: str) -> InvalidValues:
    return InvalidValues(problems=[{"where": where, "message": message}])
