"""The words of a journey class beyond intents: conditions, events, updates, recovery, variables, and what they refuse."""

from __future__ import annotations

from typing import Any

import pytest

from journeys import (
    Append,
    ConditionTrigger,
    ErrorRecovery,
    EventTrigger,
    HookUse,
    IntentTrigger,
    Journey,
    JourneyConfig,
    Pathway,
    Patterns,
    Transition,
    Variable,
)
from journeys.core.spec import JourneySpec


def made(config: JourneyConfig | None = None, **words: Any) -> JourneySpec:
    class IntakePath(Pathway):
        pass

    space = {f"__{name}__": value for name, value in words.items()}
    journey: type[Journey] = type(
        "Made", (Journey,), {"IntakePath": IntakePath, "__config__": config or JourneyConfig(), **space}
    )
    return journey.spec


def moved(transition: Transition) -> Any:
    return made(transitions=[transition]).transitions[0]


def test_a_function_as_condition_is_refused_with_the_reason() -> None:
    with pytest.raises(TypeError, match="is a function, which cannot be kept: a journey is stored"):
        moved(Transition(ConditionTrigger(lambda context: True)))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"Transition\.guard is a function"):
        moved(Transition(ConditionTrigger("true"), guard=lambda: True))  # type: ignore[arg-type]


def test_the_short_form_of_updates_and_the_words_say_the_same() -> None:
    short = moved(Transition(ConditionTrigger("true"), context_update={"a": "append:b", "c": "set:x:y", "d": "copy:e"}))
    assert [(u.op, u.field, u.value, u.source) for u in short.context_update] == [
        ("append", "a", None, "b"),
        ("set", "c", "x:y", ""),
        ("copy", "d", None, "e"),
    ]


@pytest.mark.parametrize(
    ("update", "says"),
    [
        ({"a": "move:b"}, "allowed: "),
        ({"a": ""}, "allowed: "),
        ({1: "b"}, "names of context fields"),
        ("a", "must be a list of Set, Copy, Append and Remove"),
        (["a"], "lists Set, Copy, Append and Remove"),
        ([Append("a")], "takes a value or a source"),
        ({"a": {1, object()}}, "no JSON value"),
    ],
)
def test_a_wrong_update_is_refused_with_what_is_allowed(update: Any, says: str) -> None:
    with pytest.raises(TypeError, match=says):
        moved(Transition(ConditionTrigger("true"), context_update=update))


def test_from_pathways_is_another_word_for_from_pathway() -> None:
    assert moved(Transition(IntentTrigger(["x"]), from_pathways=["intake"])).from_pathways == ("intake",)
    assert moved(Transition(IntentTrigger(["x"]))).from_pathways == ("*",)
    with pytest.raises(TypeError, match="two words for one thing"):
        moved(Transition(IntentTrigger(["x"]), from_pathway="*", from_pathways=["intake"]))


def test_an_event_names_its_event_or_says_which_there_are() -> None:
    assert moved(Transition(EventTrigger("inactivity", after_s=60))).trigger.after_s == 60
    with pytest.raises(TypeError, match="'timeout', 'inactivity', 'tool_result' or 'error'"):
        moved(Transition(EventTrigger("later")))  # type: ignore[arg-type]


def test_the_config_holds_for_every_pathway_that_says_nothing_else() -> None:
    config = JourneyConfig(
        pathway_timeout_seconds=5,
        error_recovery=ErrorRecovery(mode="retry"),
        session_ttl_seconds=60,
        intent_cache_ttl_seconds=0,
    )
    spec = made(config)
    assert (spec.session_ttl_s, spec.intent_cache_s) == (60, 0)
    assert (spec.pathways[0].timeout_s, spec.pathways[0].on_error.mode) == (5, "retry")


def test_variables_have_types_and_bounds() -> None:
    spec = made(variables={"plan": Variable(str, "Their plan", default="free"), "age": Variable(int, ge=0), "tags": list[str]})
    assert [(f.name, f.type.kind, f.required, f.default) for f in spec.variables] == [
        ("plan", "str", False, "free"),
        ("age", "int", True, None),
        ("tags", "list", True, None),
    ]
    with pytest.raises(TypeError, match=r"Made\.__context__\['x'\]: .* is not a type a field can have"):
        made(context={"x": object})
    with pytest.raises(TypeError, match="must be a dict from name to Variable"):
        made(variables=["plan"])


@pytest.mark.parametrize(
    ("word", "value", "says"),
    [
        ("patterns", {"cancel": True}, r"must be Patterns\(\.\.\.\)"),
        ("hooks", ["log"], r"must list HookUse\(\.\.\.\)"),
        ("guidelines", "Be kind", "must be a list of texts"),
    ],
)
def test_a_word_with_a_value_of_another_kind_is_refused(word: str, value: Any, says: str) -> None:
    with pytest.raises(TypeError, match=says):
        made(**{word: value})


def test_patterns_and_hooks_are_kept_as_they_are() -> None:
    hook = HookUse(event="pre_transition", hook="log", params={"level": "info"})
    spec = made(patterns=Patterns(), hooks=[hook], guidelines=["Be kind"])
    assert (spec.hooks, spec.guidelines) == ((hook,), ("Be kind",))
