"""What belongs to trying a journey: personas to talk as, and what people think of its answers."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class Persona(models.Model):
    """Somebody to talk as: values of the journey's user variables, and a context known beforehand."""

    definition = models.ForeignKey("agents.Definition", on_delete=models.CASCADE, related_name="personas")
    name = models.CharField(max_length=80)
    variables = models.JSONField(default=dict, blank=True)
    context = models.JSONField(default=dict, blank=True)
    created_by_label = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["definition", "name"], name="persona_name_once")]

    def __str__(self) -> str:
        return self.name


class Feedback(models.Model):
    """One person's opinion of one answer; a later one replaces an earlier one. ``better`` is what it should have said."""

    message = models.ForeignKey("journeys.Message", on_delete=models.CASCADE, related_name="feedback")
    by = models.CharField(max_length=60)
    by_label = models.CharField(max_length=200)
    good = models.BooleanField()
    comment = models.TextField(blank=True)
    better = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at"]
        constraints = [models.UniqueConstraint(fields=["message", "by"], name="feedback_once_a_person")]

    def __str__(self) -> str:
        return f"{'good' if self.good else 'bad'}: {self.comment[:40]}"
