"""Definitions: drafts that people edit, immutable numbered versions, and the specs that versions and runs point to.

A spec is stored once per organization by its digest. Versions and stored specs are never changed: the database refuses
an update (migration 0002), and here neither ``save`` nor ``delete`` does it; only erasing the organization takes them along.
"""

from __future__ import annotations

import uuid
from typing import Any, NoReturn

from django.db import models
from django.utils import timezone


class DefinitionKind(models.TextChoices):
    SIGNATURE = "signature"
    AGENT = "agent"
    JOURNEY = "journey"


class FrozenQuerySet(models.QuerySet[Any]):
    """Reads and creates; a change or a removal of many rows is refused as that of one is."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError(f"{self.model.__name__} rows are never changed")

    def delete(self) -> NoReturn:
        raise TypeError(f"{self.model.__name__} rows are never deleted")


class FrozenModel(models.Model):
    """A row that is written once."""

    objects = models.Manager.from_queryset(FrozenQuerySet)()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError(f"a {type(self).__name__} is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError(f"a {type(self).__name__} is never deleted")


class SpecRecord(FrozenModel):
    """A spec of one organization in canonical form, found by its digest."""

    organization = models.ForeignKey("trust.Organization", on_delete=models.CASCADE, related_name="specs")
    digest = models.CharField(max_length=71)
    kind = models.CharField(max_length=20)
    body = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "digest"], name="spec_record_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.digest[:19]}"


class Definition(models.Model):
    """A signature, agent or journey of an organization under a slug.

    ``draft`` is the JSON of a spec, perhaps not valid yet; ``draft_revision`` counts its changes and is the optimistic lock.
    ``layout`` is where a canvas draws its parts: it is beside the draft, in no version and in no digest.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey("trust.Organization", on_delete=models.CASCADE, related_name="definitions")
    kind = models.CharField(max_length=20, choices=DefinitionKind.choices)
    slug = models.CharField(max_length=100)
    name = models.CharField(max_length=100)
    draft = models.JSONField()
    layout = models.JSONField(default=dict, blank=True)
    draft_revision = models.PositiveIntegerField(default=1)
    draft_changed_at = models.DateTimeField(default=timezone.now)
    draft_changed_by = models.CharField(max_length=60, blank=True)
    draft_changed_by_label = models.CharField(max_length=200, blank=True)
    published = models.ForeignKey(
        "agents.Version", null=True, blank=True, on_delete=models.SET_NULL, related_name="published_of"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["kind", "slug"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "kind", "slug"], name="definition_slug_once"),
            models.CheckConstraint(condition=models.Q(kind__in=DefinitionKind.values), name="definition_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.slug}"


class Version(FrozenModel):
    """A published state of a definition; ``number`` counts 1, 2, 3 ... within it."""

    definition = models.ForeignKey(Definition, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=71)
    spec = models.ForeignKey(SpecRecord, on_delete=models.RESTRICT, related_name="versions")
    title = models.CharField(max_length=200, blank=True)
    notes = models.TextField(blank=True)
    created_by = models.CharField(max_length=60)
    created_by_label = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["definition", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["definition", "number"], name="version_number_once"),
            models.UniqueConstraint(fields=["definition", "digest"], name="version_digest_once"),
        ]

    def __str__(self) -> str:
        return f"{self.definition.slug} v{self.number}"
