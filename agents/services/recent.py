"""What every run asks of its organization and what changes a few times a year: read from the database once a second."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Generic, TypeVar
from uuid import UUID

from django.db import transaction

T = TypeVar("T")
FRESH_S = 1.0
MOST = 10_000


class Recent(Generic[T]):
    """The value of ``read(organization_id)`` as it was at most a second ago, in this process."""

    def __init__(self, read: Callable[[UUID], T]):
        self._read = read
        self._known: dict[UUID, tuple[float, T]] = {}

    def get(self, organization_id: UUID) -> T:
        now = time.monotonic()
        known = self._known.get(organization_id)
        if known is None or known[0] < now:
            if len(self._known) > MOST:
                self._known.clear()
            known = self._known[organization_id] = (now + FRESH_S, self._read(organization_id))
        return known[1]

    def forget(self, organization_id: UUID) -> None:
        """After a change: now, for this transaction, and again when it is committed."""
        self._known.pop(organization_id, None)
        transaction.on_commit(lambda: self._known.pop(organization_id, None))
