"""Secrets: random ones and their hash, and given ones that must be read again, sealed. Owns no table.

The keys that seal come from ``KAIZEN_SECRET_KEYS``; the one that is made of Django's own secret key opens, too, and seals where
none is set.
"""

from __future__ import annotations

import hashlib
import secrets
from functools import lru_cache

from django.conf import settings

from trust.core.keys import SealingKey, derive_key, seal, unseal


def new_secret() -> str:
    """256 random bits as 43 characters that are safe in a URL."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> str:
    """SHA-256 in hex. A fast hash is right here: the input is 256 random bits, which nobody finds by trying."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def seal_secret(text: str, purpose: str) -> str:
    """``text`` in the form that may be stored. ``purpose`` names its place and its owner, ``mcp:<organization>:<id>``."""
    return seal(text, purpose=purpose, keys=_keys(settings.ENV.kaizen_secret_keys, settings.SECRET_KEY))


def unseal_secret(sealed: str, purpose: str) -> str:
    """The text that was sealed for exactly this ``purpose``. Raises ``CannotUnseal``: it has to be entered again."""
    return unseal(sealed, purpose=purpose, keys=_keys(settings.ENV.kaizen_secret_keys, settings.SECRET_KEY))


@lru_cache(maxsize=8)
def _keys(masters: tuple[str, ...], secret_key: str) -> tuple[SealingKey, ...]:
    """The first one seals, all open: a new master goes to the front, an old one leaves when nothing is sealed by it."""
    own = hashlib.sha256(f"kaizen/master\x00{secret_key}".encode()).hexdigest()
    return tuple(derive_key(master) for master in (*masters, own))
