"""The sealed text of a server's row that OAuth keeps its tokens in. Imports nothing of the SDK."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.db import transaction

from agents.models import McpServer
from trust.core.errors import CannotUnseal
from trust.services.secrets import seal_secret, unseal_secret


def purpose_of(row: McpServer) -> str:
    """What the row's secret is sealed for: copied to another row or organization, it does not open."""
    return f"mcp:{row.organization_id}:{row.id}"


def read_kept(row_id: str) -> dict[str, Any]:
    """``tokens``, ``client``, and during a sign-in ``pending`` and ``answer``; empty when there is nothing that opens."""
    row = McpServer.objects.filter(pk=UUID(row_id), auth="oauth").first()
    return _open(row) if row else {}


def write_kept(row_id: str, changes: dict[str, Any]) -> None:
    """Replaces the named parts; ``None`` takes one away. Nothing happens when the server is gone."""
    with transaction.atomic():
        row = McpServer.objects.select_for_update().filter(pk=UUID(row_id), auth="oauth").first()
        if row is None:
            return
        kept = {name: value for name, value in {**_open(row), **changes}.items() if value is not None}
        row.secret = seal_secret(json.dumps(kept), purpose_of(row)) if kept else ""
        row.save(update_fields=["secret"])


def _open(row: McpServer) -> dict[str, Any]:
    try:
        return dict(json.loads(unseal_secret(row.secret, purpose_of(row)))) if row.secret else {}
    except CannotUnseal:
        return {}
