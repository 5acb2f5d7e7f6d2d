"""A small journey for tests of testing: it answers on the demo model, has two intents, and asks before it pays."""

from __future__ import annotations

import time
import uuid
from typing import Any

from agents.models import Run
from agents.services.definitions import create_definition
from agents.services.execution import get_engine
from journeys.core.testing.case import TestCase
from journeys.models import TestRound
from journeys.services.testing.cases import create_test
from trust.core.principal import Principal

_TEXT = {"kind": "str"}


def _agent(name: str, reply: str) -> dict[str, Any]:
    return {
        "kind": "agent",
        "name": name,
        "model": {"provider": "demo"},
        "signature": {
            "kind": "signature",
            "name": "Answer",
            "inputs": [{"name": "message", "type": _TEXT}],
            "outputs": [{"name": "response", "type": _TEXT}, {"name": "topic", "type": _TEXT}],
        },
        "demo": [{"set": {"response": reply, "topic": name}}],
    }


def _to(pathway: str, intent: str, *examples: str, **more: Any) -> dict[str, Any]:
    trigger = {"kind": "intent", "intents": [intent], "examples": examples, **more}
    return {"id": f"to_{pathway}", "to_pathway": pathway, "from_pathways": ["start"], "trigger": trigger}


def desk_draft(**changes: Any) -> dict[str, Any]:
    """``start``, and from there ``billing`` and ``refund`` by intent."""
    draft = {
        "kind": "journey",
        "name": "Desk",
        "entry": "start",
        "greeting": "Hello.",
        "agents": {name: _agent(name, f"This is {name}.") for name in ("start", "billing", "refund")},
        "pathways": [{"id": name, "agents": [name], "accumulate": ["topic"]} for name in ("start", "billing", "refund")],
        "transitions": [
            _to("billing", "bill", "I have a question about my bill", "My invoice is wrong"),
            _to("refund", "refund", "I want my money back", "Please refund my order"),
        ],
    }
    return {**draft, **changes}


def make_desk(principal: Principal, **changes: Any) -> str:
    create_definition(principal, "journey", "desk", desk_draft(**changes))
    return "desk"


def add_case(principal: Principal, name: str, says: str, pathway: str) -> Any:
    """A case of one turn that is expected in ``pathway``."""
    turn = {"says": says, "expect": [{"check": "pathway", "params": {"pathway": pathway}}]}
    return create_test(principal=principal, slug="desk", case=TestCase.model_validate({"name": name, "turns": [turn]}))


def finish(run: Run | None, within_s: float = 20.0) -> Run:
    """Lets this process's engine work on the run until it has ended."""
    assert run is not None
    get_engine().offer(run.id)
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        run.refresh_from_db()
        if run.finished_at is not None:
            return run
        time.sleep(0.02)
    raise AssertionError(f"the run is {run.status}: {run.error}")


def finish_round(made: TestRound) -> Run:
    found: Run = finish(Run.objects.get(pk=made.run_id or uuid.UUID(int=0)))
    assert found.status == "succeeded", found.error
    return found
