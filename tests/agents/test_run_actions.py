"""What can be done with a run from its page, without a browser: stop, resume, raise its budget, see its children."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from agents.core.approvals import approval_digest
from agents.models import Approval, Run
from tests.factories.journals import rich_journal, store_journal
from tests.factories.people import People
from trust.core.principal import Principal
from trust.core.roles import Role
from trust.models import Membership

pytestmark = pytest.mark.django_db


def page(tab: Client, run: Run) -> str:
    answer = tab.get(f"/runs/{run.pk}/")
    assert answer.status_code == 200
    text: str = answer.content.decode()
    return text


def going(alice: Principal, status: str = "running", **more: object) -> Run:
    if status == "running":
        more |= {"lease_owner": "worker:1", "lease_until": timezone.now() + timedelta(minutes=1)}
    return store_journal(alice, rich_journal()[:14], status=status, finished_at=None, output=None, **more)


def test_a_running_run_is_stopped_after_its_step_and_then_at_once(alice: Principal, tab: Client) -> None:
    run = going(alice)
    assert "Stop after this step" in page(tab, run)
    told = tab.post(f"/runs/{run.pk}/cancel/", {"mode": "graceful"}, follow=True).content.decode()
    assert "The step that is under way is finished, then the run stops." in told
    run.refresh_from_db()
    assert run.stop and run.stop["mode"] == "graceful"
    stopping = page(tab, run)
    assert "Stops when this step is finished" in stopping
    assert "Stop at once" in stopping
    assert "Stop after this step" not in stopping  # a second request would make it immediate
    tab.post(f"/runs/{run.pk}/cancel/")
    run.refresh_from_db()
    assert run.stop and run.stop["mode"] == "immediate"
    assert "Stopping …" in page(tab, run)


def test_a_run_that_waits_is_in_no_step_and_stops_at_once(alice: Principal, tab: Client) -> None:
    run = going(alice, "waiting", waiting_on={"on": "approval", "title": "Post"})
    assert "Stop after this step" not in page(tab, run)
    tab.post(f"/runs/{run.pk}/cancel/")
    run.refresh_from_db()
    assert run.status == "cancelled"


def test_a_failed_run_is_resumed_from_its_page(alice: Principal, tab: Client) -> None:
    run = store_journal(alice, rich_journal()[:8], status="failed", error={"code": "tool_failed", "message": "no"}, output=None)
    assert "Resume" in page(tab, run)
    answer = tab.post(f"/runs/{run.pk}/resume/")
    resumed = Run.objects.exclude(pk=run.pk).get()
    assert answer["Location"] == f"/runs/{resumed.pk}/"
    assert resumed.forked_from_id == run.pk


def test_a_run_that_succeeded_offers_no_resume_and_says_why(alice: Principal, tab: Client) -> None:
    run = store_journal(alice, rich_journal())
    assert f"/runs/{run.pk}/resume/" not in page(tab, run)
    told = tab.post(f"/runs/{run.pk}/resume/", follow=True).content.decode()
    assert "only a run that was stopped, failed or expired is resumed" in told
    assert Run.objects.count() == 1


def test_runs_of_agents_that_a_run_called_stand_on_its_page(alice: Principal, tab: Client, people: People) -> None:
    parent = going(alice, "waiting", waiting_on={"on": "child", "agent": "Release writer", "title": "Waits for Release writer"})
    child = store_journal(alice, rich_journal(), title="Release writer", parent=parent)
    foreign = store_journal(people.principal(people.bob), rich_journal(), title="Hidden", private_to="somebody", parent=parent)
    shown = page(tab, parent)
    assert f'href="/runs/{child.pk}/"' in shown
    assert "Waiting for the run of Release writer that it started." in shown
    assert "Waiting for an agent" in shown
    assert str(foreign.pk) not in page(people.browser(people.bob), parent)
    assert f'href="/runs/{parent.pk}/"' in page(tab, child)


def test_a_run_at_its_budget_leads_to_the_card_that_raises_it(alice: Principal, tab: Client) -> None:
    run = going(alice, "waiting", waiting_on={"on": "budget", "title": "The next call may need 1 call"})
    facts = {"account": "run", "measure": "calls", "limit": 1, "used": 1, "reserved": 0, "needed": 1, "title": "this run"}
    card = Approval.objects.create(
        organization_id=alice.organization_id,
        run=run,
        path="agent/0",
        kind="budget",
        title="The next call may need 1 call",
        arguments=facts,
        digest=approval_digest(str(run.pk), "agent/0", "", facts),
        created_at=timezone.now(),
    )
    shown = page(tab, run)
    assert f'href="#approval-{card.pk}"' in shown
    assert "Raise the budget" in shown


def test_who_may_not_run_sees_none_of_the_buttons(alice: Principal, people: People) -> None:
    Membership.objects.filter(user=people.bob).update(role=Role.VIEWER)
    viewer = people.browser(people.bob)
    run = going(alice)
    assert "/cancel/" not in page(viewer, run)
    assert viewer.post(f"/runs/{run.pk}/resume/").status_code == 404
    assert people.browser(people.charlie).post(f"/runs/{run.pk}/resume/").status_code == 404
