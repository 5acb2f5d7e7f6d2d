"""Who may decide what, once: quorum, other persons, delegation, asking back, grants, budgets, expiry."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from agents.core.approvals import approval_digest
from agents.core.runtime.events import EventType
from agents.models.approval import Approval, ApprovalVote
from agents.models.permission import PermissionRuleRow
from agents.models.run import Run
from agents.services.approvals import approve_several, decide_approval, expire_approvals
from agents.services.delegation import delegate_approval
from tests.agents.approvals.asking import asked, decide, last_event
from tests.factories.people import People
from trust.core.errors import Conflict, Invalid
from trust.core.principal import Principal
from trust.core.roles import Role
from trust.services.keys import authenticate_key, create_key

pytestmark = pytest.mark.django_db


# --- quorum


def test_the_last_of_several_people_decides(alice: Principal, bob: Principal, run: Run) -> None:
    approval = asked(run, quorum=2)
    assert decide(alice, approval, reason="looks right").status == "pending"
    run.refresh_from_db()
    assert run.status == "waiting"
    assert last_event(run, EventType.APPROVAL_VOTED)["votes"] == 1
    assert decide(bob, approval).status == "approved"
    run.refresh_from_db()
    assert run.status == "queued"
    assert [vote["label"] for vote in last_event(run, EventType.APPROVAL_DECIDED)["votes"]] == ["Alice", "Bob"]


def test_nobody_approves_twice_not_even_with_a_key_of_their_own(alice: Principal, run: Run) -> None:
    approval = asked(run, quorum=2)
    decide(alice, approval)
    with pytest.raises(Invalid, match="You have approved it already; 1 more of 2 must"):
        decide(alice, approval)
    _, secret = create_key(alice, name="mine", role=Role.OWNER)
    key = authenticate_key(secret, address="")
    assert key is not None
    with pytest.raises(Invalid, match="approved it already"):
        decide(key, approval)
    assert ApprovalVote.objects.count() == 1


def test_one_no_decides_at_once(alice: Principal, bob: Principal, run: Run) -> None:
    approval = asked(run, quorum=3)
    decide(alice, approval)
    assert decide(bob, approval, "reject", reason="too early").status == "rejected"


def test_what_several_approve_is_not_edited(alice: Principal, run: Run) -> None:
    with pytest.raises(Invalid, match="no decision on this; allowed are: approve, reject, ask_back"):
        decide(alice, asked(run, quorum=2, editable=True), "edit", arguments={})


# --- other persons and delegation


def test_who_started_the_run_may_reject_but_not_approve(alice: Principal, bob: Principal, run: Run) -> None:
    approval = asked(run, other_person=True)
    _, secret = create_key(alice, name="mine", role=Role.OWNER)
    key = authenticate_key(secret, address="")
    assert key is not None
    for who in (alice, key):
        with pytest.raises(Invalid, match="needs another person's approval"):
            decide(who, approval)
    assert decide(bob, approval).status == "approved"
    assert decide(alice, asked(run, 1, other_person=True), "reject", reason="changed my mind").status == "rejected"


def test_a_delegated_approval_is_decided_by_that_member_only(
    alice: Principal, bob: Principal, dora: Principal, run: Run
) -> None:
    approval = delegate_approval(principal=bob, approval_id=asked(run).id, to=dora.ref, reason="knows it")
    assert (approval.delegated_to, approval.delegated_to_label) == (dora.ref, "Dora")
    assert last_event(run, EventType.APPROVAL_DELEGATED)["by"] == bob.ref
    with pytest.raises(Invalid, match="delegated to Dora: only they decide it"):
        decide(bob, approval)
    back = delegate_approval(principal=dora, approval_id=approval.id, to="")
    assert back.delegated_to == ""
    assert decide(bob, back).status == "approved"


def test_delegation_stays_within_who_may_approve(
    people: People, alice: Principal, bob: Principal, dora: Principal, run: Run
) -> None:
    approval = asked(run, other_person=True)
    for stranger in (f"user:{people.charlie.pk}", "user:0", "key:1", "nobody"):
        with pytest.raises(Invalid, match="no member who may approve"):
            delegate_approval(principal=bob, approval_id=approval.id, to=stranger)
    with pytest.raises(Invalid, match="Alice started the run"):
        delegate_approval(principal=bob, approval_id=approval.id, to=alice.ref)
    delegate_approval(principal=alice, approval_id=approval.id, to=bob.ref)
    with pytest.raises(Invalid, match="they, who handed it over, or an owner"):
        delegate_approval(principal=dora, approval_id=approval.id, to=dora.ref)
    assert delegate_approval(principal=alice, approval_id=approval.id, to=dora.ref).delegated_to == dora.ref


# --- decisions


def test_asking_back_needs_a_question_and_goes_to_the_agent(alice: Principal, run: Run) -> None:
    approval = asked(run)
    with pytest.raises(Invalid, match="a question is needed"):
        decide(alice, approval, "ask_back")
    assert decide(alice, approval, "ask_back", reason="Why this file?").status == "asked_back"
    assert last_event(run, EventType.APPROVAL_DECIDED)["decision"] == "ask_back"


def test_all_further_calls_become_a_rule_in_the_same_transaction(alice: Principal, run: Run) -> None:
    decide(alice, asked(run), further_calls=True, reason="I trust it")
    rule = PermissionRuleRow.objects.get()
    assert (rule.pattern, rule.permission_type, rule.created_by_label) == ("current_time", "allow", "Alice")
    assert last_event(run, EventType.APPROVAL_DECIDED)["grant"] == str(rule.id)
    refused: tuple[dict[str, Any], ...] = ({"risk": "critical"}, {"quorum": 2}, {"other_person": True})
    for number, more in enumerate(refused, 1):
        with pytest.raises(Invalid, match="further calls"):
            decide(alice, asked(run, number, **more), further_calls=True)
    assert PermissionRuleRow.objects.count() == 1


def test_a_budget_is_raised_with_the_decision(alice: Principal, run: Run) -> None:
    Run.objects.filter(pk=run.pk).update(budget_microusd=1000)
    card = {
        "account": "run",
        "measure": "microusd",
        "limit": 1000,
        "used": 900,
        "reserved": 0,
        "needed": 500,
        "title": "the run",
    }
    approval = asked(run, kind="budget", arguments=card, tool="", risk="medium")
    for wrong in (None, 0, -5):
        with pytest.raises(Invalid, match="a whole number of micro-dollars above 0"):
            decide(alice, approval, "raise", raise_by=wrong)
    assert decide(alice, approval, "raise", raise_by=2000).status == "raised"
    run.refresh_from_db()
    assert (run.budget_microusd, run.status) == (3000, "queued")
    payload = last_event(run, EventType.BUDGET_DECIDED)
    assert {k: payload[k] for k in ("decision", "account", "measure", "raise_by")} == {
        "decision": "raise",
        "account": "run",
        "measure": "microusd",
        "raise_by": 2000,
    }


def test_a_decision_on_changed_arguments_is_refused(alice: Principal, run: Run) -> None:
    approval = asked(run)
    Approval.objects.filter(pk=approval.pk).update(
        arguments={"path": "other.txt"},
        digest=approval_digest(str(run.id), approval.path, "current_time", {"path": "other.txt"}),
    )
    with pytest.raises(Conflict, match="look again"):
        decide(alice, approval)
    with pytest.raises(Conflict, match="look again"):
        decide_approval(principal=alice, approval_id=approval.id, decision="approve", seen_digest="")


def test_what_nobody_decides_in_time_is_rejected_by_the_system(run: Run) -> None:
    approval = asked(run, expires_at=timezone.now() - timedelta(seconds=1))
    assert expire_approvals() == 1
    approval.refresh_from_db()
    assert (approval.status, approval.reason) == ("expired", "nobody decided in time")
    assert last_event(run, EventType.APPROVAL_DECIDED)["decision"] == "reject"


def test_several_are_approved_each_by_itself_and_never_high_risk(alice: Principal, bob: Principal, run: Run) -> None:
    first, second, third = (asked(run, n) for n in range(3))
    decide(bob, second)
    Run.objects.filter(pk=run.pk).update(status="waiting")
    results = dict(approve_several(principal=alice, seen=[(a.id, a.digest) for a in (first, second)]))
    assert getattr(results[first.id], "status", "") == "approved"
    assert isinstance(results[second.id], Conflict)
    Run.objects.filter(pk=run.pk).update(status="waiting")
    risky = asked(run, 4, risk="high")
    with pytest.raises(Invalid, match="decided by itself"):
        approve_several(principal=alice, seen=[(third.id, third.digest), (risky.id, risky.digest)])
    third.refresh_from_db()
    assert third.status == "pending", "one that is refused keeps all"
