"""The admin shows definitions and never changes them."""

from __future__ import annotations

import pytest
from django.test import Client

from agents.services import definitions as d
from tests.agents.test_definitions import _principal, signature
from trust.models import User

pytestmark = pytest.mark.django_db

TABLES = (
    "agents/definition", "agents/version", "agents/specrecord", "agents/run", "agents/runevent", "agents/approval",
    "journeys/session", "journeys/message", "journeys/appointment", "journeys/doctor",
)  # fmt: skip


def sign_in(client: Client, *, superuser: bool) -> None:
    user = User.objects.create(email="root@example.org", name="Root", is_staff=True, is_superuser=superuser)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")


@pytest.mark.parametrize("table", TABLES)
def test_a_superuser_may_look(client: Client, table: str) -> None:
    sign_in(client, superuser=True)
    assert client.get(f"/admin/{table}/").status_code == 200
    if table != "journeys/doctor":
        assert client.get(f"/admin/{table}/add/").status_code == 403


def test_nobody_changes_a_version_in_the_admin(client: Client) -> None:
    alice = _principal("alice")
    d.create_definition(alice, "signature", "triage", signature())
    version = d.publish_version(alice, "signature", "triage")
    sign_in(client, superuser=True)
    page = f"/admin/agents/version/{version.pk}/change/"
    assert client.get(page).status_code == 200
    assert client.post(page, {"notes": "forged"}).status_code == 403
    assert client.post(f"/admin/agents/version/{version.pk}/delete/", {"post": "yes"}).status_code == 403


def test_staff_without_more_rights_see_nothing(client: Client) -> None:
    sign_in(client, superuser=False)
    assert client.get("/admin/agents/definition/").status_code == 403
