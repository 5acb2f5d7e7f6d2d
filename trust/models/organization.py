"""Organizations and who belongs to them. Owns tenancy: everything else in the product points here."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from trust.core.roles import Role

ROLE_CHOICES = [(role.value, role.name.title()) for role in Role]


class Organization(models.Model):
    """The tenant that owns definitions, runs, sessions, members and keys."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("name",)
        constraints = (models.UniqueConstraint(fields=["slug"], name="trust_organization_slug_unique"),)

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One person in one organization with one role."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=ROLE_CHOICES)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = (
            "created_at",
            "id",
        )
        constraints = (
            models.UniqueConstraint(fields=["user", "organization"], name="trust_membership_once_per_organization"),
            models.CheckConstraint(
                condition=models.Q(role__in=[role.value for role in Role]), name="trust_membership_role_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} · {self.role} of {self.organization}"
