"""Members of an organization: list, change role, remove, leave. Refuses to leave an organization without an owner."""

from __future__ import annotations

import logging

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from trust.core.errors import Conflict, NotFound
from trust.core.principal import Principal
from trust.core.roles import Role
from trust.models import ApiKey, Membership, Organization, User
from trust.services.invitations import accept_as_new_person, accept_invitation, invite
from trust.services.rights import announce_change, check_grant

__all__ = [
    "accept_as_new_person",
    "accept_invitation",
    "change_role",
    "invite",
    "list_members",
    "list_organizations",
    "remove_member",
]

logger = logging.getLogger(__name__)


def list_members(principal: Principal) -> list[Membership]:
    """Everybody in the organization, longest first."""
    return list(Membership.objects.filter(organization_id=principal.organization_id).select_related("user"))


def list_organizations(user: User) -> list[Membership]:
    """The user's memberships with their organizations, by name."""
    return list(Membership.objects.filter(user=user).select_related("organization").order_by("organization__name"))


def change_role(principal: Principal, *, user_id: int, role: Role) -> Membership:
    """Give a member another role at once. ``Conflict`` when that would leave no owner."""
    check_grant(principal, role)
    with transaction.atomic():
        membership = _lock_membership(principal, user_id)
        if role is not Role.OWNER:
            _keep_an_owner(membership)
        membership.role = role.value
        membership.save(update_fields=["role"])
        announce_change(f"user:{user_id}")
    logger.info("member.role_changed user:%s to %s by %s", user_id, role.value, principal.ref)
    return membership


def remove_member(principal: Principal, *, user_id: int, revoke_keys: bool = True) -> None:
    """End a membership and every session of that person at once; ``revoke_keys`` also ends API keys they made.

    ``Conflict`` when it is the last owner.
    """
    with transaction.atomic():
        membership = _lock_membership(principal, user_id)
        _keep_an_owner(membership)
        membership.delete()
        end_sessions(user_id)
        if revoke_keys:
            _revoke_keys_of(principal, user_id)
    logger.info("member.removed user:%s by %s", user_id, principal.ref)


def end_sessions(user_id: int) -> None:
    """Make every session of a person worthless, wherever it is, and tell their sockets."""
    User.objects.filter(pk=user_id).update(session_generation=F("session_generation") + 1)
    announce_change(f"user:{user_id}")


def count_keys_by_maker(principal: Principal) -> dict[str, int]:
    """How many unrevoked API keys each maker (``user:<id>``) has left in the organization."""
    makers = ApiKey.objects.filter(organization_id=principal.organization_id, revoked_at=None)
    counts: dict[str, int] = {}
    for maker in makers.values_list("created_by", flat=True):
        counts[maker] = counts.get(maker, 0) + 1
    return counts


def _lock_membership(principal: Principal, user_id: int) -> Membership:
    """The membership, with the organization locked: two owners cannot demote each other at the same moment."""
    Organization.objects.select_for_update().get(pk=principal.organization_id)
    membership = (
        Membership.objects.filter(organization_id=principal.organization_id, user_id=user_id).select_related("user").first()
    )
    if membership is None:
        raise NotFound(f"No member {user_id} in this organization.")
    return membership


def _keep_an_owner(membership: Membership) -> None:
    if membership.role != Role.OWNER.value:
        return
    others = Membership.objects.filter(
        organization_id=membership.organization_id, role=Role.OWNER.value, user__is_active=True
    ).exclude(pk=membership.pk)
    if not others.exists():
        raise Conflict(f"{membership.user.label} is the last owner. Make somebody else an owner first.")


def _revoke_keys_of(principal: Principal, user_id: int) -> None:
    keys = ApiKey.objects.filter(organization_id=principal.organization_id, created_by=f"user:{user_id}", revoked_at=None)
    for key in list(keys):
        announce_change(f"key:{key.pk}")
    keys.update(revoked_at=timezone.now())
