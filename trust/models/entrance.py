"""Single-use entrances: sign-in links and invitations. Owns hashes and dates, never the token in the link."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from trust.core.roles import Role
from trust.models.organization import ROLE_CHOICES, Organization


class SignInLink(models.Model):
    """Lets one person in once, until it expires."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sign_in_links")
    token_hash = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)
        constraints = (models.UniqueConstraint(fields=["token_hash"], name="trust_signinlink_token_unique"),)

    def __str__(self) -> str:
        return f"Sign-in link for {self.user}"


class Invitation(models.Model):
    """Asks one email address to join one organization with one role; the link is the proof."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=16, choices=ROLE_CHOICES)
    token_hash = models.CharField(max_length=64, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="invitations_sent"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)
        constraints = (
            models.UniqueConstraint(fields=["token_hash"], name="trust_invitation_token_unique"),
            models.CheckConstraint(
                condition=models.Q(role__in=[role.value for role in Role]), name="trust_invitation_role_known"
            ),
        )

    def __str__(self) -> str:
        return f"Invitation of {self.email} to {self.organization}"

    @property
    def state(self) -> str:
        """``open``, ``accepted``, ``withdrawn`` or ``expired``."""
        if self.accepted_at:
            return "accepted"
        if self.withdrawn_at:
            return "withdrawn"
        return "expired" if self.expires_at <= timezone.now() else "open"
