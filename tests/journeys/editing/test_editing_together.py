"""Two people in one draft: both have their way where they touch different things, else it waits for a merge."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from agents.models import Definition, DraftClash, DraftRevision, SpecRecord
from agents.services.definitions import create_definition, get_definition, publish_version, save_draft
from agents.services.draft_history import KEPT
from journeys.services.editing import EditConflict, decide_merge, edit_draft, get_merge, undo_edit
from tests.factories.api import ApiClient, key_of
from tests.factories.drafts import journey_draft
from tests.factories.people import People
from trust.core.errors import Conflict, Invalid, NotFound
from trust.core.principal import Principal
from trust.core.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def journey(alice: Principal) -> Definition:
    return create_definition(alice, "journey", "referral", journey_draft("Hello."))


def title(of: str, text: str) -> dict[str, Any]:
    return {"op": "set_field", "path": f"pathways.{of}.title", "value": text}


def edit(who: Principal, revision: int, *ops: dict[str, Any], **more: Any) -> Definition:
    changed: Definition = edit_draft(principal=who, slug="referral", revision=revision, ops=list(ops), **more).journey
    return changed


def undo(who: Principal, *, redo: bool = False) -> Definition:
    changed: Definition = undo_edit(principal=who, slug="referral", redo=redo).journey
    return changed


def titles(who: Principal) -> list[str]:
    return [row.get("title", "") for row in get_definition(who, "journey", "referral").draft["pathways"]]


def test_an_edit_makes_a_revision_with_a_label_and_nothing_new_makes_none(alice: Principal, journey: Definition) -> None:
    assert edit(alice, 1, title("intake", "Hello"), title("booking", "Book")).draft_revision == 2
    assert edit(alice, 2, title("intake", "Hello")).draft_revision == 2
    rows = DraftRevision.objects.filter(definition=journey)
    assert [(row.revision, row.label, row.by_label) for row in rows] == [
        (2, "Changed intake: title and 1 more", "Alice"),
        (1, "Created", "Alice"),
    ]


def test_two_people_who_touch_different_fields_both_have_their_way(
    alice: Principal, bob: Principal, journey: Definition
) -> None:
    edit(alice, 1, title("intake", "Alice's"))
    edit(bob, 1, title("booking", "Bob's"), {"op": "set_field", "path": "pathways.intake.description", "value": "Bob's too"})
    assert titles(alice) == ["Alice's", "Bob's"]
    assert get_definition(bob, "journey", "referral").draft["pathways"][0]["description"] == "Bob's too"


def test_two_people_on_one_field_get_no_silent_last_write(alice: Principal, bob: Principal, journey: Definition) -> None:
    edit(alice, 1, title("intake", "Alice's"))
    with pytest.raises(EditConflict, match="Alice changed this meanwhile: intake: title") as conflict:
        edit(bob, 1, title("intake", "Bob's"), title("booking", "Bob's"))
    assert titles(alice) == ["Alice's", ""]
    assert conflict.value.merge is not None
    found = get_merge(principal=bob, slug="referral", merge_id=conflict.value.merge)
    assert [(c.path, c.base, c.mine, c.theirs) for c in found.clashes] == [("pathways[intake].title", None, "Bob's", "Alice's")]
    choices: Any = {"pathways[intake].title": "theirs"}
    decide_merge(principal=bob, slug="referral", merge_id=found.id, revision=found.revision, choices=choices)
    assert titles(bob) == ["Alice's", "Bob's"]
    assert not DraftClash.objects.exists()


def test_an_element_that_somebody_removed_is_not_edited_blindly(alice: Principal, bob: Principal, journey: Definition) -> None:
    edit(alice, 1, {"op": "remove_pathway", "pathway": "booking"})
    with pytest.raises(EditConflict, match="Alice changed this meanwhile"):
        edit(bob, 1, title("booking", "Bob's"))


def test_a_removal_that_would_take_somebodys_new_work_along_waits(
    alice: Principal, bob: Principal, journey: Definition
) -> None:
    edit(alice, 1, {"op": "add_transition", "to_pathway": "booking"})
    with pytest.raises(EditConflict):
        edit(bob, 1, {"op": "remove_pathway", "pathway": "booking"})
    assert len(get_definition(alice, "journey", "referral").draft["transitions"]) == 1


def test_what_was_never_possible_is_a_fault_and_no_conflict(alice: Principal, bob: Principal, journey: Definition) -> None:
    edit(alice, 1, title("intake", "Alice's"))
    with pytest.raises(Invalid, match="there is no pathway 'gone'"):
        edit(bob, 1, {"op": "set_entry", "pathway": "gone"})
    with pytest.raises(Invalid, match="the draft's newest revision is 2"):
        edit(bob, 9, title("intake", "x"))
    assert not DraftClash.objects.exists()


def test_a_merge_is_its_authors_and_is_decided_on_what_was_shown(
    alice: Principal, bob: Principal, charlie: Principal, journey: Definition
) -> None:
    edit(alice, 1, title("intake", "Alice's"))
    with pytest.raises(EditConflict) as conflict:
        edit(bob, 1, title("intake", "Bob's"))
    merge: Any = conflict.value.merge
    for other in (alice, charlie):
        with pytest.raises(NotFound):
            get_merge(principal=other, slug="referral", merge_id=merge)
    edit(alice, 2, title("intake", "Alice's again"))
    with pytest.raises(Conflict):
        decide_merge(principal=bob, slug="referral", merge_id=merge, revision=2, choices={}, keep="mine")
    decide_merge(principal=bob, slug="referral", merge_id=merge, revision=3, choices={}, keep="mine")
    assert titles(bob)[0] == "Bob's"


def test_undo_takes_back_ones_own_change_and_leaves_the_others(alice: Principal, bob: Principal, journey: Definition) -> None:
    edit(alice, 1, title("intake", "Alice's"))
    edit(bob, 2, title("booking", "Bob's"))
    undo_edit(principal=alice, slug="referral")
    assert titles(alice) == ["", "Bob's"]
    undo_edit(principal=alice, slug="referral", redo=True)
    assert titles(alice) == ["Alice's", "Bob's"]
    undo_edit(principal=alice, slug="referral")
    with pytest.raises(Invalid, match="nothing to undo"):
        undo_edit(principal=alice, slug="referral")
    with pytest.raises(Invalid, match="nothing to redo"):
        undo_edit(principal=bob, slug="referral", redo=True)


def test_undo_and_redo_walk_through_many_changes(alice: Principal, journey: Definition) -> None:
    for n, name in enumerate(["a", "b", "c"], 1):
        edit(alice, n, title("intake", name))
    seen = []
    for redo in (False, False, True, False, False, True, True, True):
        undo_edit(principal=alice, slug="referral", redo=redo)
        seen.append(titles(alice)[0])
    assert seen == ["b", "a", "b", "a", "", "a", "b", "c"]
    undo_edit(principal=alice, slug="referral")
    edit(alice, get_definition(alice, "journey", "referral").draft_revision, title("intake", "d"))
    with pytest.raises(Invalid, match="nothing to redo"):
        undo_edit(principal=alice, slug="referral", redo=True)


def test_undo_of_what_somebody_else_changed_since_is_refused(alice: Principal, bob: Principal, journey: Definition) -> None:
    edit(alice, 1, title("intake", "Alice's"))
    edit(bob, 2, title("intake", "Bob's"))
    with pytest.raises(EditConflict, match="cannot be taken back: Bob changed the same since"):
        undo_edit(principal=alice, slug="referral")
    assert titles(alice)[0] == "Bob's"


def test_the_layout_is_beside_the_draft_and_in_no_digest(alice: Principal, journey: Definition) -> None:
    first = publish_version(alice, "journey", "referral")
    made = edit(alice, 1, layout={"nodes": {"intake": {"x": 4, "y": 5}, "booking": {"x": 1}}})
    assert made.draft == journey.draft
    made = edit(alice, 1, layout={"nodes": {"booking": None}})
    assert made.layout == {"nodes": {"intake": {"x": 4, "y": 5}}}
    assert publish_version(alice, "journey", "referral") == first
    assert "layout" not in SpecRecord.objects.get(kind="journey").body
    with pytest.raises(Invalid, match="layout"):
        edit(alice, 1, layout={"text": "x" * 300_000})


def test_moves_are_changes_that_are_taken_back_with_what_they_moved(alice: Principal, journey: Definition) -> None:
    edit(alice, 1, layout={"nodes": {"intake": {"x": 1, "y": 1}}}, label="Placed")
    moves = [{"nodes": {"intake": {"x": step, "y": 1}}} for step in (2, 3, 4)]  # arrow keys: one change
    made = [edit(alice, 2, layout=move, label="Moved intake") for move in moves][-1]
    assert (made.draft_revision, made.layout) == (3, {"nodes": {"intake": {"x": 4, "y": 1}}})
    made = edit(alice, 3, {"op": "remove_pathway", "pathway": "booking"}, layout={"nodes": {"booking": None, "intake": None}})
    assert made.layout == {"nodes": {}}
    assert undo(alice).layout == {"nodes": {"intake": {"x": 4, "y": 1}}}
    assert undo(alice).layout == {"nodes": {"intake": {"x": 1, "y": 1}}}
    assert undo(alice).layout == {}
    assert undo(alice, redo=True).layout == {"nodes": {"intake": {"x": 1, "y": 1}}}
    made = undo(alice, redo=True)
    assert (made.draft, made.layout) == (journey.draft, {"nodes": {"intake": {"x": 4, "y": 1}}})
    assert edit(alice, made.draft_revision, layout=made.layout).draft_revision == made.draft_revision  # nothing has moved


@pytest.mark.slow
def test_history_is_kept_up_to_a_number_and_an_older_base_is_told(
    alice: Principal, bob: Principal, journey: Definition
) -> None:
    for revision in range(1, KEPT + 3):
        save_draft(alice, "journey", "referral", journey_draft(f"Hello {revision}."), revision)
    assert DraftRevision.objects.filter(definition=journey).count() == KEPT
    with pytest.raises(EditConflict, match="changed very often since") as conflict:
        edit(bob, 1, title("intake", "Bob's"))
    assert conflict.value.merge is None


def test_the_api_edits_undoes_and_merges(people: People, alice: Principal, journey: Definition) -> None:
    bob, viewer = ApiClient(key_of(people, people.bob)), ApiClient(key_of(people, people.alice, Role.VIEWER))
    body = {"revision": 1, "ops": [title("intake", "Bob's")], "layout": {"nodes": {"intake": {"x": 3}}}}
    assert viewer.post("/journeys/referral/draft/edit", body).status_code == 403
    assert ApiClient(key_of(people, people.charlie)).post("/journeys/referral/draft/edit", body).status_code == 404
    told = bob.post("/journeys/referral/draft/edit", body).json()
    assert (told["revision"], told["layout"]) == (2, {"nodes": {"intake": {"x": 3}}})
    assert told["done"] == [{"label": "Changed intake: title", "id": "pathways.intake.title", "removed": []}]
    refused = bob.post("/journeys/referral/draft/edit", {"revision": 2, "ops": [{"op": "set_entry", "pathway": "x"}]})
    assert (refused.status_code, refused.json()["problems"][0]["where"]) == (422, "ops[0].pathway")
    edit(alice, 2, title("intake", "Alice's"))
    conflict = bob.post("/journeys/referral/draft/edit", {"revision": 2, "ops": [title("intake", "Bob's again")]})
    assert conflict.status_code == 409
    merge = UUID(conflict.json()["detail"].rpartition(" ")[2])
    found = bob.get(f"/journeys/referral/draft/merges/{merge}").json()
    assert found["clashes"][0]["theirs"] == "Alice's"
    decided = bob.post(f"/journeys/referral/draft/merges/{merge}", {"revision": found["revision"], "keep": "theirs"})
    assert decided.json()["draft"]["pathways"][0]["title"] == "Alice's"
    assert bob.get(f"/journeys/referral/draft/merges/{merge}").status_code == 404
    assert bob.post("/journeys/referral/draft/undo", {}).status_code == 409
    assert bob.get(f"/journeys/referral/draft/merges/{uuid4()}").status_code == 404
