"""One-time sign-in links and the welcome after them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories.people import PASSWORD, People
from trust.core.errors import NotFound
from trust.models import SignInLink, User
from trust.services.links import create_sign_in_link, create_sign_in_link_for, redeem
from trust.services.setup import ensure_owner


def test_a_link_signs_in_by_one_click_and_once(people: People) -> None:
    path = create_sign_in_link(people.alice)
    client = people.browser()
    page = client.get(path)
    assert page.status_code == 200
    assert "Alice" in page.content.decode()
    assert client.post(path).headers["Location"] == "/"
    assert client.get(reverse("account")).status_code == 200
    second = people.browser()
    assert second.post(path).status_code == 404
    assert second.get(reverse("account")).status_code == 302


def test_looking_at_a_link_does_not_use_it_up(people: People) -> None:
    path = create_sign_in_link(people.alice)
    for _ in range(3):
        people.browser().get(path)
        people.browser().head(path)
    assert people.browser().post(path).status_code == 302


def test_an_expired_link_is_refused_and_says_how_to_get_another(people: People) -> None:
    path = create_sign_in_link(people.alice, valid_for=timedelta(minutes=5))
    SignInLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    for answer in (people.browser().get(path), people.browser().post(path)):
        assert answer.status_code == 404
        assert "expired" in answer.content.decode()
        assert "kaizen sign-in-link" in answer.content.decode()


@pytest.mark.parametrize("change", [lambda t: t[:-1], lambda t: t + "A", lambda t: t.swapcase(), lambda t: "x"])
def test_a_tampered_link_is_refused(people: People, change: object) -> None:
    token = create_sign_in_link(people.alice).rstrip("/").rpartition("/")[2]
    assert callable(change)
    assert people.browser().post(reverse("sign_in_link", args=[change(token)])).status_code == 404


def test_a_deactivated_person_cannot_use_a_link(people: People) -> None:
    path = create_sign_in_link(people.bob)
    User.objects.filter(pk=people.bob.pk).update(is_active=False)
    assert people.browser().post(path).status_code == 404


def test_the_token_is_not_in_the_database(people: People) -> None:
    token = create_sign_in_link(people.alice).rstrip("/").rpartition("/")[2]
    assert len(token) == 43
    stored = SignInLink.objects.get()
    assert token not in {str(value) for value in stored.__dict__.values()}
    assert re.fullmatch(r"[0-9a-f]{64}", stored.token_hash)


def test_a_link_redeemed_twice_gives_the_second_nothing(people: People) -> None:
    token = create_sign_in_link(people.alice).rstrip("/").rpartition("/")[2]
    assert redeem(token) == people.alice
    with pytest.raises(NotFound):
        redeem(token)


def test_a_link_for_nobody_names_who_exists(people: People) -> None:
    with pytest.raises(NotFound, match=r"nobody@example\.org.*alice@example\.org"):
        create_sign_in_link_for("nobody@example.org")


def test_the_first_owner_settles_in_and_signs_in_by_password_from_then_on(db: None) -> None:
    owner, organization, _ = ensure_owner()
    client = Client()
    assert client.post(create_sign_in_link(owner)).headers["Location"] == reverse("welcome")
    assert client.get(reverse("welcome")).status_code == 200
    data = {"name": "Ada", "email": "Ada@Example.org", "organization": "Lovelace", "password": PASSWORD}
    assert client.post(reverse("welcome"), data).status_code == 422
    assert client.post(reverse("welcome"), {**data, "repeated": PASSWORD}).headers["Location"] == "/"
    organization.refresh_from_db()
    assert organization.name == "Lovelace"
    assert client.get(reverse("account")).status_code == 200
    assert Client().post("/sign-in/", {"email": "ada@example.org", "password": PASSWORD}).status_code == 302
    assert client.get(reverse("welcome")).headers["Location"] == reverse("account")


def test_the_welcome_page_refuses_an_email_of_somebody_else(people: People) -> None:
    people.alice.set_unusable_password()
    people.alice.save()
    data = {"name": "A", "email": "bob@example.org", "organization": "B", "password": PASSWORD, "repeated": PASSWORD}
    answer = people.browser(people.alice).post(reverse("welcome"), data)
    assert answer.status_code == 409
    assert "belongs to another account" in answer.content.decode()
    people.organization.refresh_from_db()
    assert people.organization.name == "Acme"
