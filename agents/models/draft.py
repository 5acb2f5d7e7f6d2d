"""The history of drafts: what each change left, so that a merge has its base and undo survives a reload; and edits that met
those of somebody else, kept until a person has merged them."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone

from agents.models.definition import Definition


class DraftRevision(models.Model):
    """The draft as it was at ``revision``. ``undoes`` names the revision whose change this one took back; ``layout`` is the
    merge patch that puts the parts of the canvas back where they stood before it."""

    definition = models.ForeignKey(Definition, on_delete=models.CASCADE, related_name="revisions")
    revision = models.PositiveIntegerField()
    body = models.JSONField()
    label = models.CharField(max_length=200, blank=True)
    undoes = models.PositiveIntegerField(null=True, blank=True)
    layout = models.JSONField(null=True, blank=True)
    by = models.CharField(max_length=60, blank=True)
    by_label = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["definition", "-revision"]
        constraints = [models.UniqueConstraint(fields=["definition", "revision"], name="draft_revision_once")]


class DraftClash(models.Model):
    """One person's draft ``body``, made from ``base_revision``, that could not be saved beside somebody else's changes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    definition = models.ForeignKey(Definition, on_delete=models.CASCADE, related_name="clashes")
    base_revision = models.PositiveIntegerField()
    base = models.JSONField()
    body = models.JSONField()
    label = models.CharField(max_length=200, blank=True)
    by = models.CharField(max_length=60)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at"]
