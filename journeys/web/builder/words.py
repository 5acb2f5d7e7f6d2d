"""What people read at the fields of a journey's parts, and which of them are choices from what the draft has."""

from __future__ import annotations

from typing import Any

from agents.core.forms.objects import Word, Words
from agents.core.pipelines.catalog import get_pattern, pattern_names
from journeys.core.editing.draft import agents_of, pathways_of, rows_of, texts_of
from journeys.core.editing.op import title_of
from journeys.core.names import ANYWHERE, END

Draft = dict[str, Any]
Options = tuple[tuple[str, str], ...]
AREA, EXPRESSION = "area", "text"
CEL = "A condition such as size(symptoms) > 0 && user.adult; empty: none."
PHRASED = ("correction", "cancel", "hand_over")
BACK: Options = (("previous", "Where it came from"), ("entry", "The entry"))
RETRY: Options = (
    ("fail", "Fail the turn"),
    ("retry", "Ask again, with the reason"),
    ("reply", "Answer with a text"),
    ("pathway", "Go to an error pathway"),
)


def journey_words(draft: Draft) -> Words:
    """Fields of the journey itself; its parts have their own forms."""
    hidden = ("kind", "schema_version", "pathways", "transitions", "agents", "variables", "context", "entry")
    return {
        **{name: Word(hidden=True) for name in hidden},
        "description": Word("What it is for", kind=AREA),
        "greeting": Word("Greeting", "What is said before the person writes.", AREA),
        "guidelines": Word("Guidelines, one a line", "For every pathway and agent."),
        "end_message": Word("Last words", "What is said when the journey ends.", AREA),
        "max_depth": Word("Pathways that may wait for a return"),
        "max_context_bytes": Word("Size of the context", unit="bytes"),
        "session_ttl_s": Word("A session ends after", "Without a word for so long.", unit="seconds", placeholder="never"),
        "intent_cache_s": Word("A detected intent counts for", unit="seconds"),
        "budget_microusd": Word("Budget of a turn", unit="millionths of a US dollar", placeholder="no limit"),
        "intent_model": Word("Model that detects intents", "As JSON; empty: the organization's own."),
        "patterns": Word("Conversation patterns"),
        **{f"patterns.{name}.enabled": Word("On") for name in (*PHRASED, "clarify", "fallback")},
        **{
            f"patterns.{name}.examples": Word("How people say it, one a line") for name in ("correction", "cancel", "hand_over")
        },
        "patterns.cancel.to": Word(
            "Goes to", options=(("previous", "Where it came from"), ("entry", "The entry"), *targets(draft))
        ),
        "patterns.cancel.confirm": Word("Ask first"),
        "patterns.digression.resume": Word("When a detour is over", "May hold {title}; empty: nothing is said.", AREA),
        "patterns.fallback.pathway": Word("Then to", options=(("", "no pathway"), *pathways(draft))),
        "patterns.fallback.after": Word("After so many in a row"),
        "patterns.hand_over": Word("Hand-over to a person"),
        "patterns.hand_over.wait_s": Word("Waits for a person at most", unit="seconds", placeholder="as long as it takes"),
        "patterns.hand_over.then": Word(
            "When nobody came", options=(("agent", "the journey answers again"), ("end", "the conversation ends"))
        ),
        "patterns.hand_over.late": Word("Is told then", kind=AREA),
        "hooks": Word("Hooks", "Code of the catalog at one of nine events; those before an event may veto it."),
        "hooks.params": Word("Parameters, as JSON"),
    }


def pathway_words(draft: Draft, row: Draft, outputs: list[str]) -> Words:
    known, alone = tuple((name, name) for name in outputs), len(texts_of(row, "agents")) < 2
    return {
        "id": Word(hidden=True),
        "signature": Word(hidden=True),
        "agents": Word(hidden=True),
        "bindings": Word(hidden=True),
        "description": Word("What happens here", kind=AREA),
        "guidelines": Word("Guidelines, one a line"),
        "pipeline": Word("Its agents work", options=tuple((n, get_pattern(n).title) for n in pattern_names()), hidden=alone),
        "pipeline_params": Word("How, as JSON", hidden=alone),
        "accumulate": Word("Gathers", "Outputs that enter the context.", options=known, many=True),
        "merge": Word("How it is joined with what is known", "Such as field = append, one a line; else replaced.", "pairs"),
        "complete_when": Word("Is complete with", "Field names, one a line; empty: with all that it gathers."),
        "complete_if": Word("And if", CEL, EXPRESSION),
        "next": Word("Then", options=(("", "nothing: it stays"), *targets(draft, row["id"]))),
        "return_behavior": Word("Goes back when it is complete"),
        "return_behavior.kind": Word(
            "To",
            options=(("", "nowhere"), ("previous", "where it came from"), ("specific", "one pathway"), ("entry", "the entry")),
        ),
        "return_behavior.target": Word("Which pathway", options=(("", "none"), *pathways(draft))),
        "return_behavior.preserve_context": Word("Keep what the detour added"),
        "return_behavior.max_depth": Word("Pathways that may wait"),
        "response_field": Word("Answers with", "The output that the person reads.", placeholder="response"),
        "suggestions": Word("Suggested messages, one a line"),
        "timeout_s": Word("Time limit of a turn", unit="seconds", placeholder="none"),
        "on_error": Word("When it fails"),
        "on_error.mode": Word("Then", options=RETRY),
        "on_error.retries": Word("Attempts"),
        "on_error.reply": Word("The text", kind=AREA),
        "on_error.pathway": Word("The error pathway", options=(("", "none"), *pathways(draft))),
    }


def transition_words(draft: Draft) -> Words:
    return {
        "id": Word(hidden=True),
        "label": Word("Label", "What the map shows; empty: its trigger."),
        "trigger": Word("Is taken when"),
        "trigger.kind": Word(
            "Trigger",
            options=(
                ("intent", "the message means an intent"),
                ("condition", "a condition is true"),
                ("event", "something happens"),
                ("always", "always"),
            ),
        ),
        "trigger.intents": Word("Intents, one a line"),
        "trigger.examples": Word("Messages that mean it, one a line"),
        "trigger.demo_patterns": Word("Patterns for the demo model", "re: and a pattern, one a line; for it alone."),
        "trigger.confidence_threshold": Word("From confidence", unit="0 to 1"),
        "trigger.expression": Word("Condition", CEL, EXPRESSION),
        "trigger.on": Word("Asked", options=(("message", "before anything answers"), ("answer", "after the answer"))),
        "trigger.event": Word("Event"),
        "trigger.after_s": Word("After", unit="seconds"),
        "to_pathway": Word("Goes to", options=targets(draft)),
        "from_pathways": Word("From", options=((ANYWHERE, "anywhere"), *pathways(draft)), many=True),
        "priority": Word("Priority", "Higher is asked first."),
        "push": Word("Remember where it came from, so that a return can go back"),
        "guard": Word("Only if", CEL, EXPRESSION),
        "context_update": Word("Changes of the context"),
        "context_update.value": Word("Value, as JSON"),
    }


def pathways(draft: Draft) -> Options:
    return tuple((row["id"], title_of(row)) for row in pathways_of(draft))


def targets(draft: Draft, but: str = "") -> Options:
    """Where a move may go: every pathway but one, and the end."""
    return (*(pair for pair in pathways(draft) if pair[0] != but), (END, "The end of the journey"))


def outputs_of(draft: Draft, row: Draft, published: Draft) -> list[str]:
    """The output fields that a pathway brings, as far as its agents are known."""
    own = agents_of(draft)
    specs = [own.get(name) or published.get(name) for name in texts_of(row, "agents")]
    signatures = [row.get("signature"), *(spec.get("signature") for spec in specs if isinstance(spec, dict))]
    found = [f["name"] for s in signatures for f in rows_of(s, "outputs") if isinstance(f.get("name"), str)]
    return list(dict.fromkeys((*found, *texts_of(row, "accumulate"))))
