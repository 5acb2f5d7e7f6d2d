"""What is kept of the servers of an organization: one row each, also for servers of the operator's file, once one was asked."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from agents.core.tools.mcp import Entry, merge_offers
from agents.models import McpServer


def record_offers(organization_id: UUID, server: str, offers: Sequence[Entry]) -> None:
    """Notes what the server offers now; decisions of people stay. Nothing happens when the server is gone."""
    with transaction.atomic():
        row = McpServer.objects.select_for_update().filter(organization_id=organization_id, name=server).first()
        if row is None:
            return
        row.tools = merge_offers(row.tools, offers)
        row.status, row.problem, row.checked_at = "ok", "", timezone.now()
        row.save(update_fields=["tools", "status", "problem", "checked_at"])


def record_problem(organization_id: UUID, server: str, problem: str) -> None:
    """Notes that the server could not be asked; what it offered before stays."""
    owned = McpServer.objects.filter(organization_id=organization_id, name=server)
    owned.update(status="failed", problem=problem[:2000], checked_at=timezone.now())
