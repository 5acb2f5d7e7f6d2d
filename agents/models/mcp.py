"""MCP servers of an organization and the tools they were seen to offer."""

from __future__ import annotations

import uuid

from django.db import models


class McpServer(models.Model):
    """A streamable HTTP server. ``tools`` are as last listed: each with name, description, parameters, digest, enabled,
    approved_digest (what a person looked at) and danger. ``secret`` is sealed; it is never shown."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey("trust.Organization", on_delete=models.CASCADE, related_name="mcp_servers")
    name = models.CharField(max_length=60)
    url = models.CharField(max_length=500)
    auth = models.CharField(max_length=10, default="none", choices=[(n, n) for n in ("none", "header", "oauth")])
    header = models.CharField(max_length=100, blank=True)
    secret = models.TextField(blank=True)
    tools = models.JSONField(default=list)
    status = models.CharField(max_length=20, default="new", choices=[(n, n) for n in ("new", "ok", "failed")])
    problem = models.TextField(blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    created_by_label = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "name"], name="mcp_server_name_once")]

    def __str__(self) -> str:
        return f"{self.name} ({self.url})"
