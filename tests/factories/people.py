"""Three people for every web test: Alice owns, Bob is a member, Charlie is a stranger with an organization of his own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.contrib.auth.hashers import make_password
from django.test import Client

from trust.core.principal import Principal
from trust.core.roles import Role
from trust.models import Membership, Organization, User
from trust.services.principals import principal_of_membership

PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class People:
    organization: Organization
    alice: User
    bob: User
    charlie: User

    def principal(self, user: User) -> Principal:
        """Who ``user`` is in their first organization."""
        return principal_of_membership(Membership.objects.select_related("user").get(user=user))

    def browser(self, user: User | None = None, **options: Any) -> Client:
        """A browser, signed in when ``user`` is given."""
        client = Client(**options)
        if user is not None:
            client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client


@cache
def _hashed() -> str:
    """Hashed once a process."""
    return make_password(PASSWORD)


def make_people() -> People:
    """Alice owns Acme, Bob builds there, Charlie owns Elsewhere. All have ``PASSWORD``."""
    acme = Organization.objects.create(name="Acme", slug="acme")
    elsewhere = Organization.objects.create(name="Elsewhere", slug="elsewhere")
    alice, bob, charlie = (
        User.objects.create(email=f"{name.lower()}@example.org", name=name, password=_hashed())
        for name in ("Alice", "Bob", "Charlie")
    )
    for user, organization, role in (
        (alice, acme, Role.OWNER),
        (bob, acme, Role.BUILDER),
        (charlie, elsewhere, Role.OWNER),
    ):
        Membership.objects.create(user=user, organization=organization, role=role.value)
    return People(organization=acme, alice=alice, bob=bob, charlie=charlie)
