"""The gallery: published once, taken by others, brought up to date unless somebody changed it."""

from __future__ import annotations

import pytest

from agents.services.definitions import get_definition, get_version, list_definitions, load_spec, save_draft
from journeys.core.spec import JourneySpec
from journeys.gallery.catalog import GALLERY, gallery_tests, get_gallery_journey
from journeys.gallery.healthcare_referral.journey import HealthcareReferral
from journeys.models import Doctor
from journeys.services.gallery import list_gallery, publish_gallery, use_gallery_item
from journeys.services.preflight import check_saved
from journeys.services.testing.cases import case_of, list_tests
from tests.factories.people import People
from trust.core.errors import NotFound
from trust.core.principal import Principal

pytestmark = pytest.mark.django_db
SLUG = "healthcare-referral"


def test_gallery_publishes_journey_agents_and_data(people: People, alice: Principal) -> None:
    publish_gallery(people.organization)
    version = get_version(alice, "journey", SLUG)
    assert load_spec(alice.organization_id, version.digest) == HealthcareReferral.spec
    named = {name for slug in GALLERY for name in get_gallery_journey(slug).journey.spec.agents}
    assert {d.slug for d in list_definitions(alice, "agent")} == named
    assert {d.slug for d in list_definitions(alice, "journey")} == set(GALLERY)
    for slug in GALLERY:
        tests = list_tests(alice, slug)
        assert [case_of(test) for test in tests] == gallery_tests(slug)
        report = check_saved(principal=alice, slug=slug)
        assert [(f.code, f.what) for f in report.findings if f.severity == "error"] == []
    assert Doctor.objects.filter(organization=people.organization).count() == 5


def test_publishing_again_changes_nothing(people: People, alice: Principal) -> None:
    publish_gallery(people.organization)
    publish_gallery(people.organization)
    assert get_version(alice, "journey", SLUG).number == 1
    assert Doctor.objects.count() == 5


def test_draft_that_a_person_changed_is_left_alone(people: People, alice: Principal) -> None:
    publish_gallery(people.organization)
    own = get_definition(alice, "journey", SLUG)
    save_draft(alice, "journey", SLUG, {**own.draft, "greeting": "Our own greeting"}, own.draft_revision)
    publish_gallery(people.organization)
    assert get_definition(alice, "journey", SLUG).draft["greeting"] == "Our own greeting"
    assert get_version(alice, "journey", SLUG).number == 1


def test_another_organization_takes_an_item_for_itself(people: People, alice: Principal, charlie: Principal) -> None:
    publish_gallery(people.organization)
    assert [(i.slug, i.published) for i in list_gallery(charlie)] == [(slug, False) for slug in GALLERY]
    taken = use_gallery_item(principal=charlie, slug=SLUG)
    assert (taken.version, taken.pathways, taken.agents) == (1, 5, 5)
    assert Doctor.objects.filter(organization_id=charlie.organization_id).count() == 5


def test_agent_of_the_same_name_with_other_content_is_not_used(people: People, alice: Principal) -> None:
    from agents.services.definitions import create_definition, publish_version
    from tests.factories.drafts import agent_draft

    create_definition(alice, "agent", "intake_agent", agent_draft("Our intake"))
    publish_version(alice, "agent", "intake_agent")
    publish_gallery(people.organization)
    spec = load_spec(alice.organization_id, get_version(alice, "journey", SLUG).digest)
    assert isinstance(spec, JourneySpec)
    assert spec.agents["intake_agent"] == HealthcareReferral.spec.agents["intake_agent"]


def test_unknown_item_is_not_found_with_the_list(alice: Principal) -> None:
    with pytest.raises(NotFound, match=SLUG):
        use_gallery_item(principal=alice, slug="nothing")
