"""Files that people give to agents: content once per organization, by its SHA-256."""

from __future__ import annotations

import uuid

from django.db import models


class StoredFile(models.Model):
    """An uploaded file. Its content lies in the database, so that every worker on every machine has it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey("trust.Organization", on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    created_by = models.CharField(max_length=60)
    created_by_label = models.CharField(max_length=200)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["organization", "sha256"], name="stored_file_by_content")]

    def __str__(self) -> str:
        return f"{self.name} ({self.size} bytes)"
