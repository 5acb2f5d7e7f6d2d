"""Permission rules that people made: for the whole organization, or a grant for one session or run."""

from __future__ import annotations

import uuid

from django.db import models


class PermissionRuleRow(models.Model):
    """A rule in force until it is withdrawn. ``scope_key`` is empty for the organization; else a session's or run's key
    (``services.permissions.scope_key_of``), where it is a grant: it turns "ask" into "allow" for the tools it matches."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey("trust.Organization", on_delete=models.CASCADE, related_name="permission_rules")
    scope_key = models.CharField(max_length=100, blank=True)
    pattern = models.CharField(max_length=500)
    permission_type = models.CharField(max_length=5, choices=[("allow", "allow"), ("deny", "deny"), ("ask", "ask")])
    priority = models.IntegerField(default=0)
    reason = models.CharField(max_length=500, blank=True)
    approval = models.ForeignKey("agents.Approval", null=True, blank=True, on_delete=models.SET_NULL, related_name="grants")
    created_by = models.CharField(max_length=60)
    created_by_label = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by_label = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["organization", "scope_key"], name="permission_rule_by_scope")]

    def __str__(self) -> str:
        return f"{self.permission_type} {self.pattern}"
