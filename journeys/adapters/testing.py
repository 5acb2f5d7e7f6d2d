"""Results of tests and of the laboratory, written in the journal's own transaction: once each, however often a run resumes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from journeys.models import JourneyTest, LabRun, TestResult, TestRound

After = Callable[[Callable[[], None]], None]


def record_result(data: dict[str, Any], run_id: str, after_commit: After) -> dict[str, Any]:
    """Stores the result of one case. A run that is not the round's own (a fork) stores nothing, nor does a deleted test."""
    found = TestRound.objects.filter(pk=data["round"], run_id=run_id).first()
    test = JourneyTest.objects.filter(pk=data["test"]).first()
    if found is None or test is None:
        return {"stored": False}
    TestResult.objects.get_or_create(
        round=found,
        test=test,
        defaults={
            "name": data["result"]["name"],
            "case": data["content"],
            "case_digest": data["case"],
            "spec_digest": found.spec_digest,
            "passed": data["result"]["passed"],
            "result": data["result"],
        },
    )
    return {"stored": True}


def record_lab(data: dict[str, Any], run_id: str, after_commit: After) -> dict[str, Any]:
    """Stores the findings of a run of the laboratory."""
    changed = LabRun.objects.filter(pk=data["lab"], run_id=run_id).update(findings=data["findings"], finished_at=timezone.now())
    return {"stored": bool(changed)}
