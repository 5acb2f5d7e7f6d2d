"""Users, organizations and the first owner."""

from __future__ import annotations

import pytest
from django.contrib.auth.hashers import identify_hasher
from django.db import IntegrityError, transaction

from tests.factories.people import PASSWORD, People
from trust.core.errors import Invalid
from trust.core.roles import Role
from trust.models import Membership, Organization, User
from trust.services.setup import create_owner, ensure_owner, owner_principal


def test_an_email_exists_once_whatever_its_letter_case(people: People) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("ALICE@Example.ORG")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=people.bob.pk).update(email="Alice@example.org")
    assert User.objects.get_by_natural_key(" Alice@EXAMPLE.org ") == people.alice


def test_a_password_is_stored_with_argon2(people: People) -> None:
    assert identify_hasher(people.alice.password).algorithm == "argon2"
    assert PASSWORD not in people.alice.password


def test_a_user_without_an_email_is_refused(db: None) -> None:
    with pytest.raises(ValueError, match="email"):
        User.objects.create_user("  ")


def test_a_role_outside_the_table_is_refused_by_the_database(people: People) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.filter(user=people.bob).update(role="king")


def test_the_first_owner_is_made_once(db: None) -> None:
    user, organization, created = ensure_owner()
    assert created
    assert user.is_superuser
    assert not user.has_usable_password()
    assert ensure_owner() == (user, organization, False)
    assert owner_principal().role is Role.OWNER


def test_organizations_of_the_same_name_get_their_own_slugs(db: None) -> None:
    slugs = [create_owner(email=f"o{n}@example.org", organization="Dr. Who & Co")[1].slug for n in range(3)]
    assert slugs == ["dr-who-co", "dr-who-co-2", "dr-who-co-3"]
    assert Organization.objects.count() == 3


@pytest.mark.parametrize(("email", "organization"), [("nonsense", "Acme"), ("a@example.org", " ")])
def test_an_owner_without_a_real_email_or_organization_is_refused(db: None, email: str, organization: str) -> None:
    with pytest.raises(Invalid):
        create_owner(email=email, organization=organization)
    assert not User.objects.exists()
