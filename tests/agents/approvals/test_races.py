"""Two people approve at the same moment: one of them does, the other is told who; nothing is decided twice."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.db import close_old_connections, connection
from django.utils import timezone

from agents.core.approvals import approval_digest
from agents.core.runtime.events import EventType
from agents.models.approval import Approval
from agents.models.run import Run, RunEvent
from agents.services.approvals import decide_approval
from agents.services.definitions import create_definition, publish_version
from agents.services.targets import start_published
from tests.factories.drafts import agent_draft
from tests.factories.people import make_people
from trust.core.errors import Conflict
from trust.core.principal import Principal

ROOT = Path(__file__).resolve().parents[3]
ROUNDS = int(os.environ.get("KAIZEN_TEST_RACES", "20"))


def waiting_approvals(starter: Principal, count: int, quorum: int = 1) -> list[Approval]:
    """Each of a run of its own."""
    create_definition(starter, "agent", "helper", agent_draft())
    publish_version(starter, "agent", "helper")
    made = []
    for _ in range(count):
        run = start_published(principal=starter, kind="agent", slug="helper", inputs={"message": "x"})
        Run.objects.filter(pk=run.pk).update(status="waiting")
        digest = approval_digest(str(run.id), "agent/0/tool/0", "current_time", {})
        card: dict[str, Any] = {"kind": "approval", "title": "Look at the clock", "risk": "low", "tool": "current_time"}
        made.append(
            Approval.objects.create(
                organization_id=starter.organization_id,
                run=run,
                path="agent/0/tool/0",
                arguments={},
                digest=digest,
                quorum=quorum,
                created_at=timezone.now(),
                **card,
            )
        )
    return made


def at_once(people: list[Principal], approval: Approval) -> list[Approval | Exception]:
    """What each of ``people`` got, who all approve at the same moment."""
    start, results = threading.Barrier(len(people)), list[Approval | Exception]()

    def decide(who: Principal) -> None:
        start.wait()
        try:
            results.append(
                decide_approval(principal=who, approval_id=approval.id, decision="approve", seen_digest=approval.digest)
            )
        except Exception as error:
            results.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=[who]) for who in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    close_old_connections()
    return results


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_two_who_approve_at_once_exactly_one_wins_each_time() -> None:
    people = make_people()
    alice, bob = people.principal(people.alice), people.principal(people.bob)
    winners: Counter[str] = Counter()
    for approval in waiting_approvals(alice, ROUNDS):
        results = at_once([alice, bob], approval)
        won = [result for result in results if isinstance(result, Approval)]
        lost = [result for result in results if isinstance(result, Conflict)]
        assert (len(won), len(lost)) == (1, 1), results
        approval.refresh_from_db()
        assert f"approved by {approval.decided_by_label}" in str(lost[0])
        events = RunEvent.objects.filter(run_id=approval.run_id, type=EventType.APPROVAL_DECIDED)
        assert [event.payload["by"] for event in events] == [approval.decided_by]
        seqs = list(RunEvent.objects.filter(run_id=approval.run_id).values_list("seq", flat=True))
        assert seqs == list(range(1, len(seqs) + 1))
        winners[approval.decided_by_label] += 1
    assert sum(winners.values()) == ROUNDS


@pytest.mark.django_db(transaction=True)
def test_votes_at_once_are_all_counted_and_the_last_decides_once() -> None:
    people = make_people()
    alice, bob = people.principal(people.alice), people.principal(people.bob)
    for approval in waiting_approvals(alice, max(5, ROUNDS // 10), quorum=2):
        results = at_once([alice, bob], approval)
        assert all(isinstance(result, Approval) for result in results), results
        approval.refresh_from_db()
        assert (approval.status, approval.votes.count()) == ("approved", 2)
        assert RunEvent.objects.filter(run_id=approval.run_id, type=EventType.APPROVAL_DECIDED).count() == 1


@pytest.mark.production
def test_two_hundred_races_on_postgresql(production: dict[str, str]) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "--tb=short", "-m", "not production", __file__]
    environment = {**os.environ, **production, "KAIZEN_REQUIRE_TIERS": "", "KAIZEN_TEST_RACES": "200"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert "2 passed" in done.stdout
