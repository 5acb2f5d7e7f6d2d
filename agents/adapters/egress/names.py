"""Host names in one form: lower case, ASCII by IDNA (UTS 46), no dot at the end. Refuses numbers in the dress of names."""

from __future__ import annotations

import re

import idna

_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)


def ascii_name(host: str) -> str:
    """Raises ``ValueError`` that says what is wrong with ``host``."""
    name = host
    if not host.isascii():
        try:
            name = idna.encode(host, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError) as error:
            raise ValueError(f"the name {host!r} is not one that can be looked up: {error}") from None
    name = name.lower().removesuffix(".")
    if not name or len(name) > 253:
        raise ValueError(f"a host name has 1 to 253 characters, {host[:60]!r} has {len(name)}")
    labels = name.split(".")
    if wrong := [label for label in labels if not _LABEL.fullmatch(label)]:
        raise ValueError(f"{wrong[0][:80]!r} cannot be a part of a host name")
    if _NUMBER.fullmatch(labels[-1]):
        raise ValueError(f"{host!r} is an address in an unusual spelling; write it as four decimal numbers, like 192.0.2.7")
    return name
