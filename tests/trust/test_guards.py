"""Guards of pages and sockets, the marks that the architecture test reads, and announcements of changed rights."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver, reverse

from tests.factories.people import People
from trust.core.errors import NotFound
from trust.core.roles import Permission, Role
from trust.models import Membership
from trust.services.guards import GuardedRequest, requires, socket_principal, socket_still_allowed
from trust.services.keys import create_key, revoke_key
from trust.services.members import change_role, remove_member
from trust.services.rights import rights_group
from trust.web.urls import urlpatterns


def _scope(client: Client | None = None, **headers: str) -> dict[str, Any]:
    lines = [(name.encode(), value.encode()) for name, value in headers.items()]
    if client is not None:
        cookie = f"other=1; {settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
        lines.append((b"cookie", cookie.encode()))
    return {"type": "websocket", "headers": lines, "client": ["203.0.113.7", 5000]}


def test_every_page_of_trust_names_its_guard() -> None:
    guards = {pattern.name: getattr(pattern.callback, "guarded_by", None) for pattern in urlpatterns}
    assert None not in guards.values(), guards
    assert {name for name, guard in guards.items() if guard == "public"} == {
        "sign_in",
        "sign_in_link",
        "invitation_accept",
    }


@pytest.mark.parametrize("pattern", [p for p in urlpatterns if getattr(p.callback, "guarded_by", "") != "public"])
def test_every_guarded_page_sends_a_visitor_to_sign_in(db: None, pattern: Any) -> None:
    kinds = {"user_id": 1, "invitation_id": "0" * 32, "key_id": "0" * 32}
    names = pattern.pattern.converters
    kwargs = {name: pattern.pattern.converters[name].to_python(str(kinds[name])) for name in names}
    address = reverse(pattern.name, kwargs=kwargs)
    for answer in (Client().get(address), Client().post(address)):
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/sign-in/?next=")
    assert get_resolver() is not None


def test_not_found_inside_a_page_is_a_404(people: People, rf: Any) -> None:
    from django.http import Http404

    @requires(Permission.READ)
    def page(request: GuardedRequest) -> HttpResponse:
        assert request.principal.label == "Bob"
        raise NotFound("No such thing.")

    request = rf.get("/")
    request.user, request.session = people.bob, {}
    with pytest.raises(Http404, match="No such thing"):
        page(request)


def test_a_person_without_an_organization_gets_404_but_keeps_an_account_page(people: People) -> None:
    Membership.objects.filter(user=people.bob).delete()
    client = people.browser(people.bob)
    assert client.get(reverse("members")).status_code == 404
    assert "no organization" in client.get(reverse("account")).content.decode()


def test_a_socket_knows_a_session_and_a_key(people: People) -> None:
    _, secret = create_key(people.principal(people.alice), name="k", role=Role.VIEWER)
    by_session = socket_principal(_scope(people.browser(people.bob)))
    by_key = socket_principal(_scope(authorization=f"Bearer {secret}"))
    assert by_session == people.principal(people.bob)
    assert by_key is not None
    assert by_key.label == "k"


@pytest.mark.parametrize("authorization", ["Bearer wrong", "Basic abc", "Bearer"])
def test_a_wrong_header_is_nobody_even_with_a_good_session(people: People, authorization: str) -> None:
    assert socket_principal(_scope(people.browser(people.bob), authorization=authorization)) is None


def test_a_socket_without_a_session_is_nobody(people: People) -> None:
    assert socket_principal(_scope()) is None
    assert socket_principal(_scope(cookie="kaizen_session=forged")) is None
    assert socket_principal(_scope(cookie="\x01=;;;=")) is None


def test_an_open_socket_ends_with_sign_out_removal_or_a_revoked_key(people: People) -> None:
    client = people.browser(people.bob)
    scope, bob = _scope(client), people.principal(people.bob)
    assert socket_still_allowed(scope, bob, Permission.READ)
    assert not socket_still_allowed(scope, bob, Permission.ADMIN)
    client.post(reverse("sign_out"))
    assert not socket_still_allowed(scope, bob, Permission.READ)

    scope = _scope(people.browser(people.bob))
    remove_member(people.principal(people.alice), user_id=people.bob.pk)
    assert not socket_still_allowed(scope, bob, Permission.READ)

    alice = people.principal(people.alice)
    key, secret = create_key(alice, name="k", role=Role.VIEWER)
    scope = _scope(authorization=f"Bearer {secret}")
    principal = socket_principal(scope)
    assert principal is not None
    revoke_key(alice, key_id=key.pk)
    assert not socket_still_allowed(scope, principal, Permission.READ)


def test_changed_rights_are_announced_after_commit(people: People, django_capture_on_commit_callbacks: Any) -> None:
    layer, alice = get_channel_layer(), people.principal(people.alice)
    key, _ = create_key(alice, name="k", role=Role.VIEWER)
    groups = [rights_group(f"user:{people.bob.pk}"), rights_group(f"key:{key.pk}")]

    async def heard(change: Any) -> list[str]:
        from asgiref.sync import sync_to_async

        ear = await layer.new_channel()
        for group in groups:
            await layer.group_add(group, ear)
        await sync_to_async(change)()
        messages = [await layer.receive(ear) for _ in range(2)]
        return [message["type"] for message in messages]

    def change() -> None:
        with django_capture_on_commit_callbacks(execute=True):
            change_role(alice, user_id=people.bob.pk, role=Role.VIEWER)
            revoke_key(alice, key_id=key.pk)

    assert async_to_sync(heard)(change) == ["rights.changed"] * 2
