"""Model servers of tests listen on this machine, which an organization must open first where many share a site."""

from __future__ import annotations

from django.conf import settings

from agents.services.egress import save_egress
from trust.core.principal import Principal


def open_this_machine(principal: Principal) -> None:
    """What an administrator enters under Settings, Network; an embedded site needs nothing."""
    if not settings.ENV.embedded:
        save_egress(principal=principal, allowed=["*", "127.0.0.0/8"], denied=[], private=True)
