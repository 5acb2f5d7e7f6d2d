"""Approval: what a run asks of people, as the inbox lists it. Written with the event that asks, decided with the event
that answers."""

from __future__ import annotations

import uuid

from django.db import models


class ApprovalKind(models.TextChoices):
    APPROVAL = "approval"
    QUESTION = "question"
    OUTCOME = "outcome"
    BUDGET = "budget"


class ApprovalStatus(models.TextChoices):
    PENDING = "pending"
    APPROVED = "approved"
    EDITED = "edited"
    REJECTED = "rejected"
    ANSWERED = "answered"
    RETRY = "retry"
    DONE = "done"
    STOPPED = "stopped"
    RAISED = "raised"
    ASKED_BACK = "asked_back"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class Approval(models.Model):
    """One decision. ``digest`` covers the run, the step, the tool and the exact arguments that are shown.

    ``policy`` is the permission decision that asked. ``quorum`` people must approve, with ``other_person`` none of them is who
    started the run; ``delegated_to`` narrows it to one person.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey("trust.Organization", on_delete=models.CASCADE, related_name="approvals")
    run = models.ForeignKey("agents.Run", on_delete=models.CASCADE, related_name="approvals")
    path = models.CharField(max_length=400)
    kind = models.CharField(max_length=10, choices=ApprovalKind.choices)
    title = models.TextField()
    risk = models.CharField(max_length=10)
    editable = models.BooleanField(default=False)
    tool = models.CharField(max_length=200, blank=True)
    arguments = models.JSONField()
    options = models.JSONField(default=list)
    digest = models.CharField(max_length=71)
    agent = models.CharField(max_length=200, blank=True)
    policy = models.JSONField(default=dict, blank=True)
    quorum = models.PositiveSmallIntegerField(default=1)
    other_person = models.BooleanField(default=False)
    delegated_to = models.CharField(max_length=60, blank=True)
    delegated_to_label = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=10, choices=ApprovalStatus.choices, default=ApprovalStatus.PENDING)
    reason = models.TextField(blank=True)
    final_arguments = models.JSONField(null=True, blank=True)
    decided_by = models.CharField(max_length=60, blank=True)
    decided_by_label = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(status__in=ApprovalStatus.values), name="approval_status_known"),
            models.UniqueConstraint(
                fields=["run", "path"],
                condition=models.Q(status=ApprovalStatus.PENDING),
                name="approval_pending_once_per_step",
            ),
        ]
        indexes = [models.Index(fields=["organization", "status", "created_at"], name="approval_inbox")]

    def __str__(self) -> str:
        return f"{self.kind} {self.id} ({self.status})"


class ApprovalVote(models.Model):
    """One person's yes to an approval that needs several. The last one needed decides; a no decides at once."""

    approval = models.ForeignKey(Approval, on_delete=models.CASCADE, related_name="votes")
    by = models.CharField(max_length=60)
    by_label = models.CharField(max_length=200)
    reason = models.TextField(blank=True)
    seen_digest = models.CharField(max_length=71)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["approval", "by"], name="approval_vote_once_per_person")]
        ordering = ["at"]

    def __str__(self) -> str:
        return f"{self.by_label} for {self.approval_id}"
