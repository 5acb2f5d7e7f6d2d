"""Where an organization's tools may connect to."""

from __future__ import annotations

from django.db import models


class EgressPolicy(models.Model):
    """``allowed``/``denied``: host names (``*.example.org`` for all below), addresses or networks. A denial beats all; an empty
    ``allowed`` allows every public address; ``private`` also lets in the private addresses that are listed in ``allowed``."""

    organization = models.OneToOneField("trust.Organization", primary_key=True, on_delete=models.CASCADE, related_name="egress")
    allowed = models.JSONField(default=list)
    denied = models.JSONField(default=list)
    private = models.BooleanField(default=False)
    changed_by_label = models.CharField(max_length=200, blank=True)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"egress of {self.organization_id}"
