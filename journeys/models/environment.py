"""Which version of a journey runs where: pointers of the environments before production, and what was ever moved.

Production has no pointer of its own: what is published is production.
"""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class EnvironmentName(models.TextChoices):
    DEV = "dev"
    STAGING = "staging"
    PRODUCTION = "production"


class EnvironmentPointer(models.Model):
    """The version that answers in ``dev`` or ``staging``."""

    definition = models.ForeignKey("agents.Definition", on_delete=models.CASCADE, related_name="environments")
    name = models.CharField(max_length=12, choices=[("dev", "dev"), ("staging", "staging")])
    version = models.ForeignKey("agents.Version", on_delete=models.CASCADE, related_name="+")
    promoted_by = models.CharField(max_length=60)
    promoted_by_label = models.CharField(max_length=200)
    promoted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["definition", "name"], name="environment_once"),
            models.CheckConstraint(condition=models.Q(name__in=["dev", "staging"]), name="environment_name_known"),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.version_id}"


class Promotion(models.Model):
    """One move of a version into an environment, with the version that was there before. Rows are added only."""

    definition = models.ForeignKey("agents.Definition", on_delete=models.CASCADE, related_name="promotions")
    environment = models.CharField(max_length=12, choices=EnvironmentName.choices)
    number = models.PositiveIntegerField()
    before = models.PositiveIntegerField(null=True, blank=True)
    rolled_back = models.BooleanField(default=False)
    notes = models.TextField(blank=True)
    by = models.CharField(max_length=60)
    by_label = models.CharField(max_length=200)
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(environment__in=EnvironmentName.values), name="promotion_environment_known"
            ),
        ]
        indexes = [models.Index(fields=["definition", "-at"], name="promotion_by_time")]

    def __str__(self) -> str:
        return f"{self.environment}: v{self.number}"
