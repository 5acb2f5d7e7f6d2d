"""What preflight costs: the whole check of a journey with 200 pathways, as a ratio to parsing its spec."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from journeys.core.preflight.check import check_journey
from journeys.core.spec import JourneySpec
from tests.journeys.preflight.drafts import field, intent, signature

PATHWAYS = 200
MOST_S = 2.0  # far above what it takes, so that a busy machine fails nothing


def large() -> dict[str, Any]:
    pathways = [
        {
            "id": f"p{n}",
            "signature": signature(field(f"f{n}", "int"), inputs=(field(f"f{n - 1}", "int"),) if n else ()),
            "accumulate": [f"f{n}"],
            "next": f"p{n + 1}" if n + 1 < PATHWAYS else "end",
        }
        for n in range(PATHWAYS)
    ]
    moves = [
        {
            "id": f"m{n}",
            "to_pathway": "end",
            "from_pathways": [f"p{n}"],
            "trigger": intent(f"stop {n}", examples=(f"stop number {n}",)),
        }
        for n in range(PATHWAYS)
    ]
    return {"name": "Large", "entry": "p0", "pathways": pathways, "transitions": moves, "budget_microusd": 1}


def best(work: Callable[[], Any]) -> float:
    def once() -> float:
        start = time.perf_counter()
        work()
        return time.perf_counter() - start

    return min(once() for _ in range(5))


@pytest.mark.slow
def test_a_journey_with_200_pathways_is_checked_on_each_edit() -> None:
    draft = large()
    assert not check_journey(draft).errors
    checked, parsed = best(lambda: check_journey(draft)), best(lambda: JourneySpec.model_validate(draft))
    print(f"\npreflight of {PATHWAYS} pathways: {checked * 1000:.0f} ms, {checked / parsed:.1f} times parsing it")
    assert checked < MOST_S
