"""The default model of an organization. Keys are never stored here: they stay in the environment."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone


class DefaultModelChoice(models.Model):
    """What answers for agents that name no provider. ``base_url`` belongs to the provider ``custom`` alone."""

    organization = models.OneToOneField("trust.Organization", on_delete=models.CASCADE, related_name="default_model")
    provider = models.CharField(max_length=40)
    model = models.CharField(max_length=200, blank=True)
    base_url = models.CharField(max_length=500, blank=True)
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.CharField(max_length=60, blank=True)
    changed_by_label = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.provider} {self.model}".strip()


class ProviderKey(models.Model):
    """A provider's key of one organization, sealed (``trust.core.keys``): nothing here or in any page gives it back.

    ``hint`` is its last four characters. ``test`` is what the latest small real call came to.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey("trust.Organization", on_delete=models.CASCADE, related_name="provider_keys")
    provider = models.CharField(max_length=60)
    sealed = models.TextField()
    hint = models.CharField(max_length=8, blank=True)
    base_url = models.CharField(max_length=500, blank=True)
    test = models.JSONField(null=True, blank=True)
    tested_at = models.DateTimeField(null=True, blank=True)
    created_by_label = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "provider"], name="provider_key_once")]

    def __str__(self) -> str:
        return f"key of {self.provider} (…{self.hint})"
