"""The default model of an organization. Keys are never stored here: they stay in the environment."""

from __future__ import annotations

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
