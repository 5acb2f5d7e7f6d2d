"""Everything at once: runs that meet limits, people who raise, stop and cancel, a sweep that interferes. No money is lost,
nobody gets an error of the database, every run can end."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.db import close_old_connections
from django.db.models import Sum

from agents.models import Approval, Run
from agents.models.run import ENDED, LIVE
from agents.services.approvals import decide_approval
from agents.services.budgets import set_budget
from agents.services.execution import get_engine, stop_engine
from agents.services.recovery import sweep
from agents.services.runs import cancel_run
from agents.services.tools import register_tool
from tests.agents.test_children import parent
from tests.agents.test_execution import ask, script
from trust.core.errors import Conflict, Invalid
from trust.core.principal import Principal

__all__ = ["script"]
pytestmark = pytest.mark.django_db(transaction=True)
Script = Callable[..., Path]
USAGE = {"cost_microusd": 300, "input_tokens": 10, "output_tokens": 10}
CALL = {"match": "Why?", "tool_calls": [{"id": "c1", "name": "test_specialist", "arguments": {"topic": "brie"}}]}
SECONDS = 6.0


@pytest.fixture(autouse=True)
def engine() -> Iterator[None]:
    register_tool("test_specialist", "tests.agents.child_tools:SPECIALIST")
    yield
    stop_engine()


@pytest.mark.slow
def test_money_adds_up_whatever_people_do_to_parents_and_children(alice: Principal, script: Script) -> None:
    script(
        {"match": "It is soft.", "json": {"response": "Because it is soft."}, "usage": USAGE, "latency_s": 0.02},
        {"match": "error", "json": {"response": "It failed."}, "usage": USAGE},
        {"match": "brie", "json": {"finding": "It is soft."}, "usage": USAGE, "latency_s": 0.05},
        {**CALL, "usage": USAGE, "latency_s": 0.02},
        {"match": "nobody ever asks this", "usage": {"cost_microusd": 1_000}},
    )
    budget = set_budget(principal=alice, scope="organization", limit_microusd=6_000)
    runs = [ask(alice, parent(), budget_microusd=random.choice([1_500, 4_000, 20_000])) for _ in range(14)]
    faults: list[BaseException] = []
    until = time.monotonic() + SECONDS
    sources: list[Callable[[], Any]] = [
        lambda: decide_some(alice, "raise"),
        lambda: decide_some(alice, "raise"),
        lambda: decide_some(alice, "stop"),
        lambda: cancel_some(alice),
        lambda: sweep(lambda run_id: get_engine().offer_if_room(run_id)),
    ]
    for run in runs:
        get_engine().offer(run.id)
    with ThreadPoolExecutor(len(sources)) as pool:
        for source in sources:
            pool.submit(repeat, source, until, faults)
    assert not faults, faults
    for run in Run.objects.filter(status__in=LIVE, parent__isnull=True):
        cancel_run(principal=alice, run_id=run.id)
    deadline = time.monotonic() + 15
    while Run.objects.filter(status__in=LIVE).exists() and time.monotonic() < deadline:
        sweep(lambda run_id: get_engine().offer_if_room(run_id))
        time.sleep(0.05)
    assert not Run.objects.exclude(status__in=ENDED).exists(), list(Run.objects.exclude(status__in=ENDED).values_list("status"))
    assert not Approval.objects.filter(status="pending").exists()
    budget.refresh_from_db()
    held = Run.objects.aggregate(held=Sum("reserved_microusd"), tokens=Sum("reserved_tokens"))
    assert (budget.reserved_microusd, budget.reserved_tokens, held["held"], held["tokens"]) == (0, 0, 0, 0)
    top = Run.objects.filter(parent__isnull=True).aggregate(all=Sum("spent_microusd"))["all"]
    assert budget.spent_microusd == top, "the account has paid what the bills of the outermost runs say"


def repeat(source: Callable[[], Any], until: float, faults: list[BaseException]) -> None:
    try:
        while time.monotonic() < until:
            with suppress(Conflict, Invalid):  # somebody was first
                source()
            time.sleep(0.01)
    except Exception as fault:
        faults.append(fault)
    finally:
        close_old_connections()
        assert threading.current_thread() is not threading.main_thread()


def decide_some(principal: Principal, decision: str) -> None:
    cards = list(Approval.objects.filter(status="pending", kind="budget")[:20])
    if not cards or (decision == "stop" and random.random() < 0.9):
        return
    card = random.choice(cards)
    raise_by = 1_000 if decision == "raise" else None
    decide_approval(
        principal=principal, approval_id=card.id, decision=decision, seen_digest=card.digest, reason="storm", raise_by=raise_by
    )


def cancel_some(principal: Principal) -> None:
    live = list(Run.objects.filter(status__in=LIVE).values_list("pk", flat=True))
    if live and random.random() < 0.05:
        cancel_run(principal=principal, run_id=random.choice(live))
