"""Makes a site ready for people: migrations, the first owner, the gallery. Safe to repeat, by several at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management import call_command
from django.db import connection

_LOCK = 7_229_174  # any number, the same everywhere


def prepare_site() -> Any:
    """Migrates, makes the first owner and organization, publishes the gallery. Returns the owner."""
    with _one_at_a_time():
        call_command("migrate", interactive=False, verbosity=0)
        from journeys.services.gallery import publish_gallery
        from trust.services.setup import ensure_owner

        user, organization, _ = ensure_owner()
        publish_gallery(organization)
    return user


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """PostgreSQL's advisory lock; with SQLite the data folder's lock already keeps others out."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
