"""One request, one run: binds an idempotency key to the run that its first request started."""

from __future__ import annotations

from collections.abc import Callable

from django.db import IntegrityError, transaction

from agents.models.run import Run
from trust.core.errors import Conflict
from trust.core.principal import Principal


def start_once(*, principal: Principal, key: str, request_digest: str, start: Callable[[], Run]) -> Run:
    """The run of ``start``, in one transaction with its key; the run of the first request when the key was used before.

    Raises ``Conflict`` when the key was used with another request. Without a key it just starts.
    """
    if not key:
        return start()
    if earlier := _find(principal, key, request_digest):
        return earlier
    try:
        with transaction.atomic():
            run = start()
            Run.objects.filter(pk=run.pk).update(idempotency_key=key, request_digest=request_digest)
            run.idempotency_key, run.request_digest = key, request_digest
            return run
    except IntegrityError:
        # Two requests with one key at the same moment: the second gets what the first started.
        if earlier := _find(principal, key, request_digest):
            return earlier
        raise


def _find(principal: Principal, key: str, request_digest: str) -> Run | None:
    run = Run.objects.filter(organization_id=principal.organization_id, created_by=principal.ref, idempotency_key=key).first()
    if run and run.request_digest != request_digest:
        raise Conflict(f"The idempotency key {key!r} already started run {run.id} with another request; use a new key.")
    return run
