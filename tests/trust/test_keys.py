"""API keys: shown once, hashed, scoped, revoked, expired, limited, and what a guard makes of them."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta

import pytest
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from tests.factories.people import People
from trust.core.errors import Denied, Invalid, NotFound, TooMany
from trust.core.roles import Permission, Role
from trust.models import ApiKey
from trust.services.guards import KeyAuth, still_allowed
from trust.services.keys import WRONG_KEYS, authenticate_key, create_key, revoke_key


def test_a_key_is_shown_once_and_stored_only_as_a_hash(people: People) -> None:
    client = people.browser(people.alice)
    data = {"name": "export", "role": "operator", "lifetime": "30"}
    page = client.post(reverse("api_key_create"), data)
    found = re.search(r"kz_[\w-]{43}", page.content.decode())
    assert found
    assert "no-store" in page.headers["Cache-Control"]
    assert found[0] not in client.get(reverse("api_keys")).content.decode()
    stored = ApiKey.objects.get()
    assert stored.secret_hash == hashlib.sha256(found[0].encode()).hexdigest()
    assert found[0] not in {str(value) for value in stored.__dict__.values()}
    assert stored.expires_at is not None
    principal = authenticate_key(found[0])
    assert principal is not None
    assert (principal.ref, principal.role, principal.organization_id) == (
        f"key:{stored.pk}",
        Role.OPERATOR,
        people.organization.pk,
    )


def test_scopes_narrow_a_key(people: People) -> None:
    _, secret = create_key(
        people.principal(people.alice), name="reader", role=Role.BUILDER, scopes=[Permission.READ, Permission.RUN]
    )
    principal = authenticate_key(secret)
    assert principal is not None
    assert principal.permissions == {Permission.READ, Permission.RUN}


@pytest.mark.parametrize("scopes", [[], [Permission.ADMIN]])
def test_scopes_that_grant_nothing_or_more_than_the_role_are_refused(people: People, scopes: list[Permission]) -> None:
    with pytest.raises(Invalid, match="not among those of the role 'viewer': read"):
        create_key(people.principal(people.alice), name="k", role=Role.VIEWER, scopes=scopes)


def test_a_key_with_a_past_expiry_or_without_a_name_is_refused(people: People) -> None:
    alice = people.principal(people.alice)
    with pytest.raises(Invalid, match="in the past"):
        create_key(alice, name="k", role=Role.VIEWER, expires_at=timezone.now() - timedelta(days=1))
    with pytest.raises(Invalid, match="name"):
        create_key(alice, name="  ", role=Role.VIEWER)


def test_a_builder_cannot_make_a_key_with_an_owners_rights(people: People) -> None:
    with pytest.raises(Invalid, match="admin"):
        create_key(people.principal(people.bob), name="k", role=Role.OWNER)


def test_a_revoked_key_stops_at_once(people: People) -> None:
    key, secret = create_key(people.principal(people.alice), name="k", role=Role.BUILDER)
    principal = authenticate_key(secret)
    assert principal is not None
    assert still_allowed(principal, Permission.BUILD)
    people.browser(people.alice).post(reverse("api_key_revoke", args=[key.pk]))
    assert authenticate_key(secret) is None
    assert not still_allowed(principal, Permission.READ)


def test_an_expired_key_stops(people: People) -> None:
    soon = timezone.now() + timedelta(hours=1)
    key, secret = create_key(people.principal(people.alice), name="k", role=Role.BUILDER, expires_at=soon)
    assert authenticate_key(secret) is not None
    ApiKey.objects.filter(pk=key.pk).update(expires_at=timezone.now())
    assert authenticate_key(secret) is None


@pytest.mark.parametrize("who", ["bob", "charlie"])
def test_others_get_404_for_keys_of_the_organization(people: People, who: str) -> None:
    key, _ = create_key(people.principal(people.alice), name="k", role=Role.BUILDER)
    client = people.browser(getattr(people, who))
    assert client.post(reverse("api_key_revoke", args=[key.pk])).status_code == 404
    key.refresh_from_db()
    assert key.revoked_at is None
    if who == "bob":
        assert client.get(reverse("api_keys")).status_code == 404
    else:
        assert key.hint not in client.get(reverse("api_keys")).content.decode()
        with pytest.raises(NotFound):
            revoke_key(people.principal(people.charlie), key_id=key.pk)


def test_last_use_is_written_at_most_once_a_minute(people: People, django_assert_num_queries: object) -> None:
    key, secret = create_key(people.principal(people.alice), name="k", role=Role.BUILDER)
    authenticate_key(secret)
    key.refresh_from_db()
    first = key.last_used_at
    assert first is not None
    assert callable(django_assert_num_queries)
    with django_assert_num_queries(1):
        authenticate_key(secret)
    ApiKey.objects.filter(pk=key.pk).update(last_used_at=first - timedelta(seconds=61))
    authenticate_key(secret)
    key.refresh_from_db()
    assert key.last_used_at is not None
    assert key.last_used_at >= first


def test_wrong_keys_are_limited_per_address_and_never_hold_up_a_right_one(people: People) -> None:
    _, secret = create_key(people.principal(people.alice), name="k", role=Role.BUILDER)
    for _ in range(WRONG_KEYS.limit):
        assert authenticate_key("kz_wrong", address="203.0.113.7") is None
    with pytest.raises(TooMany, match=r"203\.0\.113\.7") as refusal:
        authenticate_key("kz_wrong", address="203.0.113.7")
    assert refusal.value.retry_after_s == WRONG_KEYS.window_s
    assert authenticate_key(secret, address="203.0.113.7") is not None
    assert authenticate_key("kz_wrong", address="198.51.100.2") is None


@pytest.mark.parametrize("secret", ["", "kz_", "nonsense", "kz_\udc80", "kz_" + "x" * 100_000, "kz_\0"])
def test_nonsense_is_no_key(people: People, secret: str) -> None:
    assert authenticate_key(secret) is None


def test_the_guard_tells_a_wrong_key_from_a_key_without_the_right(people: People) -> None:
    _, secret = create_key(people.principal(people.alice), name="reader", role=Role.VIEWER)
    request = RequestFactory().get("/", headers={"Authorization": f"Bearer {secret}"})
    principal = KeyAuth(Permission.READ)(request)
    assert principal is not None
    assert principal.label == "reader"
    with pytest.raises(Denied, match="lacks the scope 'build'; it has: read"):
        KeyAuth(Permission.BUILD)(request)
    tampered = RequestFactory().get("/", headers={"Authorization": f"Bearer {secret[:-1]}{'A' if secret[-1] != 'A' else 'B'}"})
    assert KeyAuth(Permission.READ)(tampered) is None
    assert KeyAuth(Permission.READ)(RequestFactory().get("/")) is None
    assert KeyAuth(Permission.BUILD).guarded_by == "build"
