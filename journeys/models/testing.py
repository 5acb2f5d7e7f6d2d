"""Tests of journeys: cases, the rounds in which they were run, their results, and the gate before publishing.

A result keeps the digest of the spec and of the case it belongs to: it counts for exactly these and for nothing else.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone


class JourneyTest(models.Model):
    """A test case of a journey; ``spec`` is the JSON of ``TestCase``. ``source`` says where it came from."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey("trust.Organization", on_delete=models.CASCADE, related_name="journey_tests")
    definition = models.ForeignKey("agents.Definition", on_delete=models.CASCADE, related_name="journey_tests")
    name = models.CharField(max_length=120)
    spec = models.JSONField()
    digest = models.CharField(max_length=71)
    enabled = models.BooleanField(default=True)
    source = models.CharField(max_length=10, default="hand")
    session = models.ForeignKey("journeys.Session", null=True, blank=True, on_delete=models.SET_NULL, related_name="tests")
    changed_by = models.CharField(max_length=60)
    changed_by_label = models.CharField(max_length=200)
    changed_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["created_at", "name"]
        constraints = [
            models.UniqueConstraint(fields=["definition", "name"], name="journey_test_name_once"),
            models.CheckConstraint(
                condition=models.Q(source__in=["hand", "session", "gallery", "import"]), name="journey_test_source_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TestRound(models.Model):
    """Cases run once against one spec, by ``run``. ``what`` names the spec for people: ``draft`` or ``v3``."""

    __test__ = False

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey("trust.Organization", on_delete=models.CASCADE, related_name="test_rounds")
    definition = models.ForeignKey("agents.Definition", on_delete=models.CASCADE, related_name="test_rounds")
    spec_digest = models.CharField(max_length=71)
    what = models.CharField(max_length=20)
    cases = models.PositiveIntegerField()
    model_label = models.CharField(max_length=200, blank=True)
    run = models.ForeignKey("agents.Run", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_by = models.CharField(max_length=60)
    created_by_label = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["definition", "-created_at"], name="test_round_newest")]

    def __str__(self) -> str:
        return f"{self.what} {self.created_at:%Y-%m-%d %H:%M}"


class TestResult(models.Model):
    """How one case went in one round; ``result`` is the JSON of ``CaseResult``."""

    __test__ = False

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(TestRound, on_delete=models.CASCADE, related_name="results")
    test = models.ForeignKey(JourneyTest, on_delete=models.CASCADE, related_name="results")
    name = models.CharField(max_length=120)
    case = models.JSONField()
    case_digest = models.CharField(max_length=71)
    spec_digest = models.CharField(max_length=71)
    passed = models.BooleanField()
    result = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["created_at"]
        constraints = [models.UniqueConstraint(fields=["round", "test"], name="test_result_once_a_round")]
        indexes = [models.Index(fields=["test", "spec_digest", "-created_at"], name="test_result_newest")]

    def __str__(self) -> str:
        return f"{self.name}: {'passed' if self.passed else 'failed'}"


class PublishGate(models.Model):
    """What a journey must have shown before it can be published. ``min_coverage``: percent of transitions, 0: none."""

    definition = models.OneToOneField("agents.Definition", on_delete=models.CASCADE, related_name="publish_gate")
    require_tests = models.BooleanField(default=False)
    min_coverage = models.PositiveSmallIntegerField(default=0)
    changed_by_label = models.CharField(max_length=200, blank=True)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(min_coverage__lte=100), name="publish_gate_coverage_is_percent"),
        ]

    def __str__(self) -> str:
        return f"tests {'required' if self.require_tests else 'not required'}, {self.min_coverage} %"
