"""A draft as the form of its page: sections of controls. Total as well: a draft of any shape is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agents.core.forms.controls import Control, Drawing, number_text, shown, shown_lines
from agents.core.forms.fields import FieldRow, draw_fields
from agents.core.forms.params import draw_params
from agents.core.forms.reading import MICRO, schema_of
from agents.core.spec.permissions import PermissionMode, PermissionType
from agents.core.strategies.catalog import get_strategy, strategy_names

_MODES = {
    PermissionMode.DEFAULT: "Default: safe and low danger runs, the rest asks",
    PermissionMode.ACCEPT_EDITS: "Accept edits: also changes workspace files unasked",
    PermissionMode.PLAN: "Plan: only tools that read",
    PermissionMode.BYPASS: "Bypass: nothing asks; denials still deny",
}
_RULES = {PermissionType.ALLOW: "Allow", PermissionType.ASK: "Ask", PermissionType.DENY: "Deny"}


@dataclass(frozen=True, slots=True)
class RuleRow:
    name: str
    pattern: Control
    kind: Control
    priority: Control
    reason: Control


@dataclass(frozen=True, slots=True)
class ToolPolicy:
    """The controls of one chosen tool."""

    ask: Control
    quorum: Control
    other_person: Control
    expires: Control


@dataclass(frozen=True, slots=True)
class AgentForm:
    """Everything the page of an agent edits; ``names`` are those of all its controls."""

    about: tuple[Control, ...]
    words: tuple[Control, ...]
    inputs: tuple[FieldRow, ...]
    outputs: tuple[FieldRow, ...]
    strategy: Control
    params: tuple[Control, ...]
    tools: dict[str, ToolPolicy]
    mode: Control
    lists: tuple[Control, ...]
    rules: tuple[RuleRow, ...]
    model: tuple[Control, ...]
    limits: tuple[Control, ...]
    demo: Control
    names: frozenset[str]


def draw_form(
    draft: Mapping[str, Any],
    errors: Mapping[str, str],
    *,
    providers: Sequence[tuple[str, str]],
    models: Sequence[str] = (),
) -> AgentForm:
    draw = Drawing(errors)
    signature, permissions = _dict(draft, "signature"), _dict(draft, "permissions")
    return AgentForm(
        about=_about(draw, draft),
        words=_words(draw, signature),
        inputs=draw_fields(draw, "signature.inputs", signature.get("inputs")),
        outputs=draw_fields(draw, "signature.outputs", signature.get("outputs")),
        strategy=_strategy(draw, draft),
        params=_params(draw, draft),
        tools={
            tool["name"]: _tool(draw, tool)
            for tool in _list(draft, "tools")
            if isinstance(tool, dict) and isinstance(tool.get("name"), str)
        },
        mode=draw.control(
            "permissions.mode",
            "Mode",
            permissions.get("mode", "default"),
            "select",
            options=_with(tuple((m.value, label) for m, label in _MODES.items()), permissions.get("mode", "default")),
        ),
        lists=_tool_lists(draw, permissions),
        rules=tuple(_rule(draw, f"permissions.rules[{n}]", rule) for n, rule in enumerate(_list(permissions, "rules"))),
        model=_model(draw, _dict(draft, "model"), providers, models),
        limits=_limits(draw, draft),
        demo=draw.control(
            "demo",
            "Rules of the demo model",
            draft.get("demo") or None,
            "json",
            lines=6,
            hint="What the demo model answers, as JSON: it is no AI and follows these rules, or guesses by type.",
        ),
        names=frozenset(draw.names),
    )


def _about(draw: Drawing, draft: Mapping[str, Any]) -> tuple[Control, ...]:
    return (
        draw.control("name", "Name", draft.get("name"), required=True),
        draw.control(
            "description",
            "What it is for",
            draft.get("description"),
            "area",
            placeholder="One sentence for people who choose it",
        ),
    )


def _words(draw: Drawing, signature: Mapping[str, Any]) -> tuple[Control, ...]:
    return (
        draw.control(
            "signature.instructions",
            "Instructions",
            signature.get("instructions"),
            "area",
            lines=5,
            placeholder="What the model is to do, in plain sentences",
        ),
        draw.control(
            "signature.intent", "Purpose", signature.get("intent"), placeholder="Why: the aim behind the instructions"
        ),
        draw.control(
            "signature.guidelines",
            "Guidelines, one a line",
            shown_lines(signature.get("guidelines")),
            "lines",
            lines=3,
            placeholder="Never promise a delivery date",
        ),
        draw.control(
            "signature.name",
            "Name of the signature",
            signature.get("name"),
            hint="In Python and in logs. Empty: the agent's name.",
        ),
    )


def _strategy(draw: Drawing, draft: Mapping[str, Any]) -> Control:
    options = tuple((name, get_strategy(name).title) for name in strategy_names())
    chosen = shown(draft.get("strategy", "single_shot"))
    return draw.control("strategy", "Strategy", chosen, "select", options=_with(options, chosen), redraws=True)


def _params(draw: Drawing, draft: Mapping[str, Any]) -> tuple[Control, ...]:
    schema, params = schema_of(shown(draft.get("strategy", "single_shot"))), draft.get("strategy_params")
    if schema is None:
        return (draw.control("strategy_params", "Parameters, as JSON", params, "json", lines=4),) if params else ()
    return draw_params(draw, "strategy_params", schema, params)


def _tool(draw: Drawing, tool: Mapping[str, Any]) -> ToolPolicy:
    name = f"tools[{tool['name']}]"
    draw.names.add(f"{name}.use")
    return ToolPolicy(
        ask=draw.control(f"{name}.ask", "Ask a person before each call", tool.get("ask"), "switch", redraws=True),
        quorum=draw.control(
            f"{name}.quorum", "Approvals needed", tool.get("quorum", 1), "number", low="1", high="20", step="1"
        ),
        other_person=draw.control(
            f"{name}.other_person", "Not by the person who started the run", tool.get("other_person"), "switch"
        ),
        expires=draw.control(
            f"{name}.expires_s",
            "Rejected by itself after",
            tool.get("expires_s"),
            "number",
            low="0",
            step="any",
            unit="seconds",
            placeholder="never",
        ),
    )


def _tool_lists(draw: Drawing, permissions: Mapping[str, Any]) -> tuple[Control, ...]:
    words = (
        ("allowed_tools", "Always allowed", "Exact names, one a line. They run without asking."),
        ("denied_tools", "Always denied", "Exact names, one a line. A denial beats everything else."),
    )
    return tuple(
        draw.control(f"permissions.{name}", label, shown_lines(permissions.get(name)), "lines", hint=hint)
        for name, label, hint in words
    )


def _rule(draw: Drawing, name: str, rule: Any) -> RuleRow:
    data = rule if isinstance(rule, dict) else {}
    kind = shown(data.get("permission_type", "ask"))
    options = _with(tuple((k.value, label) for k, label in _RULES.items()), kind)
    return RuleRow(
        name,
        draw.control(f"{name}.pattern", "Tool names that match", data.get("pattern"), placeholder="http_.*"),
        draw.control(f"{name}.permission_type", "Decision", kind, "select", options=options),
        draw.control(f"{name}.priority", "Priority", data.get("priority", 0), "number", step="1"),
        draw.control(f"{name}.reason", "Reason, shown to people", data.get("reason")),
    )


def _model(
    draw: Drawing, model: Mapping[str, Any], providers: Sequence[tuple[str, str]], suggestions: Sequence[str]
) -> tuple[Control, ...]:
    provider = shown(model.get("provider", "default"))
    return (
        draw.control("model.provider", "Provider", provider, "select", options=_with(tuple(providers), provider), redraws=True),
        draw.control("model.model", "Model", model.get("model"), placeholder="the usual one", suggestions=tuple(suggestions)),
        draw.control(
            "model.temperature",
            "Temperature",
            model.get("temperature"),
            "number",
            low="0",
            high="2",
            step="any",
            unit="0 to 2",
            placeholder="the model's own",
        ),
        draw.control(
            "model.max_tokens",
            "Longest answer",
            model.get("max_tokens"),
            "number",
            low="1",
            step="1",
            unit="tokens",
            placeholder="no limit",
        ),
        draw.control(
            "model.timeout_s",
            "Time-out of a request",
            model.get("timeout_s", 60),
            "number",
            low="0",
            step="any",
            unit="seconds",
        ),
        draw.control(
            "model.max_retries", "Retries", model.get("max_retries", 2), "number", low="0", high="10", step="1", unit="0 to 10"
        ),
    )


def _limits(draw: Drawing, draft: Mapping[str, Any]) -> tuple[Control, ...]:
    limits, budget = _dict(draft, "limits"), draft.get("budget_microusd")
    dollars = number_text(budget / MICRO) if isinstance(budget, int | float) and not isinstance(budget, bool) else budget
    none = {"low": "0", "step": "any", "placeholder": "no limit"}
    return (
        draw.control("budget_microusd", "Money", dollars, "text", unit="US dollars", placeholder="no limit"),
        draw.control("limits.tokens", "Tokens", limits.get("tokens"), "number", unit="in and out", **none),
        draw.control("limits.calls", "Model calls", limits.get("calls"), "number", **none),
        draw.control("limits.seconds", "Working time", limits.get("seconds"), "number", unit="seconds", **none),
        draw.control(
            "max_repairs",
            "Repairs of an answer",
            draft.get("max_repairs", 2),
            "number",
            low="0",
            high="10",
            step="1",
            unit="0 to 10",
        ),
    )


def _with(options: tuple[tuple[str, str], ...], value: Any) -> tuple[tuple[str, str], ...]:
    """``options``, and the present value where it is none of them: it must not be lost by saving something else."""
    text = shown(value)
    return options if text in dict(options) else (*options, (text, f"{text} (unknown)"))


def _dict(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = data.get(name)
    return value if isinstance(value, dict) else {}


def _list(data: Mapping[str, Any], name: str) -> list[Any]:
    value = data.get(name)
    return value if isinstance(value, list | tuple) else []  # type: ignore[return-value]
