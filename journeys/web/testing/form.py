"""The form of a test case: read into plain values, changed by its buttons, drawn from the assertion catalog's schemas.

Values stay texts until the case is parsed, so that nothing a person typed is lost by what is wrong with it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from journeys.core.testing.assertions.catalog import CATALOG, get_assertion
from journeys.core.testing.case import TestCase
from journeys.services.testing.cases import parse_case
from trust.core.errors import Invalid, Problem

LISTS = {"pathway", "transition", "intent", "field", "tool"}  # parameters with suggestions from the journey
MOST = 100


@dataclass
class FormExpectation:
    check: str
    values: dict[str, str] = field(default_factory=dict)


@dataclass
class FormDecision:
    decision: str = "approve"
    text: str = ""  # the reason of a rejection, the answer to a question, the arguments of an edit


@dataclass
class FormTurn:
    says: str = ""
    silence: str = ""
    simulate: str = ""
    tool: str = ""
    decisions: list[FormDecision] = field(default_factory=list)
    expect: list[FormExpectation] = field(default_factory=list)


@dataclass
class CaseForm:
    """A case as it stands in the form."""

    name: str = ""
    description: str = ""
    context: str = ""
    variables: str = ""
    tools: str = ""
    turns: list[FormTurn] = field(default_factory=lambda: [FormTurn()])
    expect: list[FormExpectation] = field(default_factory=list)


def form_of(case: TestCase) -> CaseForm:
    data = case.model_dump(mode="json")
    return CaseForm(
        name=case.name,
        description=case.description,
        context=_pretty(data["context"]),
        variables=_pretty(data["variables"]),
        tools=_pretty(case.model_dump(mode="json", exclude_defaults=True).get("tools")),
        turns=[
            FormTurn(
                turn["says"],
                "" if turn["silence_s"] is None else f"{turn['silence_s']:g}",
                turn["simulate"],
                turn["tool"],
                [_decision(d) for d in turn["decisions"]],
                [_expectation(e) for e in turn["expect"]],
            )
            for turn in data["turns"]
        ],
        expect=[_expectation(e) for e in data["expect"]],
    )


def read_form(post: QueryDict) -> CaseForm:
    """What the person has typed, in the order of the page."""
    turns = []
    for n in _numbers(post, r"turn-(\d+)-says"):
        place = f"turn-{n}"
        said = [
            FormDecision(post.get(f"{place}-decision-{m}", ""), post.get(f"{place}-decision-{m}-text", "").strip())
            for m in _numbers(post, rf"{place}-decision-(\d+)")
        ]
        given = {name: post.get(f"{place}-{name}", "").strip() for name in ("says", "silence", "simulate", "tool")}
        turns.append(FormTurn(**given, decisions=said, expect=_expectations(post, f"{place}-expect")))
    texts = {name: post.get(name, "").strip() for name in ("name", "description", "context", "variables", "tools")}
    return CaseForm(**texts, turns=turns or [FormTurn()], expect=_expectations(post, "expect"))


def apply_button(form: CaseForm, act: str, post: QueryDict) -> None:
    """``add-turn``, ``add-decision-<turn>``, ``add-expect-<turn>``, ``add-final`` and their ``drop-…``; others do nothing."""
    verb, _, rest = act.partition("-")
    what, *places = rest.split("-")
    at = [int(p) for p in places if p.isdecimal()]
    if verb == "add" and what == "turn" and len(form.turns) < MOST:
        form.turns.append(FormTurn())
    elif verb == "add" and what == "final":
        form.expect.append(FormExpectation(_chosen(post, "new-final")))
    elif what == "final" and at and at[0] < len(form.expect):
        del form.expect[at[0]]
    elif at and at[0] < len(form.turns):
        _change_turn(form, verb, what, at, post)


def parse_form(form: CaseForm) -> TestCase:
    """Raises ``Invalid`` that lists every fault, also texts that are no JSON."""
    problems: list[Problem] = []
    data: dict[str, Any] = {"name": form.name, "description": form.description}
    for name in ("context", "variables", "tools"):
        text = getattr(form, name)
        if text:
            data[name] = _json(name, text, problems)
    data["turns"] = [
        {
            "says": turn.says,
            "silence_s": turn.silence or None,
            "simulate": turn.simulate,
            "tool": turn.tool,
            "decisions": [_said(d, f"turns[{n}].decisions", problems) for d in turn.decisions],
            "expect": [_expected(e, f"turns[{n}].{e.check}", problems) for e in turn.expect],
        }
        for n, turn in enumerate(form.turns)
    ]
    data["expect"] = [_expected(e, e.check, problems) for e in form.expect]
    if problems:
        raise Invalid(problems=problems)
    return parse_case(data)


def draw(form: CaseForm) -> dict[str, Any]:
    """The form for its template: every control with its name, label and text."""
    return {
        "form": form,
        "turns": [
            {
                "number": n + 1,
                "place": n,
                "says": turn.says,
                "silence": turn.silence,
                "simulate": turn.simulate,
                "tool": turn.tool,
                "decisions": [{"place": m, "value": d.decision, "text": d.text} for m, d in enumerate(turn.decisions)],
                "expect": [_drawn(e, f"turn-{n}-expect-{m}", f"{n}-{m}") for m, e in enumerate(turn.expect)],
            }
            for n, turn in enumerate(form.turns)
        ],
        "final": [_drawn(e, f"expect-{m}", str(m)) for m, e in enumerate(form.expect)],
        "kinds": [(name, get_assertion(name).title) for name in CATALOG],
    }


def _drawn(expectation: FormExpectation, prefix: str, place: str) -> dict[str, Any]:
    assertion = get_assertion(expectation.check)
    schema = assertion.Params.model_json_schema()
    controls = []
    for name, each in schema["properties"].items():
        text = expectation.values.get(name, _shown(each.get("default")) if "default" in each else "")
        controls.append(
            {
                "name": f"{prefix}-p-{name}",
                "label": each.get("title", name),
                "hint": each.get("description", ""),
                "kind": _kind(each),
                "text": text,
                "checked": text == "true",
                "list": name if name in LISTS else "",
            }
        )
    return {"prefix": prefix, "place": place, "check": expectation.check, "title": assertion.title, "controls": controls}


def _kind(schema: Mapping[str, Any]) -> str:
    known = {"boolean": "checkbox", "integer": "number", "object": "long"}
    kind = known.get(str(schema.get("type", "")), "text")
    return "long" if schema.get("maxLength", 0) > 1000 else kind


def _change_turn(form: CaseForm, verb: str, what: str, at: list[int], post: QueryDict) -> None:
    turn = form.turns[at[0]]
    rows: list[Any] = turn.decisions if what == "decision" else turn.expect
    if verb == "drop" and what == "turn" and len(form.turns) > 1:
        del form.turns[at[0]]
    elif verb == "drop" and len(at) > 1 and at[1] < len(rows):
        del rows[at[1]]
    elif verb == "add" and what == "decision":
        turn.decisions.append(FormDecision())
    elif verb == "add" and what == "expect":
        turn.expect.append(FormExpectation(_chosen(post, f"turn-{at[0]}-new-check")))


def _chosen(post: QueryDict, name: str) -> str:
    wanted = post.get(name, "")
    return wanted if wanted in CATALOG else next(iter(CATALOG))


def _expectations(post: QueryDict, prefix: str) -> list[FormExpectation]:
    found = []
    for n in _numbers(post, rf"{prefix}-(\d+)-check"):
        check = post.get(f"{prefix}-{n}-check", "")
        if check not in CATALOG:
            continue
        values = {}
        for name, each in get_assertion(check).Params.model_json_schema()["properties"].items():
            text = post.get(f"{prefix}-{n}-p-{name}", "").strip()
            values[name] = ("true" if text else "false") if each.get("type") == "boolean" else text
        found.append(FormExpectation(check, values))
    return found


def _numbers(post: QueryDict, pattern: str) -> list[int]:
    found = {int(match.group(1)) for key in post if (match := re.fullmatch(pattern, key)) and len(match.group(1)) < 5}
    return sorted(found)[:MOST]


def _expectation(data: Mapping[str, Any]) -> FormExpectation:
    return FormExpectation(data["check"], {name: _shown(value) for name, value in data["params"].items()})


def _decision(data: Mapping[str, Any]) -> FormDecision:
    texts = {"reject": data["reason"], "answer": _shown(data["answer"]), "edit": _pretty(data["arguments"])}
    return FormDecision(data["decision"], texts.get(data["decision"], ""))


def _said(decision: FormDecision, where: str, problems: list[Problem]) -> dict[str, Any]:
    if decision.decision == "reject":
        return {"decision": "reject", "reason": decision.text}
    if decision.decision == "answer":
        return {"decision": "answer", "answer": _plain_or_json(decision.text) if decision.text else None}
    if decision.decision == "edit":
        return {"decision": "edit", "arguments": _json(where, decision.text or "{}", problems)}
    return {"decision": decision.decision}


def _expected(expectation: FormExpectation, where: str, problems: list[Problem]) -> dict[str, Any]:
    schema = get_assertion(expectation.check).Params.model_json_schema()
    params: dict[str, Any] = {}
    for name, each in schema["properties"].items():
        text = expectation.values.get(name, "")
        kind = each.get("type", "")
        if kind == "string":
            params[name] = text
        elif text == "" and kind:
            continue
        elif kind:
            params[name] = _json(f"{where}.{name}", text, problems)
        else:
            params[name] = _plain_or_json(text)
    return {"check": expectation.check, "params": params}


def _plain_or_json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _json(where: str, text: str, problems: list[Problem]) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        problems.append({"where": where, "message": f"this is no JSON: {error}"})
        return None


def _shown(value: Any) -> str:
    """A value as its control shows it: a text that would read as JSON stands in quotes."""
    if isinstance(value, str):
        return value if _plain_or_json(value) is value else json.dumps(value, ensure_ascii=False)
    return json.dumps(value, ensure_ascii=False) if value not in ({}, None) else ""


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) if value else ""
