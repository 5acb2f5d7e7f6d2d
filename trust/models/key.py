"""API keys of an organization. Owns the hash, never the secret: nothing here can give a key back."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone

from trust.core.roles import Role
from trust.models.organization import ROLE_CHOICES, Organization


class ApiKey(models.Model):
    """A named credential for programs, with a role and optional narrower scopes.

    ``secret_hash`` is a plain SHA-256: the secret is 256 random bits, so there is nothing to guess that a slow
    password hash would protect, and the hash can be looked up by index. ``scopes`` is a list of permissions, or
    null for the whole role.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=120)
    hint = models.CharField(max_length=16, help_text="The first characters, so that people can tell keys apart.")
    secret_hash = models.CharField(max_length=64, editable=False)
    role = models.CharField(max_length=16, choices=ROLE_CHOICES)
    scopes = models.JSONField(null=True, blank=True, default=None)
    created_by = models.CharField(max_length=80, blank=True, default="")
    created_by_label = models.CharField(max_length=150, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)
        constraints = (
            models.UniqueConstraint(fields=["secret_hash"], name="trust_apikey_secret_unique"),
            models.CheckConstraint(condition=models.Q(role__in=[role.value for role in Role]), name="trust_apikey_role_known"),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"

    @property
    def state(self) -> str:
        """``active``, ``revoked`` or ``expired``."""
        if self.revoked_at:
            return "revoked"
        return "expired" if self.expires_at and self.expires_at <= timezone.now() else "active"
