"""``manage.py kaizen``: sub-commands are found and do what they say."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from tests.factories.people import People
from trust.core.roles import Permission, Role
from trust.management.commands.kaizen import find_subcommands
from trust.models import ApiKey, Membership, Organization
from trust.services.keys import authenticate_key
from trust.services.setup import ensure_owner


def _kaizen(*words: str) -> str:
    out = StringIO()
    call_command("kaizen", *words, stdout=out)
    return out.getvalue().strip()


def test_every_file_in_a_kaizen_folder_is_a_subcommand() -> None:
    files = Path(__file__).parents[2].glob("*/management/kaizen/[!_]*.py")
    assert set(find_subcommands()) == {file.stem.replace("_", "-") for file in files}
    assert {"create-key", "create-owner", "sign-in-link"} <= set(find_subcommands())


def test_create_key_prints_a_key_that_works(db: None) -> None:
    ensure_owner()
    principal = authenticate_key(_kaizen("create-key", "--role", "builder"))
    assert principal is not None
    assert principal.role is Role.BUILDER


def test_create_key_takes_scopes_days_and_organization(people: People) -> None:
    secret = _kaizen("create-key", "--role=operator", "--scope=run", "--days=3", "--organization=elsewhere", "--name=cron")
    principal = authenticate_key(secret)
    assert principal is not None
    assert principal.permissions == {Permission.RUN}
    key = ApiKey.objects.get()
    assert (key.name, key.organization.slug) == ("cron", "elsewhere")
    assert key.expires_at is not None


def test_a_wrong_organization_is_refused_with_the_list_of_right_ones(people: People) -> None:
    with pytest.raises(CommandError, match=r"No owner of 'nowhere'\. Organizations: acme, elsewhere"):
        _kaizen("create-key", "--organization", "nowhere")


@pytest.mark.parametrize("words", [["create-key", "--role", "king"], ["no-such-thing"], []])
def test_wrong_words_are_refused(db: None, words: list[str]) -> None:
    with pytest.raises(CommandError):
        _kaizen(*words)


def test_sign_in_link_prints_a_link_that_works(people: People) -> None:
    address = _kaizen("sign-in-link", "bob@example.org")
    assert Client().post("/" + address.split("/", 3)[3]).status_code == 302
    with pytest.raises(CommandError, match="Nobody signs in with"):
        _kaizen("sign-in-link", "nobody@example.org")


def test_create_owner_makes_an_organization_with_its_owner(people: People) -> None:
    text = _kaizen("create-owner", "--email", "Bob@example.org", "--organization", "Bob & Co")
    assert "bob@example.org owns Bob & Co (bob-co)." in text
    assert "/sign-in/link/" in text
    organization = Organization.objects.get(slug="bob-co")
    assert Membership.objects.get(organization=organization).user == people.bob
    assert not people.bob.is_superuser
