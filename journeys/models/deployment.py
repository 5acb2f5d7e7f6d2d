"""How people outside reach a journey, the one-time links by which they go on elsewhere, and the record of erased persons."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone


class Deployment(models.Model):
    """The doors of one journey. ``secret_sealed`` signs visitors' identities; it is shown once, when it is made.

    ``look`` is how the widget looks and what it says, by the names of ``journeys.services.reach.look``.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey("trust.Organization", on_delete=models.CASCADE, related_name="deployments")
    definition = models.OneToOneField("agents.Definition", on_delete=models.CASCADE, related_name="deployment")
    environment = models.CharField(max_length=40, blank=True)
    widget_on = models.BooleanField(default=False)
    mcp_on = models.BooleanField(default=False)
    mcp_description = models.TextField(blank=True)
    anonymous = models.BooleanField(default=True)
    origins = models.JSONField(default=list, blank=True)
    look = models.JSONField(default=dict, blank=True)
    secret_sealed = models.TextField(blank=True)
    secret_hint = models.CharField(max_length=12, blank=True)
    secret_made_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by_label = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"deployment of {self.definition_id}"


class ResumeLink(models.Model):
    """A link by which a person without an account goes on with a session on another device, once."""

    session = models.ForeignKey("journeys.Session", on_delete=models.CASCADE, related_name="resume_links")
    code_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"link to {self.session_id}"


class Erasure(models.Model):
    """That everything of one person was erased: by whom, when, why, and how much it was. The person is kept as a hash only."""

    organization = models.ForeignKey("trust.Organization", on_delete=models.CASCADE, related_name="erasures")
    person_hash = models.CharField(max_length=64)
    counts = models.JSONField()
    reason = models.CharField(max_length=500, blank=True)
    by = models.CharField(max_length=60)
    by_label = models.CharField(max_length=200)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"erasure of {self.person_hash[:12]}"
