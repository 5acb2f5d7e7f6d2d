"""The one way out to the network: for tools, for MCP clients, and for model addresses that people typed.

``HttpEgress(rules)`` does whole requests, ``guarded_session`` (aiohttp) and ``guarded_httpx_transport`` (httpx2) are for
clients with a protocol of their own, ``check_url`` is for addresses that are saved. All of them refuse by the same rules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agents.adapters.egress.rules import EgressRules
from agents.adapters.egress.targets import check_url
from agents.core.tools.errors import EgressRefused

if TYPE_CHECKING:
    from agents.adapters.egress.client import HttpEgress
    from agents.adapters.egress.connector import guarded_session, shared_session
    from agents.adapters.egress.httpx_transport import guarded_httpx_transport

__all__ = [
    "EgressRefused",
    "EgressRules",
    "HttpEgress",
    "check_url",
    "guarded_httpx_transport",
    "guarded_session",
    "shared_session",
]

_LATER = {  # each brings an HTTP client along, which whoever only checks an address does not need
    "HttpEgress": "client",
    "guarded_session": "connector",
    "shared_session": "connector",
    "guarded_httpx_transport": "httpx_transport",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
