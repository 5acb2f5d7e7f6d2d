"""Invitations by link: making, accepting as a new or a known person, withdrawing."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories.people import PASSWORD, People
from trust.core.errors import Conflict, NotFound
from trust.core.roles import Role
from trust.models import Invitation, Membership, User
from trust.services.invitations import accept_invitation, invite, withdraw_invitation

NEW = {"name": "Dora", "password": PASSWORD, "repeated": PASSWORD}


def _path(people: People, email: str = "dora@example.org", role: Role = Role.OPERATOR) -> str:
    return invite(people.principal(people.alice), email=email, role=role)[1]


def test_the_link_is_shown_once_and_stored_only_as_a_hash(people: People) -> None:
    client = people.browser(people.alice)
    page = client.post(reverse("invite"), {"email": "Dora@example.org", "role": "viewer"}).content.decode()
    found = re.search(r"http://testserver/invitation/([\w-]{43})/", page)
    assert found
    assert found[1] not in client.get(reverse("members")).content.decode()
    stored = Invitation.objects.get()
    assert stored.email == "dora@example.org"
    assert found[1] not in {str(value) for value in stored.__dict__.values()}


@pytest.mark.parametrize("who", ["bob", "charlie"])
def test_others_cannot_invite_into_the_organization(people: People, who: str) -> None:
    answer = people.browser(getattr(people, who)).post(reverse("invite"), {"email": "x@example.org", "role": "owner"})
    invited = Invitation.objects.filter(organization=people.organization)
    assert not invited.exists()
    assert answer.status_code == (404 if who == "bob" else 200)


def test_a_new_person_makes_an_account_and_joins(people: People) -> None:
    path, client = _path(people), Client()
    assert client.get(path).status_code == 200
    assert client.post(path, NEW).headers["Location"] == "/"
    membership = Membership.objects.get(user__email="dora@example.org")
    assert (membership.role, membership.organization) == ("operator", people.organization)
    assert client.get(reverse("members")).status_code == 200
    assert Client().post("/sign-in/", {"email": "dora@example.org", "password": PASSWORD}).status_code == 302
    assert Client().post(path, NEW).status_code == 404


def test_a_weak_password_is_refused_and_the_invitation_stays_open(people: People) -> None:
    path = _path(people)
    assert Client().post(path, {"name": "Dora", "password": "12345678", "repeated": "12345678"}).status_code == 422
    assert not User.objects.filter(email="dora@example.org").exists()
    assert Client().post(path, NEW).status_code == 302


def test_a_person_with_an_account_signs_in_first_and_then_joins(people: People) -> None:
    path = _path(people, "charlie@example.org")
    assert "has an account" in Client().get(path).content.decode()
    assert Client().post(path, NEW).status_code == 409
    client = people.browser(people.charlie)
    assert client.post(path).status_code == 302
    assert "Alice" in client.get(reverse("members")).content.decode()
    assert Membership.objects.filter(user=people.charlie).count() == 2


def test_another_signed_in_person_cannot_accept(people: People) -> None:
    path = _path(people)
    client = people.browser(people.charlie)
    assert "signed in as charlie@example.org" in client.get(path).content.decode()
    assert client.post(path).status_code == 409
    assert not Membership.objects.filter(user=people.charlie, organization=people.organization).exists()


def test_a_withdrawn_invitation_is_useless(people: People) -> None:
    path = _path(people)
    invitation = Invitation.objects.get()
    for person, status in ((people.bob, 404), (people.charlie, 404), (people.alice, 302)):
        url = reverse("invitation_withdraw", args=[invitation.pk])
        assert people.browser(person).post(url).status_code == status
    assert Client().get(path).status_code == 404
    with pytest.raises(NotFound):
        withdraw_invitation(people.principal(people.alice), invitation_id=invitation.pk)


def test_an_expired_invitation_is_useless(people: People) -> None:
    path = _path(people)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(path).status_code == 404
    assert Client().post(path, NEW).status_code == 404


def test_inviting_again_replaces_the_open_invitation(people: People) -> None:
    old, new = _path(people), _path(people)
    assert Client().get(old).status_code == 404
    assert Client().get(new).status_code == 200


def test_a_member_is_not_invited_again(people: People) -> None:
    with pytest.raises(Conflict, match="member already"):
        _path(people, "BOB@example.org")
    client = people.browser(people.alice)
    assert client.post(reverse("invite"), {"email": "bob@example.org", "role": "viewer"}).status_code == 409
    assert client.post(reverse("invite"), {"email": "nonsense", "role": "viewer"}).status_code == 422


def test_an_invitation_accepted_twice_joins_once(people: People) -> None:
    token = _path(people, "charlie@example.org").rstrip("/").rpartition("/")[2]
    accept_invitation(token, user=people.charlie)
    with pytest.raises(NotFound):
        accept_invitation(token, user=people.charlie)
