"""The network rules of an organization: kept, refused, read by runs, and tried on addresses; in services, API and pages."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from agents.services.egress import get_egress, resolve_egress, resolve_rules, save_egress, try_address
from tests.factories.api import ApiClient, key_of
from tests.factories.people import People
from trust.core.errors import Invalid
from trust.core.principal import Principal

pytestmark = pytest.mark.django_db


def test_without_rules_every_public_address_is_reached_and_no_private_one(alice: Principal) -> None:
    assert resolve_rules(alice.organization_id).allowed == ()
    assert try_address(principal=alice, url="https://93.184.216.34/").allowed
    refused = try_address(principal=alice, url="http://localhost:8000/")
    assert (refused.allowed, refused.addresses) == (False, ("127.0.0.1",))
    assert "localhost stands for 127.0.0.1, which is a loopback address" in refused.reason


def test_rules_hold_for_the_next_connection_of_their_organization_only(alice: Principal, people: People) -> None:
    resolve_rules(alice.organization_id)
    save_egress(principal=alice, allowed=[" *.example.org ", "", "*.example.org"], denied=["evil.example.org"], private=False)
    rules = resolve_egress(alice.organization_id).rules
    assert (rules.allowed, rules.denied) == (("*.example.org",), ("evil.example.org",))
    assert "not on the list" in try_address(principal=alice, url="https://93.184.216.34/").reason
    assert "denied by the entry 'evil.example.org'" in try_address(principal=alice, url="https://evil.example.org/").reason
    charlie = people.principal(people.charlie)
    assert get_egress(charlie).allowed == ()
    assert try_address(principal=charlie, url="https://93.184.216.34/").allowed


def test_every_entry_that_cannot_be_read_is_told_with_its_place(alice: Principal) -> None:
    with pytest.raises(Invalid) as refused:
        save_egress(principal=alice, allowed=["ok.org", "http://x.org/a"], denied=["a b", "1.2.3.4/99"], private=False)
    assert [problem["where"] for problem in refused.value.problems] == ["allowed[1]", "denied[0]", "denied[1]"]
    assert "an entry is only its host, like x.org" in refused.value.message
    with pytest.raises(Invalid, match="201 entries; at most 200"):
        save_egress(principal=alice, allowed=[f"h{n}.org" for n in range(201)], denied=[], private=False)


def test_private_addresses_stay_closed_where_the_operator_says_so(
    alice: Principal, monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    from django.conf import settings as django_settings

    save_egress(principal=alice, allowed=["10.0.0.5"], denied=[], private=True)
    assert try_address(principal=alice, url="http://10.0.0.5/").allowed
    closed = django_settings.ENV.model_copy(update={"kaizen_private_egress": False})
    monkeypatch.setattr(django_settings, "ENV", closed)
    assert not try_address(principal=alice, url="http://10.0.0.5/").allowed
    with pytest.raises(Invalid, match="KAIZEN_PRIVATE_EGRESS"):
        save_egress(principal=alice, allowed=["10.0.0.5"], denied=[], private=True)


def test_a_trial_looks_a_name_up_and_connects_to_nothing(alice: Principal) -> None:
    unknown = try_address(principal=alice, url="https://no-such-host.invalid/")
    assert unknown.allowed is False
    assert "nobody knows this name" in unknown.reason
    assert "unusual spelling" in try_address(principal=alice, url="http://2130706433/").reason


def test_the_api_reads_replaces_and_tries(people: People) -> None:
    alice, bob, charlie = (ApiClient(key_of(people, user)) for user in (people.alice, people.bob, people.charlie))
    assert alice.get("/egress").json()["allowed"] == []
    saved = alice.put("/egress", {"allowed": ["api.example.org"], "denied": [], "private": False})
    assert (saved.status_code, saved.json()["allowed"]) == (200, ["api.example.org"])
    assert bob.get("/egress").json()["allowed"] == ["api.example.org"]
    assert bob.put("/egress", {"allowed": []}).status_code == 403
    assert charlie.get("/egress").json()["allowed"] == []
    assert alice.put("/egress", {"allowed": ["a b"]}).status_code == 422
    verdict = alice.post("/egress/try", {"url": "http://169.254.169.254/"}).json()
    assert verdict["allowed"] is False
    assert "metadata" in verdict["reason"]


def test_the_api_lists_tools_with_their_schemas(people: People) -> None:
    items = {item["name"]: item for item in ApiClient(key_of(people, people.bob)).get("/tools").json()["items"]}
    assert items["write_file"]["edits"] is True
    assert items["write_file"]["effect"] == "keyed"
    assert items["write_file"]["danger"] == "medium"
    assert set(items["read_file"]["result"]["properties"]) == {"content", "size", "exists"}
    assert items["bash_command"]["available"] is (items["bash_command"]["unavailable"] == "")


def test_the_page_saves_keeps_what_was_typed_and_tests(people: People, client: Client) -> None:
    client.force_login(people.alice)
    page = client.get(reverse("egress"))
    assert page.status_code == 200
    assert "Always closed" in page.content.decode()
    wrong = client.post(reverse("egress_save"), {"allowed": "api.example.org\nhttp://nope/", "denied": ""})
    assert wrong.status_code == 422
    assert "an entry is only its host, like nope" in wrong.content.decode()
    assert "http://nope/" in wrong.content.decode()
    saved = client.post(reverse("egress_save"), {"allowed": "api.example.org\r\n", "denied": "x.org"}, follow=True)
    assert "hold from the next connection on" in saved.content.decode()
    tried = client.post(reverse("egress_try"), {"url": "https://x.org/"}).content.decode()
    assert "<strong>Refused.</strong>" in tried
    part = client.post(reverse("egress_try"), {"url": "https://x.org/"}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "denied by the entry" in part


def test_only_owners_change_the_rules(people: People, client: Client) -> None:
    client.force_login(people.bob)
    page = client.get(reverse("egress")).content.decode()
    assert "Save the rules" not in page
    assert client.post(reverse("egress_save"), {"allowed": "x.org"}).status_code in (403, 404)
    assert get_egress(people.principal(people.alice)).allowed == ()


def test_the_page_of_tools_tells_each_with_danger_and_effect(people: People, client: Client) -> None:
    client.force_login(people.bob)
    page = client.get(reverse("tool_list")).content.decode()
    for name in ("read_file", "http_post", "bash_command", "run_python", "current_time"):
        assert f">{name}</span>" in page
    assert "medium danger" in page
    assert "at most once" in page
