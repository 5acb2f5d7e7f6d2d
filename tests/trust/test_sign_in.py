"""Signing in and out by the pages, as a browser does it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth import hashers
from django.test import AsyncClient, Client
from django.urls import reverse
from django.utils import timezone

from tests.factories.people import PASSWORD, People

SIGN_IN = "/sign-in/"


def _try(client: Client, email: str, password: str, **more: str) -> int:
    return client.post(SIGN_IN, {"email": email, "password": password, **more}).status_code


def _is_in(client: Client) -> bool:
    return client.get(reverse("account")).status_code == 200


def test_the_right_password_signs_in_whatever_the_letter_case_of_the_email(people: People) -> None:
    client = people.browser()
    assert _try(client, "ALICE@example.org", PASSWORD) == 302
    assert _is_in(client)


@pytest.mark.parametrize("email", ["alice@example.org", "nobody@example.org"])
def test_a_wrong_password_and_an_unknown_email_get_the_same_answer(people: People, email: str) -> None:
    client = people.browser()
    answer = client.post(SIGN_IN, {"email": email, "password": "wrong"})
    assert answer.status_code == 422
    assert "No account has this email and password." in answer.content.decode()
    assert not _is_in(client)


def test_an_unknown_email_costs_the_same_hashing_as_a_known_one(people: People, hash_count: list[str]) -> None:
    client = people.browser()
    for email in ("alice@example.org", "nobody@example.org"):
        hash_count.clear()
        _try(client, email, "wrong")
        assert len(hash_count) == 1, email
    people.alice.set_unusable_password()
    people.alice.save()
    hash_count.clear()
    _try(client, "alice@example.org", "wrong")
    assert len(hash_count) == 1


def test_a_deactivated_person_cannot_sign_in_and_is_out_at_once(people: People) -> None:
    client = people.browser(people.bob)
    assert _is_in(client)
    people.bob.is_active = False
    people.bob.save()
    assert not _is_in(client)
    assert _try(people.browser(), "bob@example.org", PASSWORD) == 422


def test_the_session_key_changes_at_sign_in(people: People) -> None:
    client = people.browser()
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = planted = session.session_key or ""
    assert _try(client, "alice@example.org", PASSWORD) == 302
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != planted


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "http:///evil.example", " //e"],
)
def test_next_never_leads_to_another_site(people: People, target: str) -> None:
    assert (
        people.browser().post(SIGN_IN, {"email": "alice@example.org", "password": PASSWORD, "next": target}).headers["Location"]
        == "/"
    )
    assert people.browser(people.alice).get(SIGN_IN, {"next": target}).headers["Location"] == "/"


def test_next_leads_back_to_the_page_that_was_asked_for(people: People) -> None:
    client = people.browser()
    asked = client.get("/members/?page=2")
    assert asked.headers["Location"] == "/sign-in/?next=%2Fmembers%2F%3Fpage%3D2"
    form = client.get(asked.headers["Location"]).content.decode()
    assert 'value="/members/?page=2"' in form
    data = {"email": "alice@example.org", "password": PASSWORD, "next": "/members/?page=2"}
    assert client.post(SIGN_IN, data).headers["Location"] == "/members/?page=2"


def test_an_htmx_request_without_a_session_sends_the_whole_page_to_sign_in(people: People) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/members/"}
    answer = people.browser().get("/members/", headers=headers)
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"] == "/sign-in/?next=http%3A%2F%2Ftestserver%2Fmembers%2F"


def test_too_many_failures_lock_the_email_from_that_address_and_say_how_long(people: People) -> None:
    client = people.browser()
    statuses = [_try(client, "alice@example.org", "wrong") for _ in range(settings.AXES_FAILURE_LIMIT)]
    assert statuses[:-1] == [422] * (settings.AXES_FAILURE_LIMIT - 1)
    assert statuses[-1] == 429
    answer = client.post(SIGN_IN, {"email": "Alice@example.org", "password": PASSWORD})
    assert answer.status_code == 429
    assert "Try again in 15 minutes" in answer.content.decode()
    assert 0 < int(answer.headers["Retry-After"]) <= 15 * 60 + 1
    assert not _is_in(client)


def test_the_lock_says_the_same_under_asgi(people: People) -> None:
    """Axes has a second way through its middleware there."""
    for _ in range(settings.AXES_FAILURE_LIMIT):
        _try(people.browser(), "alice@example.org", "wrong")
    post = async_to_sync(AsyncClient().post)
    answer = post(SIGN_IN, {"email": "alice@example.org", "password": PASSWORD}, REMOTE_ADDR="127.0.0.1")
    assert answer.status_code == 429
    assert "Try again in 15 minutes" in answer.content.decode()
    assert 'value="alice@example.org"' in answer.content.decode()


def test_a_lock_concerns_one_email_and_one_address_only(people: People) -> None:
    for _ in range(settings.AXES_FAILURE_LIMIT):
        _try(people.browser(REMOTE_ADDR="203.0.113.7"), "alice@example.org", "wrong")
    assert _try(people.browser(REMOTE_ADDR="203.0.113.7"), "bob@example.org", PASSWORD) == 302
    assert _try(people.browser(REMOTE_ADDR="198.51.100.2"), "alice@example.org", PASSWORD) == 302


def test_a_forged_forwarding_header_does_not_escape_the_lock(people: People) -> None:
    for number in range(settings.AXES_FAILURE_LIMIT):
        _try(people.browser(HTTP_X_FORWARDED_FOR=f"203.0.113.{number}"), "alice@example.org", "wrong")
    assert _try(people.browser(HTTP_X_FORWARDED_FOR="203.0.113.99"), "alice@example.org", PASSWORD) == 429


def test_another_browser_name_does_not_escape_the_lock(people: People) -> None:
    for number in range(settings.AXES_FAILURE_LIMIT):
        _try(people.browser(HTTP_USER_AGENT=f"browser {number}"), "alice@example.org", "wrong")
    assert _try(people.browser(HTTP_USER_AGENT="yet another"), "alice@example.org", PASSWORD) == 429


def test_the_lock_ends_and_trying_during_it_does_not_lengthen_it(people: People) -> None:
    client = people.browser()
    for _ in range(settings.AXES_FAILURE_LIMIT):
        _try(client, "alice@example.org", "wrong")
    before = AccessAttempt.objects.get().attempt_time
    assert _try(client, "alice@example.org", "wrong") == 429
    assert AccessAttempt.objects.get().attempt_time == before
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert _try(client, "alice@example.org", PASSWORD) == 302


def test_no_password_is_kept_in_the_record_of_failures(people: People) -> None:
    _try(people.browser(), "alice@example.org", "my secret typo")
    attempt = AccessAttempt.objects.get()
    assert "secret" not in f"{attempt.post_data}{attempt.get_data}{attempt.path_info}"


def test_sign_out_needs_a_post_and_ends_the_session(people: People) -> None:
    client = people.browser(people.alice)
    assert client.get(reverse("sign_out")).status_code == 405
    assert client.post(reverse("sign_out")).headers["Location"] == SIGN_IN
    assert not _is_in(client)


def test_a_form_from_another_site_is_refused(people: People) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(people.alice, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(reverse("sign_out")).status_code == 403
    assert client.post(SIGN_IN, {"email": "alice@example.org", "password": PASSWORD}).status_code == 403


@pytest.fixture
def hash_count(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Counts runs of the real password hasher."""
    calls: list[str] = []
    real = hashers.Argon2PasswordHasher.encode

    def counted(self: hashers.Argon2PasswordHasher, password: str, salt: str) -> str:
        calls.append("encode")
        return real(self, password, salt)

    real_verify = hashers.Argon2PasswordHasher.verify

    def verified(self: hashers.Argon2PasswordHasher, password: str, encoded: str) -> bool:
        calls.append("verify")
        return real_verify(self, password, encoded)

    monkeypatch.setattr(hashers.Argon2PasswordHasher, "encode", counted)
    monkeypatch.setattr(hashers.Argon2PasswordHasher, "verify", verified)
    return calls
