"""Finds out who a user or an API key is in an organization. Owns no storage; the only maker of principals from rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from trust.core.principal import Principal
from trust.core.roles import Permission, Role
from trust.models import ApiKey, Membership, Organization, User


def principal_of_membership(membership: Membership) -> Principal:
    user = membership.user
    return Principal(
        kind="user",
        id=str(user.pk),
        label=user.label,
        organization_id=membership.organization_id,
        role=Role(membership.role),
    )


def principal_of_key(key: ApiKey) -> Principal:
    return Principal(
        kind="key",
        id=str(key.pk),
        label=key.name,
        organization_id=key.organization_id,
        role=Role(key.role),
        scopes=None if key.scopes is None else frozenset(_known(key.scopes)),
    )


def find_principal(user: User, organization_id: Any = None) -> Principal | None:
    """The user in ``organization_id`` when they belong to it, else in their first organization, else ``None``."""
    memberships = list(Membership.objects.filter(user=user).select_related("user").order_by("created_at", "id"))
    wanted = str(organization_id or "")
    chosen = next((m for m in memberships if str(m.organization_id) == wanted), None) or next(iter(memberships), None)
    return principal_of_membership(chosen) if chosen else None


def refresh_principal(principal: Principal) -> Principal | None:
    """The same principal as the database knows it now; ``None`` when it is gone, revoked, expired or removed."""
    if principal.kind == "user":
        membership = (
            Membership.objects.filter(
                user_id=int(principal.id), organization_id=principal.organization_id, user__is_active=True
            )
            .select_related("user")
            .first()
        )
        return principal_of_membership(membership) if membership else None
    if principal.kind == "key":
        key = usable_keys().filter(pk=UUID(principal.id), organization_id=principal.organization_id).first()
        return principal_of_key(key) if key else None
    return principal


def usable_keys() -> QuerySet[ApiKey]:
    """Keys that are neither revoked nor expired."""
    return ApiKey.objects.filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now()), revoked_at=None)


def _known(scopes: Iterable[str]) -> list[Permission]:
    """Scopes that still exist; a right that was dropped from the product grants nothing."""
    names = {permission.value for permission in Permission}
    return [Permission(scope) for scope in scopes if scope in names]


def person_behind(ref: str) -> str:
    """``user:<id>`` of the person who acts as ``ref``: themselves, or who made the API key, or the key that made it, and so on.

    Anything else is returned as it is.
    """
    maker = ref
    while maker.startswith("key:"):
        try:
            maker = (
                ApiKey.objects.filter(pk=UUID(maker.removeprefix("key:"))).values_list("created_by", flat=True).first() or ""
            )
        except ValueError:
            return ref
    return maker if maker.startswith("user:") else ref


def find_member(organization_id: UUID, ref: str) -> Principal | None:
    """The member of the organization that ``ref`` (``user:<id>``) names, with the rights of now; else ``None``."""
    kind, _, user_id = ref.partition(":")
    if kind != "user" or not user_id.isdecimal():
        return None
    found = Membership.objects.filter(organization_id=organization_id, user_id=int(user_id), user__is_active=True)
    membership = found.select_related("user").first()
    return principal_of_membership(membership) if membership else None


def list_people(organization_id: UUID, permission: Permission) -> list[Principal]:
    """The members of the organization who have ``permission``, longest first."""
    rows = Membership.objects.filter(organization_id=organization_id, user__is_active=True).select_related("user")
    return [p for p in map(principal_of_membership, rows.order_by("created_at", "id")) if p.may(permission)]


def organization_slug(organization_id: UUID) -> str:
    """The short name of an organization; empty when there is none."""
    return Organization.objects.filter(pk=organization_id).values_list("slug", flat=True).first() or ""
