"""The inbox and its card: filters, what a card tells, what it refuses to hide; on pages and over the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from agents.models.run import Run
from agents.services.approval_rules import SHOWN_CHARACTERS, exact_text
from agents.services.approvals import ApprovalFilter, list_approvals
from agents.services.delegation import delegate_approval
from tests.agents.approvals.asking import HTMX, asked, decide
from tests.factories.api import ApiClient
from tests.factories.people import People
from trust.core.errors import NotFound
from trust.core.principal import Principal
from trust.core.roles import Role
from trust.services.keys import create_key

pytestmark = pytest.mark.django_db


def test_the_inbox_is_filtered(alice: Principal, bob: Principal, run: Run) -> None:
    plain = asked(run)
    risky = asked(run, 1, risk="high", tool="bash_command", agent="Shell", title="Run ls")
    question = asked(run, 2, kind="question", title="Which one?", tool="", risk="low")
    handed = delegate_approval(principal=alice, approval_id=asked(run, 3, title="Yours").id, to=bob.ref)

    def titles(who: Principal, **only: Any) -> set[Any]:
        return {a.id for a in list_approvals(who, only=ApprovalFilter(**only))}

    assert titles(alice) == {plain.id, risky.id, question.id, handed.id}
    assert titles(alice, risk="high") == {risky.id}
    assert titles(alice, kind="question") == {question.id}
    assert titles(alice, agent="Shell", tool="bash_command") == {risky.id}
    assert titles(alice, text="which") == {question.id}
    assert titles(bob, whose="mine") == {handed.id}
    assert titles(alice, whose="mine") == {plain.id, risky.id, question.id}
    assert titles(alice, whose="role") == {plain.id, risky.id, question.id}
    assert titles(bob, whose="role") == {plain.id, risky.id, question.id, handed.id}


def test_the_card_tells_why_from_what_and_what_was_decided_before(
    people: People, alice: Principal, bob: Principal, run: Run
) -> None:
    decide(bob, asked(run), "reject", reason="wrong folder")
    approval = asked(run, 1, expires_at=timezone.now() + timedelta(minutes=5), quorum=2)
    page = people.browser(people.alice).get(f"/approvals/{approval.id}/").content.decode()
    for words in (
        "Its danger is medium",
        "write the report",
        "1 rejected",
        "wrong folder",
        "counts as rejected",
        "0 of 2",
        "Ask back",
        "Delegate",
        approval.digest,
    ):
        assert words in page, words


def test_hidden_characters_of_arguments_are_shown(people: People, run: Run) -> None:
    approval = asked(run, arguments={"path": "safe\u202etxt.exe", "zero": "a\u200bb"})
    page = people.browser(people.alice).get(f"/approvals/{approval.id}/").content.decode()
    assert "\u202e" not in page
    assert "safe\\u202etxt.exe" in page
    assert "a\\u200bb" in page
    assert exact_text({"a": "\u202e"}) == '{\n  "a": "\\u202e"\n}'


def test_what_is_not_shown_whole_cannot_be_approved_on_a_page(people: People, run: Run) -> None:
    tab = people.browser(people.alice)
    approval = asked(run, arguments={"content": "x" * (SHOWN_CHARACTERS + 1)}, editable=True)
    page = tab.get(f"/approvals/{approval.id}/").content.decode()
    assert "more than a page can show whole" in page
    assert "Edit and approve" not in page
    button = page[page.index('data-key="a"') : page.index('data-key="a"') + 80]
    assert "disabled" in button
    form = {"decision": "approve", "seen_digest": approval.digest}
    refused = tab.post(f"/approvals/{approval.id}/decide/", form, headers=HTMX)
    assert refused.status_code == 422
    whole = tab.get(f"/approvals/{approval.id}/arguments.json")
    assert len(whole.json()["arguments"]["content"]) == SHOWN_CHARACTERS + 1
    form = {"decision": "reject", "seen_digest": approval.digest, "reason": "too long"}
    assert tab.post(f"/approvals/{approval.id}/decide/", form, headers=HTMX).status_code == 200


def test_an_edit_is_shown_as_a_difference_also_when_its_outcome_is_unknown(people: People, alice: Principal, run: Run) -> None:
    edited = asked(run, editable=True, arguments={"timezone": "Asia/Tokyo"})
    decide(alice, edited, "edit", arguments={})
    tab = people.browser(people.alice)
    page = tab.get(f"/approvals/{edited.id}/").content.decode()
    assert '<span data-sign="-">-   &quot;timezone&quot;: &quot;Asia/Tokyo&quot;' in page
    unknown = asked(run, kind="outcome", arguments={"timezone": "Asia/Tokyo"})
    page = tab.get(f"/approvals/{unknown.id}/").content.decode()
    assert "had been edited when it was approved" in page
    assert '<span data-sign="+">+ {}' in page


def test_others_who_look_on_are_named(people: People, run: Run) -> None:
    approval = asked(run)
    tabs = {name: people.browser(user) for name, user in (("Alice", people.alice), ("Bob", people.bob))}
    url = f"/approvals/{approval.id}/onlookers/"
    assert "looking at this" not in tabs["Alice"].get(url).content.decode()
    assert "Also looking at this now: Alice" in tabs["Bob"].get(url).content.decode()
    assert "Bob" in tabs["Alice"].get(url).content.decode()


def test_pages_hand_over_and_approve_several(people: People, bob: Principal, run: Run) -> None:
    tab: Client = people.browser(people.alice)
    first, second = asked(run), asked(run, 1)
    done = tab.post(f"/approvals/{first.id}/delegate/", {"to": bob.ref, "reason": "yours"}, headers=HTMX)
    assert "Delegated to" in done.content.decode()
    wrong = tab.post(f"/approvals/{first.id}/delegate/", {"to": "user:0"}, headers=HTMX)
    assert wrong.status_code == 422
    page = tab.get("/approvals/several/", {"id": [str(first.id), str(second.id)]}).content.decode()
    assert f'name="seen_digest" value="{second.digest}"' in page
    assert f'name="seen_digest" value="{first.digest}"' not in page, "it is Bob's now"
    answer = tab.post("/approvals/several/approve/", {"id": [str(second.id)], "seen_digest": [second.digest]})
    assert answer.status_code == 302
    second.refresh_from_db()
    assert second.status == "approved"


def test_a_budget_card_is_raised_in_dollars(people: People, run: Run) -> None:
    Run.objects.filter(pk=run.pk).update(budget_microusd=1000)
    card = {
        "account": "run",
        "measure": "microusd",
        "limit": 1000,
        "used": 900,
        "reserved": 0,
        "needed": 500,
        "title": "the run",
    }
    approval = asked(run, kind="budget", arguments=card, tool="", title="The next call may need $0.0005")
    tab = people.browser(people.alice)
    page = tab.get(f"/approvals/{approval.id}/").content.decode()
    assert "Raise and go on" in page
    form = {"decision": "raise", "seen_digest": approval.digest, "raise_by": "a lot"}
    assert "must be a number above 0" in tab.post(f"/approvals/{approval.id}/decide/", form, headers=HTMX).content.decode()
    done = tab.post(f"/approvals/{approval.id}/decide/", {**form, "raise_by": "0.25"}, headers=HTMX)
    assert done.status_code == 200
    run.refresh_from_db()
    assert run.budget_microusd == 251_000


def test_a_stranger_finds_none_of_it(people: People, run: Run) -> None:
    approval = asked(run)
    charlie = people.browser(people.charlie)
    for path in ("", "onlookers/", "arguments.json"):
        assert charlie.get(f"/approvals/{approval.id}/{path}").status_code == 404
    assert charlie.post(f"/approvals/{approval.id}/delegate/", {"to": ""}).status_code == 404
    assert charlie.get("/approvals/several/", {"id": str(approval.id)}).status_code == 404
    with pytest.raises(NotFound):
        delegate_approval(principal=people.principal(people.charlie), approval_id=approval.id, to="")


# --- the API


def test_the_api_does_what_the_page_does(alice: Principal, bob: Principal, run: Run) -> None:
    _, secret = create_key(alice, name="desk", role=Role.OWNER)
    api = ApiClient(secret)
    approval = asked(run, quorum=2, agent="Helper")
    listed = api.get("/approvals?agent=Helper&whose=role").json()["items"]
    assert [item["id"] for item in listed] == [str(approval.id)]
    assert (listed[0]["quorum"], listed[0]["votes"]) == (2, [])
    background = api.get(f"/approvals/{approval.id}/background").json()
    assert background["inputs"] == {"message": "write the report"}
    body = {"decision": "approve", "seen_digest": approval.digest}
    assert api.post(f"/approvals/{approval.id}/decision", body).json()["status"] == "pending"
    assert api.post(f"/approvals/{approval.id}/decision", body).status_code == 422
    assert "approved it already" in api.get(f"/approvals/{approval.id}/background").json()["blocked"]
    handed = api.post(f"/approvals/{approval.id}/delegation", {"to": bob.ref}).json()
    assert handed["delegated_to_label"] == "Bob"
    assert api.post(f"/approvals/{approval.id}/delegation", {"to": "user:0"}).status_code == 422
    other = asked(run, 1)
    several = api.post("/approvals/decisions", {"seen": [{"id": str(other.id), "seen_digest": other.digest}]})
    assert several.json() == [{"id": str(other.id), "refusal": ""}]
    Run.objects.filter(pk=run.pk).update(status="waiting")
    reply = {"id": approval.path, "decision": "approve", "seen_digest": approval.digest}
    assert api.post(f"/runs/{run.id}/reply", reply).status_code == 422, "it is Bob's to decide"
    assert api.get("/approvals?status=decided").json()["items"][0]["id"] == str(other.id)
