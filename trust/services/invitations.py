"""Invitations by link: make, withdraw, look at, accept. There is no mail server: the inviter passes the link on."""

from __future__ import annotations

import logging
from datetime import timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from trust.core.errors import Conflict, Invalid, NotFound
from trust.core.principal import Principal
from trust.core.roles import Role
from trust.models import Invitation, Membership, User
from trust.models.user import normal_email
from trust.services.rights import announce_change, check_grant
from trust.services.secrets import hash_secret, new_secret

VALID_FOR = timedelta(days=7)

logger = logging.getLogger(__name__)


def invite(principal: Principal, *, email: str, role: Role) -> tuple[Invitation, str]:
    """The invitation and the path of its link, which nobody can read again. A new one replaces an open one."""
    address = normal_email(email)
    try:
        validate_email(address)
    except ValidationError:
        message = f"'{email}' is not an email address such as ada@example.org."
        raise Invalid(problems=[{"where": "email", "message": message}]) from None
    if Membership.objects.filter(organization_id=principal.organization_id, user__email=address).exists():
        raise Conflict(f"{address} is a member already.")
    check_grant(principal, role)
    token = new_secret()
    with transaction.atomic():
        _open(principal).filter(email=address).update(withdrawn_at=timezone.now())
        invitation = Invitation.objects.create(
            organization_id=principal.organization_id,
            email=address,
            role=role.value,
            token_hash=hash_secret(token),
            invited_by_id=int(principal.id) if principal.kind == "user" else None,
            expires_at=timezone.now() + VALID_FOR,
        )
    logger.info("invitation.created %s (%s) by %s", invitation.pk, role.value, principal.ref)
    return invitation, reverse("invitation_accept", args=[token])


def list_invitations(principal: Principal) -> list[Invitation]:
    """Invitations that can still be accepted, newest first."""
    return list(_open(principal).select_related("invited_by"))


def withdraw_invitation(principal: Principal, *, invitation_id: UUID) -> None:
    """Make the link useless. ``NotFound`` when it is not an open invitation of this organization."""
    if not _open(principal).filter(pk=invitation_id).update(withdrawn_at=timezone.now()):
        raise NotFound(f"No open invitation {invitation_id} in this organization.")


def get_invitation(token: str) -> Invitation:
    """The open invitation of a link. ``NotFound`` when it is wrong, withdrawn, accepted or expired."""
    invitation = Invitation.objects.filter(token_hash=hash_secret(token)).select_related("organization").first()
    if invitation is None or invitation.state != "open":
        raise NotFound("This invitation was withdrawn, accepted or has expired. Ask for a new one.")
    return invitation


def has_account(invitation: Invitation) -> bool:
    """Whether the invited address can sign in already. Only whoever holds the link learns it."""
    return User.objects.filter(email=invitation.email).exists()


def accept_invitation(token: str, *, user: User) -> Membership:
    """Make ``user`` a member. ``Conflict`` when the invitation is for another address."""
    with transaction.atomic():
        invitation = get_invitation(token)
        if invitation.email != user.email:
            raise Conflict(f"This invitation is for {invitation.email}; you are signed in as {user.email}.")
        _use_up(invitation)
        membership, is_new = Membership.objects.get_or_create(
            user=user, organization=invitation.organization, defaults={"role": invitation.role}
        )
        if is_new:
            announce_change(f"user:{user.pk}")
    logger.info("invitation.accepted %s by user:%s", invitation.pk, user.pk)
    return membership


def accept_as_new_person(token: str, *, name: str, password: str) -> Membership:
    """Make the invited person's account and membership. ``Conflict`` when the address has an account."""
    with transaction.atomic():
        invitation = get_invitation(token)
        if User.objects.filter(email=invitation.email).exists():
            raise Conflict(f"{invitation.email} has an account already. Sign in and open the link again.")
        user = User.objects.create_user(invitation.email, password, name=name.strip())
        return accept_invitation(token, user=user)


def _open(principal: Principal) -> QuerySet[Invitation]:
    return Invitation.objects.filter(
        organization_id=principal.organization_id, accepted_at=None, withdrawn_at=None, expires_at__gt=timezone.now()
    )


def _use_up(invitation: Invitation) -> None:
    """Of two who accept at once, one gets ``NotFound``."""
    still_open = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None)
    if not still_open.update(accepted_at=timezone.now()):
        raise NotFound("This invitation has just been accepted or withdrawn.")
