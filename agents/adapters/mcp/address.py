"""Where an MCP server is and how to get in. Two equal addresses share one connection; secrets are never shown."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any

from agents.adapters.egress.rules import EgressRules

SHORTEST_SECRET = 6  # what is shorter cannot be struck out of a text without spoiling it


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """A streamable HTTP server (``url``), or a program that speaks over its standard streams (``command``).

    ``rules`` are the organization's for going out; ``None``: the operator or the developer vouches for the address.
    ``oauth`` names the row whose tokens are used.
    """

    name: str
    url: str = ""
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    command: str = ""
    args: tuple[str, ...] = field(default=(), repr=False)
    env: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    cwd: str = ""
    rules: EgressRules | None = None
    oauth: str = ""
    connect_s: float = 10.0
    call_s: float = 60.0
    most_bytes: int = 4_000_000

    @property
    def is_program(self) -> bool:
        return bool(self.command)

    def strike(self, value: Any) -> Any:
        """``value`` (JSON data) without the secrets of this address: a server may send back what it was sent."""
        secrets = [secret for secret in self._secrets() if len(secret) >= SHORTEST_SECRET]
        return _strike(value, secrets) if secrets else value

    def _secrets(self) -> list[str]:
        values = [value for _, value in (*self.headers, *self.env)]
        words = [word for value in values if " " in value for word in value.split(" ")[1:]]  # Bearer <token>
        return sorted({*values, *words, *_REMEMBERED.get(self.oauth, ())}, key=len, reverse=True)


def remember_secrets(owner: str, *secrets: str) -> None:
    """Tokens that ``owner`` (the row of a server with OAuth) uses now or used lately: they are struck out as well."""
    kept = _REMEMBERED.setdefault(owner, deque(maxlen=8))
    kept.extend(secret for secret in secrets if secret and secret not in kept)


_REMEMBERED: dict[str, deque[str]] = {}


def _strike(value: Any, secrets: list[str]) -> Any:
    if isinstance(value, str):
        for secret in secrets:
            value = value.replace(secret, "***")
        return value
    if isinstance(value, list):
        return [_strike(item, secrets) for item in value]
    if isinstance(value, dict):
        return {_strike(key, secrets): _strike(item, secrets) for key, item in value.items()}
    return value
