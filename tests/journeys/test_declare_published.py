"""A journey declared as a class goes into the database as it stands."""

from __future__ import annotations

from uuid import uuid4

import pytest

from agents.core.spec import canonical
from agents.services import definitions as d
from tests.journeys.test_declare import IntakeAgent, PatientJourney
from trust.core.errors import Invalid
from trust.core.principal import Principal
from trust.core.roles import Role
from trust.models import Organization


@pytest.mark.django_db
def test_the_first_example_completed_is_published_with_its_agent() -> None:
    organization = Organization.objects.create(name="Clinic", slug=f"clinic-{uuid4().hex[:6]}")
    alice = Principal("user", "alice", "Alice", organization.id, Role.BUILDER)
    d.create_definition(alice, "journey", "patient", canonical(PatientJourney.spec))
    with pytest.raises(Invalid, match="names the agent 'intake_agent', which is neither part of the journey nor published"):
        d.publish_version(alice, "journey", "patient")

    d.create_definition(alice, "agent", "intake_agent", canonical(IntakeAgent().spec))
    d.publish_version(alice, "agent", "intake_agent")
    version = d.publish_version(alice, "journey", "patient")

    journey = PatientJourney()
    journey.manager.register_agent("intake_agent", IntakeAgent)
    assert d.version_spec(version) == journey.manager.linked()
