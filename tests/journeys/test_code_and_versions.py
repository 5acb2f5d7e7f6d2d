"""A journey's code, versions, environments and files on the site: pages, services and the API."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from agents.models import Definition
from agents.services.definitions import create_definition, get_definition, list_versions, publish_version, save_draft
from journeys.models import Promotion
from journeys.services.code import read_code, save_code
from journeys.services.comparing import compare_versions
from journeys.services.environments import environment_version, list_environments, promote_version, roll_back
from journeys.services.transfer import export_journey, import_journey, plan_import
from tests.factories.api import ApiClient, key_of
from tests.factories.drafts import agent_draft, journey_draft
from tests.factories.people import People
from trust.core.errors import Conflict, Invalid, NotFound
from trust.core.principal import Principal

pytestmark = pytest.mark.django_db


@pytest.fixture
def journey(alice: Principal) -> str:
    draft = journey_draft("Hello.")
    draft["agents"] = {"helper": agent_draft()}
    draft["pathways"][0]["agents"] = ["helper"]
    create_definition(alice, "journey", "referral", draft)
    publish_version(alice, "journey", "referral")
    return "referral"


def draft_of(principal: Principal, slug: str = "referral") -> dict[str, Any]:
    return copy.deepcopy(get_definition(principal, "journey", slug).draft)


def change(principal: Principal, **words: Any) -> Definition:
    row = get_definition(principal, "journey", "referral")
    return save_draft(principal, "journey", "referral", {**row.draft, **words}, row.draft_revision)


@pytest.fixture
def api(people: People) -> ApiClient:
    return ApiClient(key_of(people, people.alice))


@pytest.mark.parametrize("form", ["python", "yaml"])
def test_a_draft_is_edited_as_text_on_its_page(people: People, alice: Principal, journey: str, form: str) -> None:
    browser = people.browser(people.alice)
    shown = browser.get(f"/journeys/referral/code/?form={form}").content.decode()
    assert "Hello." in shown
    text = read_code(principal=alice, slug=journey, form=form).text or ""
    sent = {"form": form, "revision": "1", "text": text.replace("Hello.", "Good morning.").replace("\n", "\r\n")}
    answer = browser.post(f"/journeys/referral/code/?form={form}", sent)
    assert (answer.status_code, answer["Location"]) == (302, f"/journeys/referral/code/?form={form}")
    assert draft_of(alice)["greeting"] == "Good morning."


def test_a_text_with_a_fault_saves_nothing_and_is_kept(people: People, alice: Principal, journey: str) -> None:
    text = "from os import system\nx = 1\n"
    answer = people.browser(people.alice).post("/journeys/referral/code/", {"form": "python", "revision": "1", "text": text})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'data-line="1"' in page
    assert "from os import system" in page
    assert get_definition(alice, "journey", journey).draft_revision == 1


def test_a_yaml_draft_with_problems_is_saved_only_when_asked_to(alice: Principal, journey: str) -> None:
    text = (read_code(principal=alice, slug=journey, form="yaml").text or "").replace("entry: intake", "entry: nowhere")
    refused = save_code(principal=alice, slug=journey, form="yaml", text=text, revision=1)
    assert refused.only_draft
    assert "nowhere" in refused.problems[0].message
    save_code(principal=alice, slug=journey, form="yaml", text=text, revision=1, with_problems=True)
    assert draft_of(alice)["entry"] == "nowhere"
    assert read_code(principal=alice, slug=journey, form="python").text is None


def test_a_text_from_an_older_revision_is_merged_or_waits_for_a_merge(people: People, alice: Principal, journey: str) -> None:
    text = read_code(principal=alice, slug=journey, form="yaml").text or ""
    change(people.principal(people.alice), end_message="Goodbye.")
    saved = save_code(principal=alice, slug=journey, form="yaml", text=text.replace("Hello.", "Hi."), revision=1)
    assert saved.merged
    assert (draft_of(alice)["greeting"], draft_of(alice)["end_message"]) == ("Hi.", "Goodbye.")
    sent = {"form": "yaml", "revision": "1", "text": text.replace("Hello.", "Good day.")}
    answer = people.browser(people.alice).post("/journeys/referral/code/", sent)
    assert "/build/merge/" in answer["Location"]
    assert draft_of(alice)["greeting"] == "Hi."


def test_pages_of_code_and_versions_are_for_members_who_may(people: People, journey: str) -> None:
    for path in ("code/", "versions/", "export/"):
        assert people.browser(people.alice).get(f"/journeys/referral/{path}").status_code == 200, path
        assert people.browser(people.charlie).get(f"/journeys/referral/{path}").status_code == 404, path
    for path in ("versions/1/restore/", "versions/1/roll-back/", "environments/dev/"):
        assert people.browser(people.charlie).post(f"/journeys/referral/{path}").status_code == 404, path


def test_versions_are_compared_restored_and_rolled_back_on_their_page(people: People, alice: Principal, journey: str) -> None:
    browser = people.browser(people.alice)
    change(alice, greeting="Good morning.")
    page = browser.get("/journeys/referral/versions/").content.decode()
    assert "1 difference" in page
    assert "<del>Hello</del><ins>Good morning</ins>" in page
    browser.post("/journeys/referral/publish/", {"title": "Morning", "notes": "Friendlier", "revision": "2"})
    assert "Morning" in browser.get("/journeys/referral/versions/?only=named").content.decode()
    browser.post("/journeys/referral/versions/1/restore/", {"revision": "2", "keep": "on"})
    assert draft_of(alice)["greeting"] == "Hello."
    browser.post("/journeys/referral/versions/1/roll-back/")
    published = get_definition(alice, "journey", journey).published
    assert published is not None
    assert published.number == 1
    row = Promotion.objects.get()
    assert (row.environment, row.number, row.before, row.rolled_back) == ("production", 1, 2, True)
    with pytest.raises(Conflict, match="published one already"):
        roll_back(principal=alice, slug=journey, number=1)


def test_a_version_moves_up_one_environment_at_a_time(alice: Principal, journey: str) -> None:
    change(alice, greeting="Good morning.")
    with pytest.raises(NotFound, match="no version in dev"):
        promote_version(principal=alice, slug=journey, environment="staging")
    assert promote_version(principal=alice, slug=journey, environment="dev").number == 2
    assert [one.next_number for one in list_environments(principal=alice, slug=journey)] == [None, 2, None]
    promote_version(principal=alice, slug=journey, environment="staging", number=2)
    with pytest.raises(Conflict, match="version 2 is in staging, not version 1"):
        promote_version(principal=alice, slug=journey, environment="production", number=1)
    assert environment_version(principal=alice, slug=journey, environment="production") == 1
    promote_version(principal=alice, slug=journey, environment="production")
    assert environment_version(principal=alice, slug=journey, environment="production") == 2
    with pytest.raises(Invalid, match="dev, staging, production"):
        promote_version(principal=alice, slug=journey, environment="moon")


def test_a_version_whose_agent_is_gone_is_not_promoted(alice: Principal, journey: str) -> None:
    row = get_definition(alice, "journey", journey)
    body = copy.deepcopy(row.draft)
    name = next(iter(body["agents"]))
    body["agents"][name]["tools"] = [{"name": "no_such_tool"}]
    save_draft(alice, "journey", journey, body, row.draft_revision)
    with pytest.raises(Invalid, match="no_such_tool"):
        promote_version(principal=alice, slug=journey, environment="dev")
    assert list_versions(alice, "journey", journey).count() == 1


def test_a_journey_moves_to_another_organization_whole_or_not_at_all(people: People, alice: Principal, journey: str) -> None:
    row = get_definition(alice, "journey", journey)
    body = copy.deepcopy(row.draft)
    name = next(iter(body["agents"]))
    body["agents"][name]["tools"] = [{"name": "mcp__crm__find"}]
    body["agents"][name]["model"] = {"provider": "nobodys", "model": "big"}
    save_draft(alice, "journey", journey, body, row.draft_revision)
    text = export_journey(principal=alice, slug=journey)
    charlie = people.principal(people.charlie)
    plan = plan_import(principal=charlie, text=text)
    assert [(need.key, need.may_leave_out) for need in plan.needs] == [("model:nobodys", False), ("tool:mcp__crm__find", True)]
    bindings = {"model:nobodys": "default", "tool:mcp__crm__find": ""}
    for left in bindings:
        with pytest.raises(Invalid, match="is not here; choose one of"):
            import_journey(principal=charlie, text=text, slug="copy", bindings={k: v for k, v in bindings.items() if k != left})
    with pytest.raises(Invalid, match="no model 'moon'"):
        import_journey(principal=charlie, text=text, slug="copy", bindings={**bindings, "model:nobodys": "moon"})
    import_journey(principal=charlie, text=text, slug="copy", bindings=bindings)
    copied = draft_of(charlie, "copy")
    assert copied["agents"][name]["tools"] == []
    assert copied["agents"][name]["model"] == {"provider": "default"}
    publish_version(charlie, "journey", "copy")


def test_an_exported_journey_is_the_same_after_it_was_imported_elsewhere(
    people: People, alice: Principal, journey: str
) -> None:
    text = export_journey(principal=alice, slug=journey, version="1")
    charlie = people.principal(people.charlie)
    assert plan_import(principal=charlie, text=text).needs == ()
    import_journey(principal=charlie, text=text, slug="copy", bindings={})
    assert export_journey(principal=charlie, slug="copy") == text


def test_a_file_is_imported_on_its_page(people: People, alice: Principal, journey: str) -> None:
    text = export_journey(principal=alice, slug=journey)
    browser = people.browser(people.charlie)
    assert "Import a journey" in browser.get("/journeys/import/").content.decode()
    assert browser.post("/journeys/import/", {"text": "a: &x 1"}).status_code == 422
    assert "Everything is here" in browser.post("/journeys/import/", {"text": text}).content.decode()
    answer = browser.post("/journeys/import/", {"text": text, "do": "import", "slug": "copy"})
    assert answer["Location"] == "/journeys/copy/"
    assert browser.post("/journeys/import/", {"text": text, "do": "import", "slug": "copy"}).status_code == 409


def test_everything_of_it_goes_over_the_api_as_well(api: ApiClient, alice: Principal, journey: str) -> None:
    code = api.get("/journeys/referral/code?form=yaml").json()
    body = {"form": "yaml", "text": code["text"].replace("Hello.", "Hi."), "revision": code["revision"]}
    assert api.put("/journeys/referral/code", body).json()["saved"]
    assert api.put("/journeys/referral/code", {"form": "python", "text": "x =", "revision": 1}).json()["faults"][0]["line"] == 1
    assert api.get("/journeys/referral/comparison?a=one").status_code == 422
    assert api.get("/journeys/referral/comparison").status_code == 422
    told = api.get("/journeys/referral/comparison?a=1").json()["changes"]
    assert [(one["kind"], one["label"]) for one in told] == [("changed", "Greeting")]
    assert api.post("/journeys/referral/environments/dev/promote", {}).json()["number"] == 2
    assert api.post("/journeys/referral/environments/staging/promote", {"number": 1}).status_code == 409
    assert api.get("/journeys/referral/environments").json()["environments"][0]["number"] == 2
    assert api.post("/journeys/referral/versions/2/roll-back", {}).json()["rolled_back"]
    text = api.get("/journeys/referral/export?version=1").json()["text"]
    assert api.post("/journeys/import/plan", {"text": text}).json() == {"name": "Referral", "needs": [], "faults": []}
    assert api.post("/journeys/import/apply", {"text": text, "slug": "copy"}).status_code == 201
    assert api.post("/journeys/import/apply", {"text": text, "slug": "copy"}).status_code == 409


def test_comparing_with_a_draft_that_is_no_journey_works_too(alice: Principal, journey: str) -> None:
    change(alice, entry="nowhere")
    assert [one.path for one in compare_versions(principal=alice, slug=journey, a="1", b="draft")] == ["entry"]
    with pytest.raises(NotFound):
        compare_versions(principal=alice, slug=journey, a="9", b="draft")
