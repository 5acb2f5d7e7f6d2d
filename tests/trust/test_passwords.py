"""Changing a password and what it does to sessions."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.urls import reverse

from tests.factories.people import PASSWORD, People

NEW = "another long enough phrase"


def test_changing_the_password_keeps_this_session_under_a_new_key_and_ends_the_others(people: People) -> None:
    here, elsewhere = people.browser(people.alice), people.browser(people.alice)
    key = here.cookies[settings.SESSION_COOKIE_NAME].value
    data = {"old_password": PASSWORD, "password": NEW, "repeated": NEW}
    assert here.post(reverse("password_change"), data).headers["Location"] == reverse("account")
    assert here.get(reverse("account")).status_code == 200
    assert here.cookies[settings.SESSION_COOKIE_NAME].value != key
    assert elsewhere.get(reverse("account")).status_code == 302
    people.alice.refresh_from_db()
    assert people.alice.check_password(NEW)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"old_password": "wrong", "password": NEW, "repeated": NEW}, "not your current password"),
        ({"old_password": PASSWORD, "password": NEW, "repeated": NEW + "!"}, "differ"),
        ({"old_password": PASSWORD, "password": "short", "repeated": "short"}, "at least 8 characters"),
        ({"old_password": PASSWORD, "password": "alice@example.org", "repeated": "alice@example.org"}, "too similar"),
        ({"old_password": PASSWORD, "password": "password1", "repeated": "password1"}, "too common"),
    ],
)
def test_a_bad_new_password_is_refused_with_the_reason(people: People, data: dict[str, str], message: str) -> None:
    answer = people.browser(people.alice).post(reverse("password_change"), data)
    assert answer.status_code == 422
    assert message in answer.content.decode()
    people.alice.refresh_from_db()
    assert people.alice.check_password(PASSWORD)


def test_a_person_without_a_password_chooses_one_without_an_old_one(people: People) -> None:
    people.bob.set_unusable_password()
    people.bob.save()
    client = people.browser(people.bob)
    assert "Current password" not in client.get(reverse("password_change")).content.decode()
    assert client.post(reverse("password_change"), {"password": NEW, "repeated": NEW}).status_code == 302


def test_signing_out_everywhere_ends_all_other_sessions(people: People) -> None:
    here, elsewhere = people.browser(people.alice), people.browser(people.alice)
    assert here.post(reverse("sign_out_everywhere")).status_code == 302
    assert here.get(reverse("account")).status_code == 200
    assert elsewhere.get(reverse("account")).status_code == 302


def test_a_person_names_themselves(people: People) -> None:
    people.browser(people.bob).post(reverse("account"), {"name": " Robert "})
    people.bob.refresh_from_db()
    assert people.bob.label == "Robert"
