"""The intent laboratory: labelled utterances of a journey, and the runs in which models heard them."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone


class LabelledUtterance(models.Model):
    """What a person said and the intent that people say it has; ``none`` for none of the journey's.

    ``before``: what was said before it (``[{"role", "text"}]``, oldest first), of which ``before_digest`` is the digest; empty:
    nothing. ``session`` is the conversation in which it was said; with that person's data it is erased.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey("trust.Organization", on_delete=models.CASCADE, related_name="utterances")
    definition = models.ForeignKey("agents.Definition", on_delete=models.CASCADE, related_name="utterances")
    text = models.TextField()
    before = models.JSONField(default=list, blank=True)
    before_digest = models.CharField(max_length=71, blank=True)
    session = models.ForeignKey("Session", null=True, blank=True, on_delete=models.SET_NULL, related_name="utterances")
    intent = models.CharField(max_length=100)
    source = models.CharField(max_length=10, default="hand")
    created_by_label = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["intent", "created_at"]
        constraints = [
            models.UniqueConstraint(fields=["definition", "text", "before_digest"], name="utterance_once_a_journey"),
            models.CheckConstraint(
                condition=models.Q(source__in=["hand", "csv", "session", "feedback"]), name="utterance_source_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.intent}: {self.text[:60]}"


class LabRun(models.Model):
    """Utterances heard by one model. ``findings`` are those of the laboratory, ``None`` until they are all there."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey("trust.Organization", on_delete=models.CASCADE, related_name="lab_runs")
    definition = models.ForeignKey("agents.Definition", on_delete=models.CASCADE, related_name="lab_runs")
    spec_digest = models.CharField(max_length=71)
    what = models.CharField(max_length=20)
    model_label = models.CharField(max_length=200)
    utterances = models.PositiveIntegerField()
    findings = models.JSONField(null=True, blank=True)
    run = models.ForeignKey("agents.Run", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_by = models.CharField(max_length=60)
    created_by_label = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["definition", "-created_at"], name="lab_run_newest")]

    def __str__(self) -> str:
        return f"{self.what} by {self.model_label}"
