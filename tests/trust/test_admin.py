"""The Django admin: staff only, and blind to hashed secrets."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.factories.people import People
from trust.core.roles import Role
from trust.models import User
from trust.services.keys import create_key

PAGES = ["user", "organization", "membership", "apikey", "invitation", "signinlink"]


@pytest.fixture
def operator(people: People) -> User:
    people.alice.is_staff = people.alice.is_superuser = True
    people.alice.save()
    return people.alice


def test_a_visitor_signs_in_first_and_comes_back(people: People, operator: User) -> None:
    client = people.browser()
    asked = client.get(reverse("admin:index"), follow=True)
    assert asked.redirect_chain[-1][0] == "/sign-in/?next=%2Fadmin%2F"
    client.force_login(operator, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(reverse("admin:login")).headers["Location"] == "/admin/"


def test_people_who_are_not_staff_get_404(people: People) -> None:
    for person in (people.bob, people.charlie):
        assert people.browser(person).get("/admin/", follow=True).status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_staff_who_are_not_superusers_see_no_table_of_trust(people: People, page: str) -> None:
    people.bob.is_staff = True
    people.bob.save()
    assert people.browser(people.bob).get(reverse(f"admin:trust_{page}_changelist")).status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_a_superuser_sees_every_table_of_trust(people: People, operator: User, page: str) -> None:
    assert people.browser(operator).get(reverse(f"admin:trust_{page}_changelist")).status_code == 200


def test_hashes_are_neither_shown_nor_made_nor_changed(people: People, operator: User) -> None:
    key, _ = create_key(people.principal(people.alice), name="k", role=Role.VIEWER)
    client = people.browser(operator)
    page = client.get(reverse("admin:trust_apikey_change", args=[key.pk]))
    assert page.status_code == 200
    assert key.secret_hash not in page.content.decode()
    assert client.get(reverse("admin:trust_apikey_add")).status_code == 403
    assert client.post(reverse("admin:trust_apikey_change", args=[key.pk]), {"name": "other"}).status_code == 403
    assert people.alice.password not in client.get(reverse("admin:trust_user_change", args=[people.alice.pk])).content.decode()


def test_a_person_added_in_the_admin_has_no_password(people: People, operator: User) -> None:
    data = {"email": "New@Example.org", "name": "New", "is_active": "on"}
    assert people.browser(operator).post(reverse("admin:trust_user_add"), data).status_code == 302
    made = User.objects.get(email="new@example.org")
    assert not made.has_usable_password()
