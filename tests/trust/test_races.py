"""Two people at the same moment: one link, one invitation, two owners."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from tests.factories.people import People, make_people
from trust.core.errors import Conflict, KaizenError, NotFound
from trust.core.roles import Role
from trust.models import Membership
from trust.services.invitations import accept_invitation, invite
from trust.services.links import create_sign_in_link, redeem
from trust.services.members import change_role


@pytest.fixture
def crowd(transactional_db: None) -> People:
    return make_people()


def _at_once(*calls: Callable[[], object]) -> list[object]:
    """What each call returned or which refusal it raised; all begin together, each on a connection of its own."""
    start = Barrier(len(calls))

    def run(call: Callable[[], object]) -> object:
        start.wait(10)
        try:
            return call()
        except KaizenError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_of_many_who_redeem_a_link_at_once_one_gets_in(crowd: People) -> None:
    token = create_sign_in_link(crowd.alice).rstrip("/").rpartition("/")[2]
    answers = _at_once(*[lambda: redeem(token)] * 8)
    assert answers.count(crowd.alice) == 1
    assert sum(isinstance(answer, NotFound) for answer in answers) == 7


def test_of_many_who_accept_an_invitation_at_once_one_joins(crowd: People) -> None:
    path = invite(crowd.principal(crowd.alice), email=crowd.charlie.email, role=Role.VIEWER)[1]
    token = path.rstrip("/").rpartition("/")[2]
    answers = _at_once(*[lambda: accept_invitation(token, user=crowd.charlie)] * 4)
    assert sum(isinstance(answer, Membership) for answer in answers) == 1
    assert Membership.objects.filter(user=crowd.charlie, organization=crowd.organization).count() == 1


def test_two_owners_who_demote_each_other_at_once_leave_one_owner(crowd: People) -> None:
    alice = crowd.principal(crowd.alice)
    change_role(alice, user_id=crowd.bob.pk, role=Role.OWNER)
    bob = crowd.principal(crowd.bob)
    answers = _at_once(
        lambda: change_role(alice, user_id=crowd.bob.pk, role=Role.VIEWER),
        lambda: change_role(bob, user_id=crowd.alice.pk, role=Role.VIEWER),
    )
    assert sum(isinstance(answer, Conflict) for answer in answers) == 1
    owners = Membership.objects.filter(organization=crowd.organization, role=Role.OWNER.value)
    assert owners.count() == 1
