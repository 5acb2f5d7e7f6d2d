"""The settings pages of budgets and permissions, and their API: who sees and changes what, and what bad input is told."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from agents.models import Budget, PermissionRuleRow
from agents.services.budgets import set_budget
from agents.services.permissions import make_rule
from tests.factories.people import People

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(people: People, client: Client) -> Client:
    client.force_login(people.alice)
    return client


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_a_budget_is_set_shown_and_changed(alice: Client, people: People) -> None:
    assert "Nothing is limited" in alice.get("/settings/budgets/").content.decode()
    typed = {"target": "organization:", "period": "month", "dollars": "12.50", "tokens": "1,000,000", "calls": ""}
    saved = alice.post("/settings/budgets/save/", typed, follow=True)
    budget = Budget.objects.get()
    assert (budget.limit_microusd, budget.limit_tokens, budget.limit_calls, budget.period) == (
        12_500_000,
        1_000_000,
        None,
        "month",
    )
    assert "The budget of the organization is saved." in saved.content.decode()
    shown = alice.get(f"/settings/budgets/{budget.pk}/").content.decode()
    assert 'value="12.5"' in shown
    alice.post("/settings/budgets/save/", {**typed, "dollars": "20"})
    budget.refresh_from_db()
    assert (budget.limit_microusd, Budget.objects.count()) == (20_000_000, 1)


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("dollars", "a lot", "is not an amount of dollars such as 25 or 0.50"),
        ("dollars", "-1", "is not an amount of dollars"),
        ("dollars", "NaN", "is not an amount of dollars"),
        ("tokens", "1.5", "is not a whole number of tokens"),
        ("calls", "9" * 40, "is not a whole number of calls"),
        ("period", "aeon", "allowed: always, day, month"),
        ("target", "galaxy:", "allowed: organization, definition, session"),
    ],
)
def test_a_wrong_limit_is_told_and_nothing_typed_is_lost(alice: Client, field: str, value: str, told: str) -> None:
    typed = {"target": "organization:", "period": "month", "dollars": "12", "tokens": "7", "calls": "3"}
    page = alice.post("/settings/budgets/save/", {**typed, field: value})
    text = page.content.decode()
    assert page.status_code == 422
    assert told in text
    assert f'value="{typed["tokens"] if field != "tokens" else value}"' in text
    assert not Budget.objects.exists()


def test_a_rule_is_made_shown_and_withdrawn(alice: Client) -> None:
    typed = {"pattern": "http_.*", "permission_type": "deny", "priority": "5", "reason": "no network here"}
    page = alice.post("/settings/permissions/add/", typed, follow=True).content.decode()
    rule = PermissionRuleRow.objects.get()
    assert "no network here" in page
    assert (rule.priority, rule.permission_type) == (5, "deny")
    alice.post(f"/settings/permissions/{rule.pk}/withdraw/")
    rule.refresh_from_db()
    assert rule.withdrawn_at is not None
    assert "no network here" not in alice.get("/settings/permissions/").content.decode()


def test_a_pattern_that_re2_cannot_read_is_refused_with_the_reason(alice: Client) -> None:
    typed = {"pattern": "(((", "permission_type": "deny", "priority": "0", "reason": "kept"}
    page = alice.post("/settings/permissions/add/", typed)
    assert page.status_code == 422
    assert "is not a regular expression of RE2" in page.content.decode()
    assert 'value="kept"' in page.content.decode()
    backwards = alice.post("/settings/permissions/add/", {**typed, "pattern": r"(a)\1"})
    assert backwards.status_code == 422


def test_who_may_only_read_sees_no_form_and_finds_no_way_to_change(people: People) -> None:
    bob = signed_in(people.bob)
    assert 'name="dollars"' not in bob.get("/settings/budgets/").content.decode()
    assert bob.post("/settings/budgets/save/", {"target": "organization:"}).status_code == 404
    assert bob.post("/settings/permissions/add/", {"pattern": "x"}).status_code == 404


def test_a_stranger_sees_nothing_of_it(people: People) -> None:
    principal = people.principal(people.alice)
    budget = set_budget(principal=principal, scope="organization", limit_calls=5)
    rule = make_rule(principal=principal, pattern="secret_.*", permission_type="deny")
    charlie = signed_in(people.charlie)
    assert charlie.get(f"/settings/budgets/{budget.pk}/").status_code == 404
    assert charlie.post(f"/settings/permissions/{rule.pk}/withdraw/").status_code == 404
    assert "secret_" not in charlie.get("/settings/permissions/").content.decode()


def test_the_api_does_what_the_pages_do(people: People) -> None:
    from tests.factories.api import ApiClient, key_of

    api = ApiClient(key_of(people, people.alice))
    put = api.put("/budgets", {"scope": "organization", "period": "day", "limit_calls": 10})
    assert (put.status_code, put.json()["limit_calls"], put.json()["percent"]) == (200, 10, 0.0)
    assert api.get(f"/budgets/{put.json()['id']}").json()["title"] == "the organization"
    assert api.put("/budgets", {"scope": "definition", "scope_key": "nothing"}).status_code == 404
    made = api.post("/permissions", {"pattern": "current_.*", "permission_type": "deny", "reason": "timeless"})
    assert made.status_code == 201
    told = api.post("/permissions/preview", {"tools": ["current_time", "nobody_knows"]}).json()
    assert [(d["tool"], d["decision"]) for d in told] == [("current_time", "deny"), ("nobody_knows", "ask")]
    assert told[0]["reason"] == "the organization: rule 'current_.*', priority 0: timeless"
    assert api.post(f"/permissions/{made.json()['id']}/withdraw").json()["withdrawn_at"]
    assert api.get("/permissions").json() == []


@pytest.mark.parametrize("priority", ["--5", "-", "5-", "1e3", "٣x", "9" * 30])
def test_a_priority_that_is_no_number_is_told_in_the_form(alice: Client, priority: str) -> None:
    typed = {"pattern": "bash.*", "permission_type": "deny", "priority": priority, "reason": ""}
    assert alice.post("/settings/permissions/add/", typed).status_code == 422


def test_a_rule_that_only_an_administrator_withdraws_stays_and_says_why(people: People) -> None:
    rule = make_rule(principal=people.principal(people.alice), pattern="bash.*", permission_type="deny")
    answer = signed_in(people.bob).post(f"/settings/permissions/{rule.id}/withdraw/", follow=True)
    assert "withdrawn by who administrates it" in answer.content.decode()
    rule.refresh_from_db()
    assert rule.withdrawn_at is None
