"""Sealing: secrets encrypted for one purpose, so that they can be stored. The one module that uses a crypto library.

Refuses to open what was changed, cut short, sealed for another purpose or by a key that is no longer there, always with
the same error. Knows no settings: the keys are passed in.
"""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from trust.core.errors import CannotUnseal

SHORTEST_MASTER = 32  # characters of a master secret
_VERSION = "kz1"
_NONCE = 12  # bytes, NIST SP 800-38D 8.2.2: random, so far below 2**32 messages for one key
_TAG = 16


@dataclass(frozen=True, slots=True)
class SealingKey:
    """A key of AES-256-GCM. ``id`` names it in what it sealed and tells nothing of it."""

    id: str
    secret: bytes = field(repr=False)


def derive_key(master: str) -> SealingKey:
    """The sealing key of a master secret, which is random and not a password (HKDF-SHA256, RFC 5869)."""
    if len(master) < SHORTEST_MASTER:
        raise ValueError(f"a master secret has {len(master)} characters; allowed is {SHORTEST_MASTER} or more")
    made = HKDF(algorithm=hashes.SHA256(), length=40, salt=None, info=b"kaizen/seal/1").derive(master.encode())
    return SealingKey(id=made[32:].hex(), secret=made[:32])


def seal(secret: str, *, purpose: str, keys: Sequence[SealingKey]) -> str:
    """``secret`` encrypted by the first of ``keys``: ASCII, different each time. Opens for the same ``purpose`` only."""
    if not keys:
        raise ValueError("there is no key to seal with")
    nonce = os.urandom(_NONCE)
    made = AESGCM(keys[0].secret).encrypt(nonce, secret.encode(), _bound(keys[0].id, purpose))
    return f"{_VERSION}.{keys[0].id}.{base64.urlsafe_b64encode(nonce + made).decode()}"


def unseal(sealed: str, *, purpose: str, keys: Sequence[SealingKey]) -> str:
    """What ``seal`` was given. Raises ``CannotUnseal`` for everything that is not exactly what it returned."""
    version, _, rest = sealed.partition(".")
    key_id, _, text = rest.partition(".")
    key = next((key for key in keys if key.id == key_id), None)
    if version != _VERSION or key is None:
        raise CannotUnseal
    try:
        raw = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
        if len(raw) < _NONCE + _TAG or base64.urlsafe_b64encode(raw).decode() != text:
            raise CannotUnseal  # base64 has several ways to write the same bytes; only ours is taken
        return AESGCM(key.secret).decrypt(raw[:_NONCE], raw[_NONCE:], _bound(key.id, purpose)).decode()
    except (InvalidTag, binascii.Error, UnicodeError):
        raise CannotUnseal from None


def _bound(key_id: str, purpose: str) -> bytes:
    """The associated data: nothing of it can be exchanged without breaking the seal."""
    return f"{_VERSION}\x00{key_id}\x00{purpose}".encode()
