"""The mapping as the builder shows it: how inputs are fed, which targets fit, and offers that do what they say."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from agents.services.definitions import create_definition, get_definition
from journeys.core.editing.catalog import apply_edits, read_edits
from journeys.services.editing import edit_draft
from journeys.services.mapping import describe_fits, describe_mapping
from tests.factories.api import ApiClient, key_of
from tests.factories.people import People
from trust.core.errors import Invalid, NotFound
from trust.core.principal import Principal

pytestmark = pytest.mark.django_db
TEXT, WHOLE = {"kind": "str"}, {"kind": "int"}


def agent(inputs: dict[str, Any], outputs: dict[str, Any]) -> dict[str, Any]:
    fields = [[{"name": name, "type": of} for name, of in side.items()] for side in (inputs, outputs)]
    signature = {"kind": "signature", "name": "S", "inputs": fields[0], "outputs": fields[1]}
    return {"kind": "agent", "name": "A", "signature": signature}


DRAFT = {
    "kind": "journey",
    "name": "Referral",
    "entry": "intake",
    "pathways": [
        {"id": "intake", "title": "Intake", "agents": ["asker"]},
        {"id": "booking", "title": "Booking", "agents": ["booker"]},
        {"id": "plain"},
    ],
    "transitions": [],
    "agents": {
        "asker": agent({"message": TEXT}, {"response": TEXT, "age": WHOLE, "symptom": TEXT}),
        "booker": agent({"message": TEXT, "complaint": TEXT, "age": TEXT}, {"response": TEXT}),
    },
}


@pytest.fixture
def journey(alice: Principal) -> Any:
    return create_definition(alice, "journey", "referral", DRAFT)


def rows(who: Principal, source: str = "intake", target: str = "booking") -> dict[str, dict[str, Any]]:
    return {row["field"]: row for row in describe_mapping(principal=who, slug="referral", source=source, target=target)["rows"]}


def do(who: Principal, ops: list[dict[str, Any]]) -> None:
    revision = get_definition(who, "journey", "referral").draft_revision
    edit_draft(principal=who, slug="referral", revision=revision, ops=ops)


def option(row: dict[str, Any], name: str) -> dict[str, Any]:
    return next(o for o in row["options"] if o["name"] == name)


def test_an_input_that_nothing_feeds_is_fed_by_the_option_that_is_chosen(alice: Principal, journey: Any) -> None:
    before = rows(alice)["complaint"]
    assert (before["state"], before["source"]) == ("unbound", "")
    chosen = option(before, "symptom")
    assert (chosen["state"], chosen["from"]) == ("ok", "Intake")
    do(alice, chosen["ops"])
    after = rows(alice)["complaint"]
    assert (after["state"], after["source"], after["how"]) == ("ok", "symptom", "binding")
    draft = get_definition(alice, "journey", "referral").draft
    assert draft["pathways"][0]["accumulate"] == ["symptom"]
    assert draft["pathways"][1]["bindings"] == {"complaint": "symptom"}


def test_a_value_of_another_type_is_broken_and_each_offered_mend_makes_it_fit(alice: Principal, journey: Any) -> None:
    do(alice, option(rows(alice)["age"], "age")["ops"])
    broken = rows(alice)["age"]
    assert (broken["state"], option(broken, "age")["state"]) == ("broken", "broken")
    draft = get_definition(alice, "journey", "referral").draft
    unfed = rows(alice)["complaint"]
    offered = {mend["ops"][0]["op"] for mend in (*broken["mends"], *unfed["mends"])}
    assert offered == {"map_input", "convert_input", "default_input", "extract_output"}
    for row in (broken, unfed):
        for mend in row["mends"]:
            do(alice, [{"op": "replace_draft", "draft": apply_edits(draft, read_edits(mend["ops"])).draft}])
            assert rows(alice)[row["field"]]["state"] in ("ok", "lossy"), mend["label"]


def test_two_mends_of_one_pathway_do_not_undo_each_other(alice: Principal, journey: Any) -> None:
    ops = [*option(rows(alice)["complaint"], "symptom")["ops"], *option(rows(alice)["complaint"], "response")["ops"]]
    do(alice, ops)
    assert get_definition(alice, "journey", "referral").draft["pathways"][0]["accumulate"] == ["symptom", "response"]


def test_every_target_says_whether_it_fits_and_why_not(alice: Principal, journey: Any) -> None:
    fits = describe_fits(principal=alice, slug="referral", source="intake")["targets"]
    assert set(fits) == {"booking", "plain", "end"}
    assert fits["plain"] == fits["end"] == {"state": "ok", "why": ""}
    assert fits["booking"]["state"] == "broken"
    assert "complaint" in fits["booking"]["why"]


def test_from_anywhere_only_the_context_and_the_person_feed_an_input(alice: Principal, journey: Any) -> None:
    do(alice, [{"op": "accumulate_field", "pathway": "intake", "field": "symptom"}])
    names = {o["name"]: o["from"] for o in rows(alice, "*")["complaint"]["options"]}
    assert names == {"symptom": "context", "message": "the person", "history": "the session", "context": "the session"}


def test_an_unknown_pathway_is_refused_with_the_ones_there_are(alice: Principal, journey: Any) -> None:
    with pytest.raises(Invalid, match="intake, booking, plain"):
        describe_mapping(principal=alice, slug="referral", source="nowhere", target="booking")
    with pytest.raises(Invalid, match="intake, booking, plain"):
        describe_fits(principal=alice, slug="referral", source="nowhere")


def test_a_stranger_and_a_viewer_get_no_mapping(people: People, tab: Client, alice: Principal, journey: Any) -> None:
    address = "/journeys/referral/build/mapping/?source=intake&target=booking"
    assert tab.get(address).json()["rows"][0]["field"] == "message"
    assert tab.get("/journeys/referral/build/mapping/?source=nowhere").status_code == 422
    assert people.browser(people.charlie).get(address).status_code == 404
    with pytest.raises(NotFound):
        describe_mapping(principal=people.principal(people.charlie), slug="referral", source="intake", target="booking")


def test_the_api_tells_how_fields_fit_and_its_offers_can_be_sent(people: People, journey: Any) -> None:
    client = ApiClient(key_of(people, people.alice))
    here = "/journeys/referral/draft"
    told = client.get(f"{here}/fits?source=intake").json()["targets"]
    assert (told["booking"]["state"], told["plain"]["state"], told["end"]["state"]) == ("broken", "ok", "ok")
    found = {row["field"]: row for row in client.get(f"{here}/mapping?source=intake&target=booking").json()["rows"]}
    assert (found["complaint"]["state"], option(found["complaint"], "symptom")["from"]) == ("unbound", "Intake")
    assert option(found["age"], "age")["state"] == "broken"
    for chosen in (option(found["complaint"], "symptom"), option(found["age"], "age")):
        revision = client.get("/journeys/referral").json()["draft_revision"]
        assert client.post(f"{here}/edit", {"revision": revision, "ops": chosen["ops"]}).status_code == 200
    found = {row["field"]: row for row in client.get(f"{here}/mapping?source=intake&target=booking").json()["rows"]}
    mend = next(mend for mend in found["age"]["mends"] if mend["label"].startswith("Convert"))
    assert client.post(f"{here}/edit", {"revision": 3, "ops": mend["ops"]}).status_code == 200
    assert client.get(f"{here}/fits?source=intake").json()["targets"]["booking"] == {"state": "ok", "why": ""}
    assert client.get(f"{here}/mapping?source=intake&target=gone").status_code == 422
    stranger = ApiClient(key_of(people, people.charlie))
    assert [stranger.get(f"{here}/{what}").status_code for what in ("fits?source=a", "mapping?source=a&target=b")] == [404, 404]
