"""The intent laboratory: labels, what a run measures, and which intents are taken for each other."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command

from agents.models import Run
from journeys.core.lab.matrix import report
from journeys.core.lab.spec import Finding
from journeys.core.spec import JourneySpec
from journeys.models import LabelledUtterance
from journeys.services.testing.lab import (
    LabView,
    add_utterances,
    get_lab,
    measured_collisions,
    read_csv,
    read_lines,
    start_lab,
)
from tests.journeys.testing.drafts import desk_draft, finish, make_desk
from trust.core.errors import Invalid
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
    assert read_csv('text,intent\n"Hello, you",none\n') == [("Hello, you", "none")]
    with pytest.raises(Invalid, match="row 2: has 3 columns; allowed: text,intent"):
        read_csv("a,b\na,b,c\n")


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
