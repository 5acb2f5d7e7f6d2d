"""Which network address a client has. Believes ``X-Forwarded-For`` only as far as proxies are configured."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.http import HttpRequest

NOWHERE = "0.0.0.0"  # noqa: S104  # not an interface to bind: the name of a client without an address (a unix socket)


def client_address(request: HttpRequest) -> str:
    """The address of the client of an HTTP request; also what django-axes asks."""
    return _believed(request.META.get("REMOTE_ADDR", ""), request.headers.get("X-Forwarded-For", ""))


def socket_address(scope: dict[str, Any]) -> str:
    """The address of the client of a websocket."""
    headers = {name.lower(): value.decode("latin-1") for name, value in scope.get("headers", [])}
    return _believed((scope.get("client") or [""])[0] or "", headers.get(b"x-forwarded-for", ""))


def _believed(peer: str, forwarded: str) -> str:
    """The n-th address from the right for n trusted proxies: whatever is left of it was written by the client."""
    proxies: int = settings.ENV.kaizen_proxies
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    candidates = [hops[-proxies]] if 0 < proxies <= len(hops) else []
    return next((address for address in [*candidates, peer] if _is_address(address)), NOWHERE)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
