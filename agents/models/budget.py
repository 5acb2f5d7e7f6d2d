"""Budgets above the run, and the ledger of model calls that they and the cost page are computed from."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q


class BudgetScope(models.TextChoices):
    ORGANIZATION = "organization"
    DEFINITION = "definition"  # one agent or journey, all its versions
    SESSION = "session"


class BudgetPeriod(models.TextChoices):
    ALWAYS = "always"
    DAY = "day"
    MONTH = "month"


class Budget(models.Model):
    """An account that runs draw from. Runs reserve before a call and settle after it; a limit of ``None`` is none.

    ``scope_key`` is empty for the organization, a definition's or a session's id else. ``period_start`` is when the counters
    began: the next day or month (UTC) begins with zero. Money in micro-dollars.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey("trust.Organization", on_delete=models.CASCADE, related_name="budgets")
    scope = models.CharField(max_length=12, choices=BudgetScope.choices)
    scope_key = models.CharField(max_length=80, blank=True)
    title = models.CharField(max_length=200)
    period = models.CharField(max_length=6, choices=BudgetPeriod.choices, default=BudgetPeriod.ALWAYS)
    period_start = models.DateTimeField()
    limit_microusd = models.BigIntegerField(null=True, blank=True)
    limit_tokens = models.BigIntegerField(null=True, blank=True)
    limit_calls = models.BigIntegerField(null=True, blank=True)
    spent_microusd = models.BigIntegerField(default=0)
    reserved_microusd = models.BigIntegerField(default=0)
    used_tokens = models.BigIntegerField(default=0)
    reserved_tokens = models.BigIntegerField(default=0)
    used_calls = models.BigIntegerField(default=0)
    warned_percent = models.PositiveSmallIntegerField(default=0)
    changed_by_label = models.CharField(max_length=200, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "scope", "scope_key"], name="budget_once_per_scope"),
            models.CheckConstraint(condition=Q(scope__in=BudgetScope.values), name="budget_scope_known"),
            models.CheckConstraint(condition=Q(period__in=BudgetPeriod.values), name="budget_period_known"),
            models.CheckConstraint(
                condition=Q(spent_microusd__gte=0, reserved_microusd__gte=0, used_tokens__gte=0, reserved_tokens__gte=0),
                name="budget_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"budget of {self.title}"


class ModelCall(models.Model):
    """One model call that ended, for cost and usage: written in the transaction that records its outcome, never changed.

    ``cost_microusd`` is ``None`` where no price is known. ``agent`` is the innermost agent, ``journey`` the title of the run's
    journey or empty. ``run_id`` is no foreign key: the bill outlives its run.
    """

    organization = models.ForeignKey("trust.Organization", on_delete=models.CASCADE, related_name="model_calls")
    run_id = models.UUIDField()
    path = models.CharField(max_length=400)
    at = models.DateTimeField()
    provider = models.CharField(max_length=60, blank=True)
    model = models.CharField(max_length=200, blank=True)
    agent = models.CharField(max_length=200, blank=True)
    journey = models.CharField(max_length=200, blank=True)
    ok = models.BooleanField(default=True)
    input_tokens = models.BigIntegerField(default=0)
    output_tokens = models.BigIntegerField(default=0)
    cost_microusd = models.BigIntegerField(null=True, blank=True)
    duration_s = models.FloatField(default=0)

    class Meta:
        indexes = [models.Index(fields=["organization", "at"], name="model_call_by_day")]

    def __str__(self) -> str:
        return f"{self.provider} {self.model} at {self.at:%Y-%m-%d %H:%M}"
