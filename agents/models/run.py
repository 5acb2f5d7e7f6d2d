"""Run and its journal: one row per run, one append-only row per event. The row's state is a projection of the journal,
written in the transaction that appends the event it follows from."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models


class RunStatus(models.TextChoices):
    QUEUED = "queued"
    RUNNING = "running"
    WAITING = "waiting"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


ENDED = (RunStatus.SUCCEEDED, RunStatus.FAILED, RunStatus.CANCELLED, RunStatus.EXPIRED)
LIVE = (RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.WAITING)


class Run(models.Model):
    """One execution of a spec.

    ``fence`` counts the claims: every write of a worker names the fence it was given, so a worker that lost its lease
    changes nothing. Runs with one ``queue_key`` run one after another by ``queue_pos``. Money is in micro-dollars.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey("trust.Organization", on_delete=models.CASCADE, related_name="runs")
    kind = models.CharField(max_length=20)
    title = models.CharField(max_length=200, blank=True)
    spec_digest = models.CharField(max_length=71)
    version = models.ForeignKey("agents.Version", null=True, blank=True, on_delete=models.SET_NULL, related_name="runs")
    status = models.CharField(max_length=10, choices=RunStatus.choices, default=RunStatus.QUEUED)
    waiting_on = models.JSONField(null=True, blank=True)
    inputs = models.JSONField()
    output = models.JSONField(null=True, blank=True)
    error = models.JSONField(null=True, blank=True)
    created_by = models.CharField(max_length=60)
    created_by_label = models.CharField(max_length=200)
    private_to = models.CharField(max_length=60, blank=True)
    queue_key = models.CharField(max_length=80, blank=True)
    queue_pos = models.PositiveIntegerField(default=0)
    topics = models.JSONField(default=list)
    attempt = models.PositiveIntegerField(default=0)
    crashes = models.PositiveIntegerField(default=0)
    lease_owner = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    fence = models.PositiveIntegerField(default=0)
    last_seq = models.PositiveIntegerField(default=0)
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    stop = models.JSONField(null=True, blank=True)  # source, mode, message, by: how it is to be stopped
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="children")
    parent_path = models.CharField(max_length=400, blank=True)
    parent_reserved_microusd = models.BigIntegerField(default=0)  # what its parent set aside for it
    outer_layers = models.JSONField(default=list, blank=True)  # permissions of the agents above it, outermost first
    budget_tokens = models.BigIntegerField(null=True, blank=True)
    budget_calls = models.BigIntegerField(null=True, blank=True)
    reserved_tokens = models.BigIntegerField(default=0)
    calls = models.BigIntegerField(default=0)
    warned_percent = models.PositiveSmallIntegerField(default=0)
    budget_microusd = models.BigIntegerField(null=True, blank=True)
    reserved_microusd = models.BigIntegerField(default=0)
    spent_microusd = models.BigIntegerField(default=0)
    input_tokens = models.BigIntegerField(default=0)
    output_tokens = models.BigIntegerField(default=0)
    cost_unknown = models.BooleanField(default=False)
    idempotency_key = models.CharField(max_length=200, blank=True)
    request_digest = models.CharField(max_length=71, blank=True)
    forked_from = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="forks")
    forked_at_path = models.CharField(max_length=400, blank=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    deadline_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(status__in=RunStatus.values), name="run_status_known"),
            models.CheckConstraint(
                condition=~models.Q(status=RunStatus.RUNNING) | models.Q(lease_until__isnull=False),
                name="run_running_has_lease",
            ),
            models.CheckConstraint(
                condition=models.Q(reserved_microusd__gte=0) & models.Q(spent_microusd__gte=0),
                name="run_money_not_negative",
            ),
            models.UniqueConstraint(
                fields=["organization", "created_by", "idempotency_key"],
                condition=~models.Q(idempotency_key=""),
                name="run_idempotency_key_once",
            ),
            models.UniqueConstraint(
                fields=["queue_key", "queue_pos"],
                condition=~models.Q(queue_key=""),
                name="run_queue_position_once",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-created_at"], name="run_by_organization"),
            models.Index(
                fields=["status", "lease_until"],
                condition=models.Q(status__in=["queued", "running", "waiting"]),
                name="run_live",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} run {self.id} ({self.status})"

    @property
    def ended(self) -> bool:
        return self.status in ENDED


class RunEvent(models.Model):
    """One event of a run's journal. Never changed: the database refuses an update (migration 0002)."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="events")
    seq = models.PositiveIntegerField()
    type = models.CharField(max_length=40)
    path = models.CharField(max_length=400, blank=True)
    payload = models.JSONField()
    version = models.PositiveSmallIntegerField(default=1)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "seq"], name="run_event_seq_once")]
        ordering = ["run", "seq"]

    def __str__(self) -> str:
        return f"{self.run_id} {self.seq} {self.type}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("an event of the journal is never changed")
        super().save(*args, **kwargs)
