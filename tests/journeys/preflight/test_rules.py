"""Every rule with a journey that breaks it: the finding has its code, place and focus, and each offered fix takes it away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from journeys.core.editing.catalog import apply_edits, read_edits
from journeys.core.preflight.check import check_journey
from journeys.core.preflight.facts import Facts
from journeys.core.preflight.report import Finding
from tests.journeys.preflight.drafts import (
    Draft,
    booker_input,
    broken,
    field,
    intent,
    output,
    pathway,
    signature,
    some,
    sound,
    transition,
)
from tests.journeys.preflight.hook_drafts import HOOK_ERRORS, HOOK_WARNINGS

Change = Callable[[Draft], Any]


def two_intents(draft: Draft, second: Draft) -> None:
    draft["pathways"].append({"id": "prices", "return_behavior": {"kind": "previous"}})
    draft["transitions"].append({"id": "price", "to_pathway": "prices", "trigger": second})


def round_trip(draft: Draft) -> None:
    draft["transitions"] = draft["transitions"][:1]
    pathway(draft, "booking")["next"] = "intake"


ERRORS: dict[str, tuple[str, str, Change]] = {
    "a key that is none": ("shape", "pathways.faq.tittle", lambda d: pathway(d, "faq").update(tittle="?")),
    "a value of the wrong kind": ("shape", "pathways.faq.timeout_s", lambda d: pathway(d, "faq").update(timeout_s=-1)),
    "an unknown top key": ("shape", "colour", lambda d: d.update(colour="red")),
    "no pathway": ("no_pathway", "pathways", lambda d: d.update(pathways=[], transitions=[], agents={})),
    "a pathway called end": ("name_taken", "pathways.end.id", lambda d: pathway(d, "faq").update(id="end")),
    "a pathway twice": ("twice", "pathways.faq", lambda d: d["pathways"].append({"id": "faq"})),
    "an entry that is not there": ("unknown_pathway", "entry", lambda d: d.update(entry="intak")),
    "a target that is not there": (
        "unknown_pathway",
        "transitions.ask.to_pathway",
        lambda d: transition(d, "ask").update(to_pathway="help"),
    ),
    "a source that is not there": (
        "unknown_pathway",
        "transitions.ask.from_pathways.bookin",
        lambda d: transition(d, "ask").update(from_pathways=["bookin"]),
    ),
    "a next that is not there": (
        "unknown_pathway",
        "pathways.booking.next",
        lambda d: pathway(d, "booking").update(next="thanks"),
    ),
    "a return to nowhere": (
        "unknown_pathway",
        "pathways.faq.return_behavior.target",
        lambda d: pathway(d, "faq").update(return_behavior={"kind": "specific", "target": "gone"}),
    ),
    "an error pathway that is not there": (
        "unknown_pathway",
        "pathways.booking.on_error.pathway",
        lambda d: pathway(d, "booking").update(on_error={"mode": "pathway", "pathway": "zz"}),
    ),
    "an error pathway that is itself": (
        "recovers_in_itself",
        "pathways.booking.on_error.pathway",
        lambda d: pathway(d, "booking").update(on_error={"mode": "pathway", "pathway": "booking"}),
    ),
    "a recovery without its reply": (
        "no_reply",
        "pathways.booking.on_error.reply",
        lambda d: pathway(d, "booking").update(on_error={"mode": "reply"}),
    ),
    "a cancel that leads nowhere": (
        "unknown_pathway",
        "patterns.cancel.to",
        lambda d: d.update(patterns={"cancel": {"enabled": True, "to": "nowhere"}}),
    ),
    "a fallback that leads nowhere": (
        "unknown_pathway",
        "patterns.fallback.pathway",
        lambda d: d.update(patterns={"fallback": {"enabled": True, "pathway": "nowhere"}}),
    ),
    "an agent that is not there": (
        "unknown_agent",
        "pathways.faq.agents.bookr",
        lambda d: pathway(d, "faq").update(agents=["bookr"]),
    ),
    "an accumulated field that nothing brings": (
        "unknown_output",
        "pathways.intake.accumulate.age",
        lambda d: output(d, "intake", "age").update(name="age_in_years"),
    ),
    "a merge rule that is none": (
        "unknown_merge_rule",
        "pathways.intake.merge.symptoms",
        lambda d: pathway(d, "intake").update(merge={"symptoms": "blend"}),
    ),
    "a merge rule for what is not kept": (
        "merge_unused",
        "pathways.booking.merge.response",
        lambda d: pathway(d, "booking").update(merge={"response": "append"}),
    ),
    "a merge rule of another type": (
        "merge_type",
        "pathways.intake.merge.symptoms",
        lambda d: pathway(d, "intake").update(merge={"symptoms": "sum"}),
    ),
    "a completion that never comes": (
        "never_complete",
        "pathways.booking.complete_when.paid",
        lambda d: pathway(d, "booking").update(complete_when=["paid"]),
    ),
    "a response that is none": (
        "unknown_response",
        "pathways.booking.response_field",
        lambda d: pathway(d, "booking").update(response_field="reply"),
    ),
    "a contract that the agent does not keep": (
        "contract",
        "pathways.booking.signature.outputs.slot",
        lambda d: pathway(d, "booking").update(signature=signature(field("slot", "int"))),
    ),
    "a binding of no input": (
        "unknown_input",
        "pathways.booking.bindings.height",
        lambda d: pathway(d, "booking")["bindings"].update(height="age"),
    ),
    "an input that nothing brings": (
        "unbound_input",
        "pathways.booking.bindings.years",
        lambda d: pathway(d, "booking").update(bindings={}),
    ),
    "an input that one way does not bring": (
        "unbound_input",
        "pathways.booking.bindings.years",
        lambda d: d["transitions"].append({"id": "book", "to_pathway": "booking", "trigger": intent("book now")}),
    ),
    "an input that may be left out": (
        "unbound_input",
        "pathways.booking.bindings.years",
        lambda d: (
            output(d, "intake", "age").update(required=False, default=None),
            pathway(d, "intake").update(complete_when=["symptoms"]),
        ),
    ),
    "an input of another type": (
        "input_type",
        "pathways.booking.bindings.years",
        lambda d: booker_input(d, "years").update(type={"kind": "str"}),
    ),
    "an input with closer bounds": (
        "input_type",
        "pathways.booking.bindings.years",
        lambda d: booker_input(d, "years").update(constraints={"ge": 18}),
    ),
    "a guard that cannot be read": (
        "expression",
        "transitions.ask.guard",
        lambda d: transition(d, "ask").update(guard="aeg > 17"),
    ),
    "a completion that gives no truth": (
        "expression",
        "pathways.booking.complete_if",
        lambda d: pathway(d, "booking").update(complete_if="age + 1"),
    ),
    "a binding that cannot be read": (
        "expression",
        "pathways.booking.bindings.years",
        lambda d: pathway(d, "booking").update(bindings={"years": "=age +"}),
    ),
    "an intent that says there is none": (
        "no_intent",
        "transitions.ask.trigger.intents",
        lambda d: transition(d, "ask").update(trigger=intent("none")),
    ),
    "one intent to two places": (
        "intent_collision",
        "transitions.price.trigger.intents",
        lambda d: two_intents(d, intent("question")),
    ),
    "a model of intents that is none": (
        "intent_model",
        "intent_model.temperature",
        lambda d: d.update(intent_model={"temperature": 9}),
    ),
}


WARNINGS: dict[str, tuple[str, str, Change]] = {
    "a pathway that nobody comes to": (
        "unreachable",
        "pathways.island",
        lambda d: d["pathways"].append({"id": "island", "next": "end"}),
    ),
    "a transition from nowhere": (
        "dead_transition",
        "transitions.ask",
        lambda d: transition(d, "ask").update(from_pathways=["faq"]),
    ),
    "a transition behind one that always fires": (
        "shadowed",
        "transitions.late",
        lambda d: d["transitions"].extend(
            [
                {"id": "soon", "to_pathway": "faq", "from_pathways": ["intake"], "trigger": {"kind": "always"}, "priority": 1},
                {"id": "late", "to_pathway": "end", "from_pathways": ["intake"], "trigger": {"kind": "always"}},
            ]
        ),
    ),
    "a transition behind one with its intents": (
        "shadowed",
        "transitions.again",
        lambda d: d["transitions"].append({"id": "again", "to_pathway": "faq", "trigger": intent("question")}),
    ),
    "a pathway that nothing leaves": (
        "no_exit",
        "pathways.faq.next",
        lambda d: (pathway(d, "faq").update(return_behavior=None), d.update(transitions=d["transitions"][:1])),
    ),
    "a round without an end": ("no_end", "pathways.intake", round_trip),
    "a list that becomes text": (
        "input_lossy",
        "pathways.booking.bindings.symptoms",
        lambda d: booker_input(d, "symptoms").update(type={"kind": "str"}),
    ),
    "a binding to nothing": (
        "unknown_source",
        "pathways.booking.bindings.years",
        lambda d: (
            booker_input(d, "years").update(required=False, default=0),
            pathway(d, "booking").update(bindings={"years": "weight"}),
        ),
    ),
    "an agent that answers nowhere": (
        "unused_agent",
        "agents.spare",
        lambda d: d["agents"].update(spare={"name": "Spare", "signature": signature()}),
    ),
    "examples that are alike": (
        "examples_alike",
        "transitions.price.trigger.examples",
        lambda d: two_intents(d, intent("price", examples=("how does this works",))),
    ),
    "a declared field that nobody writes": ("never_written", "context.note", lambda d: d.update(context=[field("note")])),
    "no budget": ("no_budget", "budget_microusd", lambda d: d.pop("budget_microusd")),
}


ERRORS |= HOOK_ERRORS
WARNINGS |= HOOK_WARNINGS
ALL: dict[str, tuple[str, str, Change]] = {**ERRORS, **WARNINGS}


def findings(draft: Draft, facts: Facts | None = None) -> list[Finding]:
    return list(check_journey(draft, facts or Facts()).findings)


def test_a_sound_journey_has_no_finding() -> None:
    assert findings(sound()) == []


@pytest.mark.parametrize(("code", "where", "change"), ERRORS.values(), ids=ERRORS)
def test_what_is_wrong_is_an_error_with_its_place(code: str, where: str, change: Change) -> None:
    found = [f for f in findings(broken(change)) if (f.code, f.where) == (code, where)]
    assert [f.severity for f in found] == ["error"], findings(broken(change))
    assert found[0].what.endswith(".")
    assert found[0].how.endswith(".")


@pytest.mark.parametrize(("code", "where", "change"), WARNINGS.values(), ids=WARNINGS)
def test_what_may_go_wrong_is_a_warning_and_nothing_else(code: str, where: str, change: Change) -> None:
    found = findings(broken(change))
    assert [(f.severity, f.code, f.where) for f in found if f.code == code] == [("warning", code, where)], found
    assert [f for f in found if f.severity == "error"] == []


@pytest.mark.parametrize(("code", "where", "change"), ALL.values(), ids=ALL)
def test_each_offered_fix_takes_its_finding_away(code: str, where: str, change: Change) -> None:
    draft = broken(change)
    before = findings(draft)
    (finding,) = [f for f in before if (f.code, f.where) == (code, where)]
    for fix in finding.fixes:
        fixed = apply_edits(draft, read_edits(list(fix.ops))).draft
        after = findings(fixed)
        assert (code, where, finding.what) not in {(f.code, f.where, f.what) for f in after}, fix.label
        new = {f.code for f in after if f.severity == "error"} - {f.code for f in before}
        assert new <= {"unbound_input"}, (fix.label, new)  # what was not looked at before, or was fed by what is gone


WITHOUT_FIX = {"a pathway twice", "an input with closer bounds"}


@pytest.mark.parametrize("name", [n for n in ALL if n not in WITHOUT_FIX])
def test_a_finding_offers_a_fix(name: str) -> None:
    code, where, change = ALL[name]
    assert next(f.fixes for f in findings(broken(change)) if (f.code, f.where) == (code, where))


def test_a_renamed_output_is_followed_everywhere_by_one_fix() -> None:
    draft = broken(lambda d: output(d, "intake", "age").update(name="age_in_years"))
    report = check_journey(draft)
    assert report.mappings["booking"] == "broken"
    (finding,) = [f for f in report.findings if f.code == "unknown_output"]
    assert finding.fixes[0].label == "Rename 'age' to 'age_in_years' everywhere"
    fixed = apply_edits(draft, read_edits(list(finding.fixes[0].ops))).draft
    assert check_journey(fixed).findings == ()
    assert pathway(fixed, "booking")["bindings"] == {"years": "age_in_years"}


def test_everything_wrong_is_told_at_once() -> None:
    draft = sound()
    for name, (_, _, change) in ERRORS.items():
        if name in (
            "a key that is none",
            "a next that is not there",
            "a merge rule of another type",
            "an intent that says there is none",
        ):
            change(draft)
    assert {f.code for f in findings(draft)} >= {"shape", "unknown_pathway", "merge_type", "no_intent"}


@pytest.mark.parametrize(
    "draft",
    [
        {},
        {"pathways": 3, "transitions": "x", "agents": [], "entry": None},
        {"pathways": [3, None, {"id": 4}, {"id": "a", "signature": 1}], "transitions": [None, {}, {"trigger": {}}]},
        {
            "name": "X",
            "entry": "a",
            "pathways": [{"id": "a", "bindings": 5, "agents": [1], "on_error": []}],
            "agents": {"b": 1},
        },
        {"schema_version": 99, "name": "X", "entry": "a", "pathways": [{"id": "a"}]},
        {"patterns": 1, "variables": [1], "context": {"a": 1}, "hooks": [{}], "intent_model": 3, "pathways": [{"id": "a"}]},
    ],
)
def test_a_draft_of_any_shape_is_told_and_never_breaks_the_check(draft: Draft) -> None:
    found = findings(draft)
    assert any(f.severity == "error" for f in found)
    assert all(f.what and f.how for f in found)


def test_what_the_catalogs_say_of_agents_is_told_with_a_fix_where_the_journey_may_change_it() -> None:
    draft = broken(lambda d: d["agents"]["booker"].update(tools=[{"name": "teleport"}]))
    facts = Facts(problems={"booker": ({"where": "tools[0]", "message": "names the unknown tool 'teleport'"},)})
    (finding,) = [f for f in findings(draft, facts) if f.code == "tool"]
    assert (finding.where, str(finding.focus)) == ("agents.booker.tools[0]", "agent:booker:tools")
    fixed = apply_edits(draft, read_edits(list(finding.fixes[0].ops))).draft
    assert fixed["agents"]["booker"]["tools"] == []


def test_a_provider_that_cannot_answer_is_a_warning_told_once() -> None:
    facts = Facts(default_provider="openai", keys={"openai": "no key is set"})
    found = [f for f in findings(sound(), facts) if f.code == "key_missing"]
    assert [f.severity for f in found] == ["warning"]
    assert "openai, which cannot answer now: no key is set" in found[0].what


def test_a_field_that_nothing_reads_is_a_warning() -> None:
    draft = sound()
    draft["pathways"].pop()  # the questions, which are given the whole context
    draft["transitions"].pop(0)
    draft["agents"]["booker"]["signature"]["outputs"].append(some("ideas"))
    pathway(draft, "booking")["accumulate"].append("ideas")
    found = findings(draft)
    assert [(f.code, f.where) for f in found] == [("never_read", "pathways.booking.accumulate.ideas")]
    fixed = apply_edits(draft, read_edits(list(found[0].fixes[0].ops))).draft
    assert findings(fixed) == []


def test_an_input_that_one_way_does_not_bring_is_no_fault_where_a_transition_waits_for_that() -> None:
    def change(draft: Draft) -> None:
        draft["transitions"].append({"id": "book", "to_pathway": "booking", "trigger": intent("book now")})
        missing = {"kind": "event", "event": "error", "code": "missing_input"}
        draft["transitions"].append({"id": "wait", "to_pathway": "intake", "from_pathways": ["booking"], "trigger": missing})

    assert "unbound_input" not in {f.code for f in findings(broken(change))}


def test_an_empty_draft_has_one_error_which_says_what_to_add_first() -> None:
    empty = {"kind": "journey", "name": "New", "entry": "", "pathways": [], "transitions": [], "agents": {}}
    assert [f.code for f in check_journey(empty, Facts()).findings if f.severity == "error"] == ["no_pathway"]
