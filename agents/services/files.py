"""Files that people give to agents: stored once, read only within their organization. Executes nothing.

A run's inputs and its journal name a file by id and SHA-256; its bytes are read here when a step needs them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Sum
from django.utils import timezone

from agents.adapters.threads import in_thread
from agents.core.media.kinds import MAX_BYTES, sniff
from agents.core.spec.signature import SignatureSpec
from agents.core.spec.types import FileType, ListType, OptionalType, TypeSpec
from agents.models.file import StoredFile
from trust.core.errors import Invalid, NotFound, Problem
from trust.core.principal import Principal

MOST_STORED = 5_000_000_000  # bytes of all files of one organization: they lie in the database that everybody shares
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f/\\\ud800-\udfff]+")


def store_file(*, principal: Principal, name: str, content: bytes) -> StoredFile:
    """Keeps ``content`` under ``name``; the same content under the same name is the file that is there already.

    Raises ``Invalid`` for an empty file, for one of more than 20 MB, and when the organization has too much. The type is
    told by the content, not by the name.
    """
    if not content:
        raise Invalid(problems=[{"where": "file", "message": "the file is empty"}])
    if len(content) > MAX_BYTES:
        told = f"the file has {len(content):,} bytes; allowed are at most {MAX_BYTES:,}"
        raise Invalid(problems=[{"where": "file", "message": told}])
    name = clean_name(name)
    sha256 = hashlib.sha256(content).hexdigest()
    known = _files(principal).filter(sha256=sha256, name=name).defer("content").first()
    if known is not None:
        return known
    held = _files(principal).aggregate(bytes=Sum("size"))["bytes"] or 0
    if held + len(content) > MOST_STORED:
        told = f"the organization's files have {held:,} bytes, and no more than {MOST_STORED:,} are allowed. Delete some first."
        raise Invalid(problems=[{"where": "file", "message": told}])
    return StoredFile.objects.create(
        organization_id=principal.organization_id,
        name=name,
        media_type=sniff(content),
        size=len(content),
        sha256=sha256,
        content=content,
        created_by=principal.ref,
        created_by_label=principal.label,
        created_at=timezone.now(),
    )


def get_file(principal: Principal, file_id: UUID) -> StoredFile:
    """Without its content, which ``read_content`` gives."""
    found = _files(principal).filter(pk=file_id).defer("content").first()
    if found is None:
        raise NotFound(f"There is no file {file_id}.")
    return found


def read_content(principal: Principal, file_id: UUID) -> bytes:
    get_file(principal, file_id)
    return bytes(_files(principal).values_list("content", flat=True).get(pk=file_id))


def list_files(principal: Principal) -> list[StoredFile]:
    """Newest first, without their content."""
    return list(_files(principal).defer("content").order_by("-created_at", "-id"))


def delete_file(*, principal: Principal, file_id: UUID) -> None:
    """Removes the file for good. Runs that used it keep its name and digest in their journals."""
    get_file(principal, file_id)
    _files(principal).filter(pk=file_id).delete()


def file_value(stored: StoredFile) -> dict[str, Any]:
    """The file as the value of a signature's input."""
    return {
        "file": str(stored.id),
        "name": stored.name,
        "media_type": stored.media_type,
        "size": stored.size,
        "sha256": stored.sha256,
    }


def complete_files(*, principal: Principal, signature: SignatureSpec, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """``inputs`` in which every file, given by its id alone or with claims about it, is told as it is stored.

    Raises ``Invalid`` for a file that the principal's organization does not have.
    """
    fields = {field.name: field for field in signature.inputs}
    problems: list[Problem] = []
    done = {
        name: _completed(principal, fields[name].type, value, name, problems) if name in fields else value
        for name, value in inputs.items()
    }
    if problems:
        raise Invalid(problems=problems)
    return done


def clean_name(name: str) -> str:
    """The name without folders and control characters, cut to 200 characters."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return _UNPRINTABLE.sub(" ", last).strip()[:200] or "file"


class OrganizationFiles:
    """The runtime's port to the files of one organization."""

    def __init__(self, organization_id: UUID):
        self._organization_id = organization_id

    async def read(self, file: str) -> bytes | None:
        return await in_thread(self._read, file)

    def _read(self, file: str) -> bytes | None:
        try:
            found = StoredFile.objects.filter(organization_id=self._organization_id, pk=UUID(file))
        except ValueError:
            return None
        content = found.values_list("content", flat=True).first()
        return None if content is None else bytes(content)


def _files(principal: Principal) -> QuerySet[StoredFile]:
    return StoredFile.objects.filter(organization_id=principal.organization_id)


def _completed(principal: Principal, type_: TypeSpec, value: Any, where: str, problems: list[Problem]) -> Any:
    match type_:
        case OptionalType():
            return None if value is None else _completed(principal, type_.of, value, where, problems)
        case ListType() if isinstance(value, list):
            return [_completed(principal, type_.of, item, f"{where}[{n}]", problems) for n, item in enumerate(value)]
        case FileType():
            given = value.get("file") if isinstance(value, dict) else value
            try:
                return file_value(get_file(principal, UUID(str(given))))
            except (NotFound, ValueError):
                told = f"there is no file {str(given)[:60]!r}; upload it first (POST /files) and give its id"
                problems.append({"where": where, "message": told})
    return value
