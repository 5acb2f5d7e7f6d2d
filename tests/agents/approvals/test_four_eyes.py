"""One person tries to be two: by keys that keys made, by a grant for another agent, by forks of an approved call."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from agents.adapters.tools.clock import TOOL
from agents.core.autonomy.permissions import Grant
from agents.core.runtime.memory import run_in_memory
from agents.core.strategies import run_agent_spec
from agents.models.approval import ApprovalVote
from agents.models.run import Run
from tests.agents.approvals.asking import asked, decide
from tests.agents.signatures import INPUTS, agent
from tests.agents.tools.calling import ports_for
from trust.core.errors import Invalid
from trust.core.principal import Principal
from trust.core.roles import Role
from trust.services.keys import authenticate_key, create_key

pytestmark = pytest.mark.django_db


def key_of(maker: Principal, name: str) -> Principal:
    _, secret = create_key(maker, name=name, role=Role.OWNER)
    key = authenticate_key(secret, address="")
    assert key is not None
    return key


def test_a_key_made_by_a_key_is_still_its_first_makers(alice: Principal, run: Run) -> None:
    second = key_of(key_of(alice, "one"), "two")
    approval = asked(run, other_person=True)
    with pytest.raises(Invalid, match="another person's approval"):
        decide(second, approval)
    approval.refresh_from_db()
    assert approval.status == "pending"


def test_keys_made_by_one_key_are_one_vote(alice: Principal, run: Run) -> None:
    first = key_of(alice, "one")
    approval = asked(run, quorum=2)
    decide(key_of(first, "two"), approval)
    for voter in (key_of(first, "three"), first, alice):
        with pytest.raises(Invalid, match="approved it already"):
            decide(voter, approval)
    assert ApprovalVote.objects.count() == 1


@pytest.mark.parametrize(("decision", "more"), [("retry", {}), ("done", {"result": {"sent": True}})])
def test_who_started_the_run_does_not_decide_alone_that_its_effect_happens_again(
    alice: Principal, bob: Principal, run: Run, decision: str, more: dict[str, Any]
) -> None:
    """Else a fork of a run that was cut off would let its starter repeat what another approved once."""
    approval = asked(run, kind="outcome", other_person=True)
    with pytest.raises(Invalid, match="another person"):
        decide(alice, approval, decision, **more)
    assert decide(bob, approval, decision, **more).status == decision


def test_who_started_the_run_may_always_stop_it(alice: Principal, run: Run) -> None:
    assert decide(alice, asked(run, kind="outcome", other_person=True), "stop", reason="no").status == "stopped"


@pytest.mark.parametrize(
    ("use", "danger"), [({"quorum": 2}, "low"), ({"other_person": True}, "low"), ({}, "critical"), ({}, "unknown")]
)
async def test_a_grant_is_no_vote_where_others_must_approve_and_none_for_what_is_critical(
    use: dict[str, Any], danger: str
) -> None:
    """A grant holds for a session or run and names a tool: another agent there may be stricter, and a tool is classed anew."""
    tools = {"current_time": replace(TOOL, danger=danger)}
    ports = ports_for("current_time", {}, workspace=None, egress=None, tools=tools)
    spec = agent(tools=[{"name": "current_time", "ask": True, **use}])
    outcome = await run_in_memory(run_agent_spec, spec, INPUTS, replace(ports, grants=(Grant(".*", by="Alice"),)))
    assert outcome.status == ("succeeded" if danger == "unknown" else "waiting")
