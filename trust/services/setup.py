"""First owners and new organizations. Owns what must exist before anybody can sign in."""

from __future__ import annotations

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.text import slugify

from trust.core.errors import Invalid
from trust.core.principal import Principal
from trust.core.roles import Role
from trust.models import Membership, Organization, User
from trust.models.user import normal_email
from trust.services.principals import principal_of_membership

FIRST_ORGANIZATION = "My organization"


def ensure_owner() -> tuple[User, Organization, bool]:
    """The oldest owner and their organization; made, with rights in the admin, when there is none (``True``)."""
    found = _first_ownership()
    if found is None:
        try:
            user, organization = create_owner(
                email=settings.ENV.kaizen_owner_email, organization=FIRST_ORGANIZATION, is_operator=True
            )
        except IntegrityError:  # another process was faster
            found = _first_ownership()
            if found is None:
                raise
        else:
            return user, organization, True
    return found.user, found.organization, False


def create_owner(*, email: str, organization: str, is_operator: bool = False) -> tuple[User, Organization]:
    """A new organization owned by the person with ``email``, who is made when unknown, without a password.

    ``is_operator`` also lets them into the admin of the whole installation.
    """
    if not organization.strip():
        raise Invalid(problems=[{"where": "organization", "message": "An organization needs a name."}])
    if "@" not in email:
        raise Invalid(problems=[{"where": "email", "message": f"'{email}' is not an email address."}])
    with transaction.atomic():
        user = User.objects.filter(email=normal_email(email)).first() or User.objects.create_user(email)
        if is_operator and not user.is_superuser:
            user.is_staff = user.is_superuser = True
            user.save(update_fields=["is_staff", "is_superuser"])
        made = Organization.objects.create(name=organization.strip(), slug=free_slug(organization))
        Membership.objects.create(user=user, organization=made, role=Role.OWNER.value)
    return user, made


def owner_principal(organization_slug: str = "") -> Principal:
    """The oldest owner of an organization (the oldest one when none is named): who the command line acts as."""
    owners = Membership.objects.filter(role=Role.OWNER.value, user__is_active=True).select_related("user")
    if organization_slug:
        owners = owners.filter(organization__slug=organization_slug)
    membership = owners.order_by("organization__created_at", "created_at").first()
    if membership is None:
        known = ", ".join(Organization.objects.values_list("slug", flat=True)) or "none yet; run 'kaizen create-owner'"
        wanted = f"'{organization_slug}'" if organization_slug else "any organization"
        raise Invalid(f"No owner of {wanted}. Organizations: {known}.")
    return principal_of_membership(membership)


def free_slug(name: str) -> str:
    """A slug made from ``name`` that no organization has."""
    stem = slugify(name)[:50] or "organization"
    taken = set(Organization.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    number = 1
    while (slug := stem if number == 1 else f"{stem}-{number}") in taken:
        number += 1
    return slug


def _first_ownership() -> Membership | None:
    owners = Membership.objects.filter(role=Role.OWNER.value, user__is_active=True)
    return owners.select_related("user", "organization").order_by("created_at", "id").first()
