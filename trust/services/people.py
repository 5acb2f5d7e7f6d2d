"""What people and organizations are called, and finding one's own. Owns names and emails, not rights."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, transaction

from trust.core.errors import Conflict, NotFound
from trust.core.principal import Principal
from trust.models import Organization, User
from trust.models.user import normal_email


def rename_person(user: User, *, name: str) -> None:
    user.name = name.strip()
    user.save(update_fields=["name"])


def settle_in(principal: Principal, *, user: User, name: str, email: str, organization: str) -> None:
    """The first owner's name, email and organization name. ``Conflict`` when the email is somebody else's."""
    user.name, user.email = name.strip(), normal_email(email)
    try:
        with transaction.atomic():
            user.save(update_fields=["name", "email"])
            rename_organization(principal, name=organization)
    except IntegrityError:
        user.refresh_from_db()
        raise Conflict(f"{normal_email(email)} belongs to another account.") from None


def get_organization(principal: Principal) -> Organization:
    return Organization.objects.get(pk=principal.organization_id)


def rename_organization(principal: Principal, *, name: str) -> None:
    Organization.objects.filter(pk=principal.organization_id).update(name=name.strip())


def get_own_organization(user: User, *, organization_id: str) -> Organization:
    """An organization that ``user`` belongs to; ``NotFound`` for every other id."""
    try:
        wanted = UUID(organization_id)
    except ValueError:
        raise NotFound(f"'{organization_id}' is not an id of an organization.") from None
    found = Organization.objects.filter(pk=wanted, memberships__user=user).first()
    if found is None:
        raise NotFound(f"No organization {wanted}.")
    return found
