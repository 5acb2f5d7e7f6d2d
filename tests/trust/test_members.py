"""Members: who sees them, roles, the last owner, removal."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.factories.people import People
from trust.core.errors import Conflict, Invalid, NotFound
from trust.core.roles import Permission, Role
from trust.models import ApiKey, Membership
from trust.services.guards import still_allowed
from trust.services.keys import authenticate_key, create_key
from trust.services.members import change_role, remove_member


def test_members_see_each_other_and_no_stranger(people: People) -> None:
    for person in (people.alice, people.bob):
        page = people.browser(person).get(reverse("members")).content.decode()
        assert "Alice" in page
        assert "Bob" in page
        assert "Charlie" not in page
    assert "Alice" not in people.browser(people.charlie).get(reverse("members")).content.decode()


def test_only_an_owner_is_offered_changes(people: People) -> None:
    assert "Invite somebody" in people.browser(people.alice).get(reverse("members")).content.decode()
    assert "Invite somebody" not in people.browser(people.bob).get(reverse("members")).content.decode()


@pytest.mark.parametrize("action", ["member_role", "member_remove"])
def test_a_member_without_the_right_and_a_stranger_get_404(people: People, action: str) -> None:
    for person in (people.bob, people.charlie):
        answer = people.browser(person).post(reverse(action, args=[people.bob.pk]), {"role": "owner"})
        assert answer.status_code == 404
    assert Membership.objects.get(user=people.bob).role == "builder"


def test_an_owner_changes_a_role_at_once(people: People) -> None:
    bob = people.principal(people.bob)
    assert still_allowed(bob, Permission.BUILD)
    people.browser(people.alice).post(reverse("member_role", args=[people.bob.pk]), {"role": "viewer"})
    assert not still_allowed(bob, Permission.BUILD)
    assert still_allowed(bob, Permission.READ)


def test_an_unknown_role_is_refused_with_the_list_of_roles(people: People) -> None:
    client = people.browser(people.alice)
    page = client.post(reverse("member_role", args=[people.bob.pk]), {"role": "king"}, follow=True).content.decode()
    assert "is no role" in page
    assert "auditor" in page


@pytest.mark.parametrize("action", ["member_role", "member_remove"])
def test_the_last_owner_is_neither_demoted_nor_removed(people: People, action: str) -> None:
    client = people.browser(people.alice)
    page = client.post(reverse(action, args=[people.alice.pk]), {"role": "viewer"}, follow=True)
    assert Membership.objects.get(user=people.alice).role == "owner"
    people.alice.refresh_from_db()
    assert people.alice.session_generation == 0
    if action == "member_role":
        assert "last owner" in page.content.decode()


def test_a_deactivated_owner_does_not_count_as_an_owner(people: People) -> None:
    alice = people.principal(people.alice)
    change_role(alice, user_id=people.bob.pk, role=Role.OWNER)
    people.bob.is_active = False
    people.bob.save()
    with pytest.raises(Conflict, match="last owner"):
        remove_member(alice, user_id=people.alice.pk)


def test_one_of_two_owners_may_go(people: People) -> None:
    alice = people.principal(people.alice)
    change_role(alice, user_id=people.bob.pk, role=Role.OWNER)
    change_role(alice, user_id=people.alice.pk, role=Role.VIEWER)
    with pytest.raises(Conflict):
        remove_member(people.principal(people.bob), user_id=people.bob.pk)


def test_all_sessions_of_a_removed_member_end_at_once(people: People) -> None:
    browsers = [people.browser(people.bob) for _ in range(2)]
    bob = people.principal(people.bob)
    people.browser(people.alice).post(reverse("member_remove", args=[people.bob.pk]), {"revoke_keys": "on"})
    for browser in browsers:
        assert browser.get(reverse("members")).headers["Location"].startswith("/sign-in/")
        assert browser.get(reverse("account")).status_code == 302
    assert not still_allowed(bob, Permission.READ)
    people.bob.refresh_from_db()
    people.bob.refresh_from_db()
    assert people.browser(people.bob).get(reverse("members")).status_code == 404


@pytest.mark.parametrize("revoke", [True, False])
def test_keys_of_a_removed_member_end_when_asked(people: People, revoke: bool) -> None:
    alice = people.principal(people.alice)
    change_role(alice, user_id=people.bob.pk, role=Role.OWNER)
    _, secret = create_key(people.principal(people.bob), name="bob's", role=Role.BUILDER)
    _, kept = create_key(alice, name="alice's", role=Role.BUILDER)
    remove_member(alice, user_id=people.bob.pk, revoke_keys=revoke)
    assert (authenticate_key(secret) is None) is revoke
    assert authenticate_key(kept) is not None
    assert ApiKey.objects.count() == 2


def test_a_member_of_another_organization_is_not_found(people: People) -> None:
    alice = people.principal(people.alice)
    with pytest.raises(NotFound):
        remove_member(alice, user_id=people.charlie.pk)
    with pytest.raises(NotFound):
        change_role(alice, user_id=people.charlie.pk, role=Role.VIEWER)


def test_nobody_gives_away_more_than_they_have(people: People) -> None:
    key, secret = create_key(people.principal(people.alice), name="k", role=Role.OWNER, scopes=[Permission.ADMIN])
    narrow = authenticate_key(secret)
    assert narrow is not None
    with pytest.raises(Invalid, match="may not do"):
        change_role(narrow, user_id=people.bob.pk, role=Role.OWNER)
    with pytest.raises(Invalid, match="may not do"):
        create_key(narrow, name="wider", role=Role.OWNER)
    assert str(key.pk) == narrow.id


def test_switching_the_organization_works_for_own_ones_only(people: People) -> None:
    second = Membership.objects.get(user=people.charlie).organization
    Membership.objects.create(user=people.bob, organization=second, role="viewer")
    client = people.browser(people.bob)
    answer = client.post(reverse("organization_switch"), {"organization": str(second.pk), "next": "/members/"})
    assert answer.headers["Location"] == "/members/"
    assert "Charlie" in client.get(reverse("members")).content.decode()
    for wrong in (people.organization.pk, "nonsense", ""):
        answer = people.browser(people.charlie).post(reverse("organization_switch"), {"organization": str(wrong)})
        assert answer.status_code == 404


def test_an_owner_renames_the_organization_and_others_do_not(people: People) -> None:
    assert people.browser(people.bob).post(reverse("organization"), {"organization": "Mine"}).status_code == 404
    people.browser(people.alice).post(reverse("organization"), {"organization": "Acme & Sons"})
    people.organization.refresh_from_db()
    assert people.organization.name == "Acme & Sons"
