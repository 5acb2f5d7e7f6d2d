"""A fork with other inputs is bound by what its origin was bound by: the agents above it, and its limits."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from agents.core.autonomy.permissions import Layer
from agents.core.spec.permissions import PermissionMode, PermissionPolicy
from agents.models import Run
from agents.services.execution import stop_engine
from agents.services.forks import fork_with_inputs
from tests.agents.test_children import settle
from tests.agents.test_execution import agent, ask
from trust.core.principal import Principal

__all__ = []
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def engine() -> Iterator[None]:
    yield
    stop_engine()


def test_a_child_forked_with_other_inputs_still_has_no_more_than_its_parent(alice: Principal) -> None:
    outer = Layer("Parent", PermissionPolicy(mode=PermissionMode.PLAN)).as_data()
    run = ask(alice, agent(), budget_tokens=5_000, budget_calls=3)
    Run.objects.filter(pk=run.pk).update(outer_layers=[outer])
    fork = fork_with_inputs(principal=alice, run_id=run.id, inputs={"question": "another"})
    fork.refresh_from_db()
    assert fork.outer_layers == [outer]
    assert (fork.budget_tokens, fork.budget_calls) == (5_000, 3)
    settle(fork, "succeeded", "failed", "waiting")
