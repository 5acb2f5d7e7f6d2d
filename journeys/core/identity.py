"""Who a visitor is by the words of the site that embeds the widget: a JWT (RFC 7519) signed with HMAC SHA-256 (``HS256``).

Owns the reading of the token; keeps no secret and knows no clock. No other algorithm is taken, ``none`` least of all.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeGuard

MAX_TOKEN = 8_000
MAX_LIFE_S = 86_400.0
LEEWAY_S = 60.0


class BadIdentity(ValueError):
    """A token that says nothing reliable; the message says why."""


@dataclass(frozen=True, slots=True)
class Identity:
    """``sub`` is the person's id on the site that vouches; ``variables`` are user variables that it knows of them."""

    sub: str
    name: str = ""
    variables: Mapping[str, Any] = field(default_factory=dict)


def read_identity(token: str, secret: str, *, now: float, audience: str) -> Identity:
    """The person that ``token`` names. ``now`` in seconds since 1970. Raises ``BadIdentity``."""
    header, claims, signature, signed = _split(token)
    if header.get("alg") != "HS256":
        raise BadIdentity(f"the token's algorithm is {str(header.get('alg'))[:20]!r}; allowed: HS256")
    expected = hmac.new(secret.encode(), signed.encode("ascii"), hashlib.sha256).digest()
    if not hmac.compare_digest(expected, signature):
        raise BadIdentity("the token's signature is not made with this journey's secret")
    _check_times(claims, now)
    if "aud" in claims and claims["aud"] != audience:
        raise BadIdentity(f"the token is for {str(claims['aud'])[:60]!r}, not for {audience!r}")
    return _identity_of(claims)


def write_identity(claims: Mapping[str, Any], secret: str) -> str:
    """A token as the embedding site's server makes it."""
    parts = [_encode(json.dumps(part, separators=(",", ":")).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims)]
    signed = ".".join(parts)
    return f"{signed}.{_encode(hmac.new(secret.encode(), signed.encode('ascii'), hashlib.sha256).digest())}"


def _split(token: str) -> tuple[dict[str, Any], dict[str, Any], bytes, str]:
    parts = token.split(".")
    if len(token) > MAX_TOKEN or len(parts) != 3 or not token.isascii():
        raise BadIdentity(f"this is no token: it has three parts with dots between them and at most {MAX_TOKEN} characters")
    try:
        header, claims = (json.loads(_decode(part)) for part in parts[:2])
        signature = _decode(parts[2])
    except (ValueError, RecursionError, binascii.Error):
        raise BadIdentity("a part of the token cannot be read: each is base64url, the first two of JSON") from None
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise BadIdentity("the token's header and claims are JSON objects")
    return header, claims, signature, ".".join(parts[:2])


def _check_times(claims: Mapping[str, Any], now: float) -> None:
    until = claims.get("exp")
    if not _is_number(until):
        raise BadIdentity("the token has no `exp`: say until when it holds, in seconds since 1970")
    if until < now - LEEWAY_S:
        raise BadIdentity("the token has expired; make a new one for each page")
    if until > now + MAX_LIFE_S + LEEWAY_S:
        raise BadIdentity(f"the token holds for more than {MAX_LIFE_S:g} seconds; make a shorter one")
    begins = claims.get("nbf")
    if begins is not None and (not _is_number(begins) or begins > now + LEEWAY_S):
        raise BadIdentity("the token does not hold yet (`nbf`)")


def _identity_of(claims: Mapping[str, Any]) -> Identity:
    sub, name, variables = claims.get("sub"), claims.get("name", ""), claims.get("variables", {})
    if not isinstance(sub, str) or not 0 < len(sub) <= 200 or "\x00" in sub:
        raise BadIdentity("the token's `sub` is the person's id: a text of 1 to 200 characters")
    if not isinstance(name, str) or "\x00" in name or not isinstance(variables, dict):
        raise BadIdentity("the token's `name` is a text and its `variables` are a JSON object")
    return Identity(sub, name[:200], variables)


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _decode(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
