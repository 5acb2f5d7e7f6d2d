"""The intent laboratory: labels, what a run measures, and which intents are taken for each other."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command

from agents.models import Run
from agents.services.runs import list_steps
from journeys.core.lab.matrix import report
from journeys.core.lab.spec import Finding, Said
from journeys.core.spec import JourneySpec
from journeys.models import LabelledUtterance
from journeys.services.testing.comparing import compare_labs
from journeys.services.testing.lab import (
    Label,
    LabView,
    add_utterances,
    get_lab,
    measured_collisions,
    read_before,
    read_csv,
    read_lines,
    start_lab,
)
from tests.journeys.conftest import Script
from tests.journeys.testing.drafts import desk_draft, finish, make_desk
from trust.core.errors import Invalid, NotFound
from trust.core.principal import Principal

OVERLAPPING = {"transitions": [
    {"id": "to_billing", "to_pathway": "billing", "from_pathways": ["start"],
     "trigger": {"kind": "intent", "intents": ["bill"], "examples": ["I want my money back", "My invoice is wrong"]}},
    {"id": "to_refund", "to_pathway": "refund", "from_pathways": ["start"],
     "trigger": {"kind": "intent", "intents": ["refund"], "examples": ["Please refund my order"]}},
]}  # fmt: skip


def measure(principal: Principal) -> LabView:
    lab = start_lab(principal=principal, slug="desk")
    ended = finish(Run.objects.get(pk=lab.run_id or UUID(int=0)))
    assert ended.status == "succeeded", ended.error
    return get_lab(principal, "desk", lab.id)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("engine")
class TestRuns:
    def test_an_overlapping_intent_is_named_with_the_very_utterance(self, alice: Principal) -> None:
        make_desk(alice, **OVERLAPPING)
        add_utterances(principal=alice, slug="desk", labelled=[("I want my money back", "refund")])
        add_utterances(principal=alice, slug="desk", labelled=[("My invoice is wrong", "bill"), ("Nice weather", "none")])
        view = measure(alice)
        assert view.report is not None
        (pair,) = view.report.pairs
        assert (pair.a, pair.b) == ("bill", "refund")
        assert [(f.text, f.intent, f.found) for f in pair.utterances] == [("I want my money back", "refund", "bill")]
        assert (view.report.heard, view.report.right, view.report.errors) == (3, 2, 0)
        assert measured_collisions(alice, "desk", view.lab.spec_digest) == view.report.pairs
        assert measured_collisions(alice, "desk", "sha256:other") is None

    def test_clear_intents_collide_nowhere(self, alice: Principal) -> None:
        make_desk(alice)
        add_utterances(
            principal=alice, slug="desk", labelled=read_lines("refund", "I want my money back\n\n Please refund my order")
        )
        view = measure(alice)
        assert view.report is not None
        assert (view.report.agreement, view.report.pairs) == (100, ())

    def test_an_utterance_is_heard_after_what_was_said_before_it(self, alice: Principal) -> None:
        make_desk(alice)
        before = (Said(role="assistant", text="Shall I cancel the parcel?"),)
        labelled = [Label("Yes please", "none", before), Label("Yes please", "refund")]
        assert add_utterances(principal=alice, slug="desk", labelled=labelled) == 2
        assert add_utterances(principal=alice, slug="desk", labelled=[Label("Yes please", "bill", before)]) == 0
        assert sorted(u.intent for u in LabelledUtterance.objects.all()) == ["bill", "refund"]
        view = measure(alice)
        asked = [str(step.request) for step in list_steps(Run.objects.get()) if step.kind == "model"]
        assert sum("Shall I cancel the parcel?" in text for text in asked) == 1
        assert view.report is not None
        assert sorted(f["before"] for f in view.lab.findings or []) == [[], [said.model_dump() for said in before]]

    def test_models_stand_side_by_side_with_what_they_differ_in_first(self, alice: Principal, script: Script) -> None:
        make_desk(alice)
        add_utterances(
            principal=alice, slug="desk", labelled=[("I want my money back", "refund"), ("My invoice is wrong", "bill")]
        )
        script({"json": {"intent": "refund", "confidence": 0.9, "evidence": "x", "runner_up": "none"}, "times": 2})
        first = measure(alice)
        lab = start_lab(principal=alice, slug="desk", provider="scripted", model="m")
        finish(Run.objects.get(pk=lab.run_id or UUID(int=0)))
        seen = compare_labs(alice, "desk", [first.lab.id, lab.id])
        assert [view.report.agreement for view in seen.views if view.report] == [100, 50]
        assert [(row.text, row.differs, [f.taken for f in row.found if f]) for row in seen.rows] == [
            ("My invoice is wrong", True, ["bill", "refund"]),
            ("I want my money back", False, ["refund", "refund"]),
        ]
        assert compare_labs(alice, "desk") == seen
        with pytest.raises(NotFound):
            compare_labs(alice, "desk", [UUID(int=0)])

    def test_the_command_prints_the_report_and_fails_below_the_wanted_agreement(
        self, alice: Principal, capsys: pytest.CaptureFixture[str]
    ) -> None:
        make_desk(alice, **OVERLAPPING)
        add_utterances(principal=alice, slug="desk", labelled=[("I want my money back", "refund")])
        with pytest.raises(SystemExit) as ended:
            call_command("kaizen", "intents", "desk", "--json", "--agreement-min", "90")
        assert ended.value.code == 1
        told = json.loads(capsys.readouterr().out)
        assert (told["agreement"], told["pairs"][0]["a"]) == (0, "bill")


@pytest.mark.django_db
class TestLabels:
    def test_a_label_is_an_intent_of_the_journey_or_none(self, alice: Principal) -> None:
        make_desk(alice)
        with pytest.raises(Invalid, match="'weather' is no intent of this journey; the labels are: bill, refund, none"):
            add_utterances(principal=alice, slug="desk", labelled=[("It rains", "weather")])
        assert not LabelledUtterance.objects.exists()

    def test_a_text_said_again_gets_the_new_label(self, alice: Principal) -> None:
        make_desk(alice)
        assert add_utterances(principal=alice, slug="desk", labelled=[("Hello  there", "none")]) == 1
        assert add_utterances(principal=alice, slug="desk", labelled=[("Hello there", "bill")]) == 0
        assert [(u.text, u.intent) for u in LabelledUtterance.objects.all()] == [("Hello there", "bill")]

    def test_a_run_without_utterances_is_refused(self, alice: Principal) -> None:
        make_desk(alice)
        with pytest.raises(Invalid, match="there is none yet; add some first"):
            start_lab(principal=alice, slug="desk")


def test_a_csv_row_of_another_shape_is_named() -> None:
    assert read_csv('text,intent\n"Hello, you",none\n') == [Label("Hello, you", "none")]
    said = read_csv('text,intent,before\nTuesday,none,"assistant: Which day?\nperson: Hm"\n')
    assert said == [Label("Tuesday", "none", (Said(role="assistant", text="Which day?"), Said(role="user", text="Hm")))]
    with pytest.raises(Invalid, match="row 2: has 4 columns; allowed: text,intent or text,intent,before"):
        read_csv("a,b\na,b,c,d\n")
    with pytest.raises(Invalid, match="row 1: line 1 is 'nobody: x'; allowed"):
        read_csv("a,b,nobody: x\n")
    with pytest.raises(Invalid, match="has 7 lines; a model hears the last 6"):
        read_before("person: x\n" * 7)


def heard(text: str, intent: str, found: str, confidence: float, taken: str | None = None) -> Finding:
    taken = (found if confidence >= 0.7 else "none") if taken is None else taken
    return Finding(pathway="start", text=text, intent=intent, found=found, taken=taken, confidence=confidence)


def desk() -> JourneySpec:
    draft: dict[str, Any] = desk_draft()
    return JourneySpec.model_validate(draft)


def test_a_threshold_that_would_have_been_better_is_suggested() -> None:
    found = [heard("a", "bill", "bill", 0.6), heard("b", "bill", "bill", 0.65), heard("c", "none", "bill", 0.4)]
    (sweep,) = report(desk(), found).sweeps
    assert (sweep.transition, sweep.present, sweep.present_right) == ("to_billing", 0.7, 33)
    assert (sweep.suggested, sweep.suggested_right) == (0.6, 100)


def test_leaks_misses_and_the_matrix_are_told_apart() -> None:
    told = report(desk(), [heard("a", "bill", "bill", 0.9), heard("b", "none", "refund", 0.9), heard("c", "bill", "none", 0.9)])
    assert [f.text for f in told.leaked] == ["b"]
    assert [f.text for f in told.missed] == ["c"]
    (matrix,) = told.matrices
    assert matrix.columns == ("bill", "refund", "none")
    assert {row.label: [cell.count for cell in row.cells] for row in matrix.rows} == {"bill": [1, 0, 1], "none": [0, 1, 0]}
    assert (matrix.agreement, told.pairs) == (33, ())


def test_two_intents_of_one_trigger_are_not_told_apart() -> None:
    draft: dict[str, Any] = desk_draft()
    draft["transitions"][0]["trigger"]["intents"] = ["bill", "invoice"]
    told = report(JourneySpec.model_validate(draft), [heard("a", "invoice", "bill", 0.9)])
    assert (told.right, told.pairs) == (1, ())


def test_a_trigger_whose_intent_nobody_said_gets_no_suggestion() -> None:
    assert report(desk(), [heard("a", "none", "bill", 0.9)]).sweeps == ()
