"""Alice and Bob, a third member, and a run of Alice's."""

from __future__ import annotations

import pytest

from agents.models.run import Run
from agents.services.definitions import create_definition, publish_version
from agents.services.targets import start_published
from tests.factories.drafts import agent_draft
from tests.factories.people import People
from trust.core.principal import Principal
from trust.core.roles import Role
from trust.models import Membership, User


@pytest.fixture
def dora(people: People) -> Principal:
    """A third person of Alice's organization, an operator."""
    user = User.objects.create(email="dora@example.org", name="Dora")
    Membership.objects.create(user=user, organization=people.organization, role=Role.OPERATOR.value)
    return people.principal(user)


@pytest.fixture
def run(alice: Principal) -> Run:
    create_definition(alice, "agent", "helper", agent_draft())
    publish_version(alice, "agent", "helper")
    return start_published(principal=alice, kind="agent", slug="helper", inputs={"message": "write the report"})
