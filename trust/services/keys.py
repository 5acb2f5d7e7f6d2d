"""API keys: make, list, revoke, and recognise one. The secret is shown once and only its SHA-256 is kept."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from trust.adapters.throttle import Throttle
from trust.core.errors import Invalid, NotFound, TooMany
from trust.core.principal import Principal
from trust.core.roles import ROLE_PERMISSIONS, Permission, Role
from trust.models import ApiKey
from trust.services.principals import principal_of_key, usable_keys
from trust.services.rights import announce_change, check_grant
from trust.services.secrets import hash_secret, new_secret

PREFIX = "kz_"
LAST_USED_EVERY = timedelta(minutes=1)
WRONG_KEYS = Throttle("wrong-key", limit=30, window_s=300)

logger = logging.getLogger(__name__)


def create_key(
    principal: Principal,
    *,
    name: str,
    role: Role,
    scopes: Iterable[Permission] | None = None,
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """The stored key and its secret, which nobody can read again.

    Raises ``Invalid`` for an empty name, a role with more rights than ``principal`` has, no scopes or such as the
    role has not, or a past expiry.
    """
    wanted = None if scopes is None else frozenset(scopes)
    _check_wishes(principal, name=name, role=role, scopes=wanted, expires_at=expires_at)
    secret = PREFIX + new_secret()
    key = ApiKey.objects.create(
        organization_id=principal.organization_id,
        name=name.strip(),
        hint=secret[:9],
        secret_hash=hash_secret(secret),
        role=role.value,
        scopes=None if wanted is None else sorted(scope.value for scope in wanted),
        expires_at=expires_at,
        created_by=principal.ref,
        created_by_label=principal.label,
    )
    logger.info("key.created %s (%s) by %s", key.pk, role.value, principal.ref)
    return key, secret


def list_keys(principal: Principal) -> list[ApiKey]:
    """All keys of the organization, newest first, revoked ones included."""
    return list(ApiKey.objects.filter(organization_id=principal.organization_id))


def revoke_key(principal: Principal, *, key_id: UUID) -> ApiKey:
    """Stop a key for good; revoking twice changes nothing. Raises ``NotFound`` for a key of another organization."""
    with transaction.atomic():
        key = ApiKey.objects.select_for_update().filter(pk=key_id, organization_id=principal.organization_id).first()
        if key is None:
            raise NotFound(f"No API key {key_id} in this organization.")
        if key.revoked_at is None:
            key.revoked_at = timezone.now()
            key.save(update_fields=["revoked_at"])
            announce_change(f"key:{key.pk}")
            logger.info("key.revoked %s by %s", key.pk, principal.ref)
    return key


def authenticate_key(secret: str, *, address: str = "") -> Principal | None:
    """Whose key ``secret`` is, or ``None`` when it is unknown, revoked or expired.

    Raises ``TooMany`` for a wrong key when ``address`` sent too many of them lately; a right key is never held up
    by somebody else's wrong ones. The look-up is by hash, so its time says nothing about how close a guess was.
    """
    key = usable_keys().filter(secret_hash=hash_secret(secret)).first() if secret.startswith(PREFIX) else None
    if key is not None:
        _note_use(key)
        return principal_of_key(key)
    if address and WRONG_KEYS.count(address):
        raise TooMany(
            f"More than {WRONG_KEYS.limit} wrong API keys from {address} in {WRONG_KEYS.window_s // 60} minutes. "
            f"Check the key and try again in {WRONG_KEYS.window_s} seconds.",
            retry_after_s=WRONG_KEYS.window_s,
        )
    return None


def _check_wishes(
    principal: Principal, *, name: str, role: Role, scopes: frozenset[Permission] | None, expires_at: datetime | None
) -> None:
    if not name.strip() or len(name.strip()) > 120:
        raise Invalid(problems=[{"where": "name", "message": f"'{name}' is not a name of 1 to 120 characters."}])
    if expires_at is not None and not _is_moment(expires_at):
        raise Invalid(problems=[{"where": "expires_at", "message": f"{expires_at.isoformat()} is no moment: name its offset."}])
    if expires_at is not None and expires_at <= timezone.now():
        raise Invalid(problems=[{"where": "expires_at", "message": f"{expires_at:%Y-%m-%d %H:%M} is in the past."}])
    if scopes is not None and (not scopes or scopes - ROLE_PERMISSIONS[role]):
        asked, allowed = (", ".join(sorted(rights)) or "none" for rights in (scopes, ROLE_PERMISSIONS[role]))
        message = f"The rights asked for ({asked}) are not among those of the role '{role.value}': {allowed}."
        raise Invalid(problems=[{"where": "scopes", "message": message}])
    check_grant(principal, role)


def _is_moment(at: datetime) -> bool:
    """Whether ``at`` has an offset and a place in the calendar of UTC, by which it is stored."""
    try:
        return at.tzinfo is not None and bool(at.astimezone(UTC))
    except OverflowError:
        return False


def _note_use(key: ApiKey) -> None:
    """Write ``last_used_at`` at most once a minute, in one conditional update, so that a busy key costs no writes."""
    now = timezone.now()
    if key.last_used_at is None or key.last_used_at < now - LAST_USED_EVERY:
        stale = Q(last_used_at=None) | Q(last_used_at__lt=now - LAST_USED_EVERY)
        ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=now)
