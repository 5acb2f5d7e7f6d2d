"""Random secrets and the only form of them that is stored. Owns no table."""

from __future__ import annotations

import hashlib
import secrets


def new_secret() -> str:
    """256 random bits as 43 characters that are safe in a URL."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> str:
    """SHA-256 in hex. A fast hash is right here: the input is 256 random bits, which nobody finds by trying."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()
