"""Rings sockets through the channel layer. A lost ring is harmless: every socket also re-checks its rights itself."""

from __future__ import annotations

import logging

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

logger = logging.getLogger(__name__)


def ring_rights(kind: str, identity: str) -> None:
    """Send ``rights.changed`` to the sockets of one user or key; a channel layer that is down is only logged."""
    layer = get_channel_layer()
    if layer is None:
        return
    try:
        async_to_sync(layer.group_send)(f"rights.{kind}.{identity}", {"type": "rights.changed"})
    except (OSError, TimeoutError) as error:
        logger.warning("rights.changed for %s %s was not sent: %s", kind, identity, error)
