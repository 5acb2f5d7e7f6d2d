"""Drafts, versions and stored specs, on the database."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from agents.core.spec import digest_spec, parse_spec
from agents.models import Definition, SpecRecord, Version
from agents.services import definitions as d
from trust.core.errors import Conflict, Invalid, NotFound
from trust.core.principal import Principal
from trust.core.roles import Role
from trust.models import Organization

pytestmark = pytest.mark.django_db

TEXT = {"kind": "str"}


def signature(name: str = "Triage", instructions: str = "") -> dict[str, Any]:
    return {
        "kind": "signature",
        "name": name,
        "instructions": instructions,
        "inputs": [{"name": "message", "type": TEXT}],
        "outputs": [{"name": "response", "type": TEXT}],
    }


def agent(name: str = "Helper") -> dict[str, Any]:
    return {"kind": "agent", "name": name, "signature": signature()}


def nested(levels: int) -> Any:
    data: Any = 1
    for _ in range(levels):
        data = [data]
    return data


def journey(*agents: str) -> dict[str, Any]:
    pathway = {"id": "intake", "agents": list(agents)}
    return {"kind": "journey", "name": "Referral", "entry": "intake", "pathways": [pathway]}


@pytest.fixture
def alice() -> Principal:
    return _principal("alice")


@pytest.fixture
def charlie() -> Principal:
    return _principal("charlie")


def _principal(name: str) -> Principal:
    organization = Organization.objects.create(name=name, slug=f"{name}-{uuid4().hex[:6]}")
    return Principal("user", name, name.title(), organization.id, Role.OWNER)


def test_a_draft_may_be_unfinished_until_it_is_published(alice: Principal) -> None:
    d.create_definition(alice, "signature", "triage", {"name": "Triage"})
    with pytest.raises(Invalid, match="outputs"):
        d.publish_version(alice, "signature", "triage")
    d.save_draft(alice, "signature", "triage", signature(), expected_revision=1)
    version = d.publish_version(alice, "signature", "triage", notes="first")
    assert (version.number, version.notes, version.created_by_label) == (1, "first", "Alice")
    assert d.get_version(alice, "signature", "triage") == version


def test_a_published_version_runs_the_spec_that_the_draft_described(alice: Principal) -> None:
    d.create_definition(alice, "agent", "helper", agent())
    version = d.publish_version(alice, "agent", "helper")
    assert version.digest == digest_spec(parse_spec(agent()))
    assert d.load_spec(alice.organization_id, version.digest) == parse_spec(agent())


def test_a_stale_draft_is_refused_with_who_changed_it(alice: Principal) -> None:
    d.create_definition(alice, "signature", "triage", signature())
    bob = Principal("user", "bob", "Bob", alice.organization_id, Role.BUILDER)
    d.save_draft(bob, "signature", "triage", signature("B"), expected_revision=1)
    with pytest.raises(Conflict, match=r"Bob changed this draft .* revision 2, yours was 1"):
        d.save_draft(alice, "signature", "triage", signature("A"), expected_revision=1)
    assert d.get_definition(alice, "signature", "triage").draft["name"] == "B"
    with pytest.raises(Conflict):
        d.publish_version(alice, "signature", "triage", expected_revision=1)


def test_a_slug_is_taken_once_per_kind_and_organization(alice: Principal, charlie: Principal) -> None:
    d.create_definition(alice, "signature", "triage", signature())
    with pytest.raises(Conflict, match="exists already"):
        d.create_definition(alice, "signature", "triage", signature())
    d.create_definition(charlie, "signature", "triage", signature())
    d.create_definition(alice, "agent", "triage", agent())


def test_publishing_the_same_content_again_keeps_its_version(alice: Principal) -> None:
    d.create_definition(alice, "signature", "triage", signature())
    first = d.publish_version(alice, "signature", "triage")
    again = d.publish_draft(alice, "signature", "triage")
    assert again.version == first
    assert not again.created
    assert again.message == "Nothing changed: version 1 has exactly this content and is published."


def test_an_older_version_comes_back_by_restoring_and_publishing_it(alice: Principal) -> None:
    d.create_definition(alice, "signature", "triage", signature(instructions="one"))
    first = d.publish_version(alice, "signature", "triage")
    d.save_draft(alice, "signature", "triage", signature(instructions="two"), 1)
    second = d.publish_version(alice, "signature", "triage")
    assert [v.number for v in d.list_versions(alice, "signature", "triage")] == [2, 1]
    restored = d.restore_version(alice, "signature", "triage", 1)
    assert restored.draft["instructions"] == "one"
    assert restored.published == second
    back = d.publish_draft(alice, "signature", "triage")
    assert back.version == first
    assert back.message.endswith("published again.")


def test_versions_differ_by_path(alice: Principal) -> None:
    d.create_definition(alice, "signature", "triage", signature(instructions="one"))
    d.publish_version(alice, "signature", "triage")
    changed = signature(instructions="two")
    changed["inputs"] = [{"name": "age", "type": {"kind": "int"}}, *changed["inputs"]]
    d.save_draft(alice, "signature", "triage", changed, 1)
    d.publish_version(alice, "signature", "triage")
    diff = d.diff_versions(alice, "signature", "triage", 1, 2)
    assert [(c["path"], c["kind"]) for c in diff] == [("instructions", "changed"), ("inputs[age]", "added")]
    assert (diff[0]["before"], diff[0]["after"]) == ("one", "two")


def test_a_stranger_finds_nothing(alice: Principal, charlie: Principal) -> None:
    d.create_definition(alice, "signature", "triage", signature())
    version = d.publish_version(alice, "signature", "triage")
    with pytest.raises(NotFound):
        d.get_definition(charlie, "signature", "triage")
    with pytest.raises(NotFound):
        d.get_version(charlie, "signature", "triage", 1)
    with pytest.raises(NotFound):
        d.save_draft(charlie, "signature", "triage", signature(), 1)
    with pytest.raises(NotFound):
        d.publish_version(charlie, "signature", "triage")
    d.load_spec(alice.organization_id, version.digest)
    with pytest.raises(NotFound):
        d.load_spec(charlie.organization_id, version.digest)
    assert not d.list_definitions(charlie)


def test_versions_and_stored_specs_are_never_changed(alice: Principal) -> None:
    d.create_definition(alice, "signature", "triage", signature())
    version = d.publish_version(alice, "signature", "triage")
    for row in (version, version.spec):
        with pytest.raises(TypeError, match="never changed"):
            row.save()
        with pytest.raises(TypeError, match="never deleted"):
            row.delete()
    for rows in (Version.objects.all(), SpecRecord.objects.all()):
        with pytest.raises(TypeError, match="never changed"):
            rows.update(digest="sha256:0")
        with pytest.raises(TypeError, match="never deleted"):
            rows.delete()


@pytest.mark.parametrize("table", ["agents_version", "agents_specrecord"])
def test_the_database_itself_refuses_to_change_them(alice: Principal, table: str) -> None:
    d.create_definition(alice, "signature", "triage", signature())
    d.publish_version(alice, "signature", "triage")
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET digest = 'sha256:0'")


def test_erasing_an_organization_takes_its_versions_along(alice: Principal) -> None:
    d.create_definition(alice, "signature", "triage", signature())
    d.publish_version(alice, "signature", "triage")
    Organization.objects.filter(id=alice.organization_id).delete()
    assert not Definition.objects.exists()
    assert not Version.objects.exists()
    assert not SpecRecord.objects.exists()


def test_a_journey_is_published_with_the_whole_spec_of_every_agent(alice: Principal) -> None:
    d.create_definition(alice, "agent", "intake_agent", agent("Intake"))
    d.publish_version(alice, "agent", "intake_agent")
    d.create_definition(alice, "journey", "referral", journey("intake_agent"))
    version = d.publish_version(alice, "journey", "referral")
    assert version.spec.body["agents"]["intake_agent"]["name"] == "Intake"
    d.save_draft(alice, "agent", "intake_agent", agent("Changed"), 1)
    d.publish_version(alice, "agent", "intake_agent")
    assert d.version_spec(version).model_dump(mode="json")["agents"]["intake_agent"]["name"] == "Intake"
    assert d.publish_version(alice, "journey", "referral").number == 2


def test_an_agent_that_nobody_published_is_named_with_those_there_are(alice: Principal) -> None:
    d.create_definition(alice, "agent", "faq_agent", agent())
    d.publish_version(alice, "agent", "faq_agent")
    d.create_definition(alice, "agent", "unpublished", agent())
    d.create_definition(alice, "journey", "referral", journey("intake_agent", "unpublished"))
    with pytest.raises(Invalid) as caught:
        d.publish_version(alice, "journey", "referral")
    assert caught.value.problems == [
        {
            "where": f"pathways.intake.agents.{name}",
            "message": f"Intake names the agent {name!r}, which is neither part of the journey nor published. "
            "Make and publish it, or use one of: faq_agent.",
        }
        for name in ("intake_agent", "unpublished")
    ]
    assert d.preflight("journey", journey("nobody"), alice)[0]["where"] == "pathways.intake.agents.nobody"
    assert d.preflight("journey", journey("faq_agent"), alice) == []


def test_names_that_no_catalog_has_are_told_before_publishing(alice: Principal) -> None:
    draft = {
        **agent(),
        "tools": [{"name": "teleport"}],
        "strategy": "wish",
        "model": {"provider": "oracle"},
    }
    problems = {problem["where"]: problem["message"] for problem in d.preflight("agent", draft, alice)}
    assert problems.keys() == {"tools[0]", "strategy", "model.provider"}
    assert "the providers are: default, openai" in problems["model.provider"]
    inside = {**journey("helper"), "agents": {"helper": draft}}
    assert d.preflight("journey", inside, alice)[0]["where"] == "agents.helper.tools[0]"


def test_what_cannot_be_stored_is_refused_at_once(alice: Principal) -> None:
    for slug, draft, message in [
        ("Bad Slug", signature(), "small letters"),
        ("fine", {"kind": "agent"}, "is 'agent', but this is a definition of kind 'signature'"),
        ("fine", {"name": "\x00"}, "NUL"),
        ("fine", {"x": float("nan")}, "is not JSON"),
        ("fine", {"x": "y" * 1_100_000}, "allowed: 1048576"),
        ("fine", [], "must be a JSON object"),
        ("fine", {"x": nested(5000)}, "nests deeper than 64 levels"),
    ]:
        with pytest.raises(Invalid, match=message):
            d.create_definition(alice, "signature", slug, draft)  # type: ignore[arg-type]
    with pytest.raises(Invalid, match="the kinds are: signature, agent, journey"):
        d.create_definition(alice, "robot", "fine", {})


def test_an_archived_definition_leaves_the_lists_and_comes_back(alice: Principal) -> None:
    d.create_definition(alice, "signature", "triage", signature())
    d.archive_definition(alice, "signature", "triage")
    assert not d.list_definitions(alice, "signature")
    assert len(d.list_definitions(alice, "signature", archived=True)) == 1
    d.unarchive_definition(alice, "signature", "triage")
    assert len(d.list_definitions(alice)) == 1
