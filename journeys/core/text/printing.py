"""A journey as Python source that compiles to an equal spec: every word of it, defaults left out, in one order."""

from __future__ import annotations

import re

from agents.core.declare.agent import snake_case
from agents.core.spec.layout import literal, word_line
from agents.core.spec.printing import Printer, docstring, field_args, listed
from agents.core.spec.types import FieldSpec
from journeys import __all__ as WORDS  # noqa: N812 - the words of the language
from journeys.core.spec import ErrorRecoverySpec, JourneySpec, PathwaySpec, PatternsSpec, ReturnSpec
from journeys.core.text.printing_moves import print_transition

_CONFIG = (
    ("max_depth", "max_pathway_depth"),
    ("max_context_bytes", "max_context_size_bytes"),
    ("budget_microusd", "budget_microusd"),
    ("intent_cache_s", "intent_cache_ttl_seconds"),
    ("session_ttl_s", "session_ttl_seconds"),
)


def print_journey(spec: JourneySpec) -> str:
    """A module that defines the journey's class, its agents and signatures."""
    printer = Printer(spec, dict.fromkeys(WORDS, "journeys"))
    agents = {name: printer.runnable(spec.agents[name]) for name in sorted(spec.agents)}
    words = _words(printer, spec, agents)
    pathways = [_pathway(printer, pathway) for pathway in spec.pathways]
    name = printer.new_name(spec.name)
    if name != spec.name:
        words = {"__title__": repr(spec.name), **words}
    head = [f"class {name}({printer.use('Journey')}):", *docstring(spec.description, "__description__")]
    printer.add("\n\n".join(["\n".join([*head, *(word_line(word, value) for word, value in words.items())]), *pathways]))
    return printer.source()


def _words(printer: Printer, spec: JourneySpec, agents: dict[str, str]) -> dict[str, str]:
    words = {"__entry_pathway__": repr(spec.entry)}
    for word, text in (("__greeting__", spec.greeting), ("__end_message__", spec.end_message)):
        if text:
            words[word] = repr(text)
    if spec.guidelines:
        words["__guidelines__"] = literal(spec.guidelines)
    for word, fields in (("__variables__", spec.variables), ("__context__", spec.context)):
        if fields:
            words[word] = _variables(printer, fields)
    if agents:
        words["__agents__"] = "{" + ", ".join(f"{name!r}: {cls}" for name, cls in agents.items()) + "}"
    config = _config(spec)
    if config:
        words["__config__"] = f"{printer.use('JourneyConfig')}({', '.join(config)})"
    if spec.patterns != PatternsSpec():
        words["__patterns__"] = printer.call(spec.patterns, "Patterns")
    if spec.hooks:
        words["__hooks__"] = listed(printer.call(hook) for hook in spec.hooks)
    if spec.transitions:
        words["__transitions__"] = listed(print_transition(printer, transition) for transition in spec.transitions)
    return words


def _config(spec: JourneySpec) -> list[str]:
    model = dict(spec.intent_model)
    args = []
    for key, name in (("provider", "intent_detection_provider"), ("model", "intent_detection_model")):
        if isinstance(model.get(key), str):
            args.append(f"{name}={model.pop(key)!r}")
    for field, name in _CONFIG:
        if getattr(spec, field) != JourneySpec.model_fields[field].default:
            args.append(f"{name}={getattr(spec, field)!r}")
    if model:
        args.append(f"intent_model_options={literal(model)}")
    return args


def _variables(printer: Printer, fields: tuple[FieldSpec, ...]) -> str:
    pairs = []
    for field in fields:
        args = [printer.annotation(field.type), *field_args(field)]
        pairs.append(f"{field.name!r}: {printer.use('Variable')}({', '.join(args)})")
    return "{" + ", ".join(pairs) + "}"


def _pathway(printer: Printer, pathway: PathwaySpec) -> str:
    name = _class_name(pathway.id)
    words: dict[str, str] = {}
    if _id_of(name) != pathway.id:
        words["__id__"] = repr(pathway.id)
    if pathway.title:
        words["__title__"] = repr(pathway.title)
    if pathway.description:
        words["__description__"] = repr(pathway.description)
    if pathway.signature:
        words["__signature__"] = printer.signature(pathway.signature)
    for field in _PLAIN:
        if getattr(pathway, field) != PathwaySpec.model_fields[field].default:
            words[f"__{field}__"] = literal(getattr(pathway, field))
    if pathway.return_behavior:
        words["__return_behavior__"] = _returns(printer, pathway.return_behavior)
    if pathway.on_error != ErrorRecoverySpec():
        words["__on_error__"] = printer.call(pathway.on_error, "ErrorRecovery")
    body = [word_line(word, value, 8) for word, value in words.items()] or ["        pass"]
    return "\n".join([f"    class {name}({printer.use('Pathway')}):", *body])


_PLAIN = (
    "agents",
    "pipeline",
    "pipeline_params",
    "bindings",
    "guidelines",
    "accumulate",
    "merge",
    "complete_when",
    "complete_if",
    "next",
    "response_field",
    "suggestions",
    "timeout_s",
)


def _returns(printer: Printer, behaviour: ReturnSpec) -> str:
    if behaviour.target and behaviour.kind != "specific":
        return printer.call(behaviour)
    name = {"previous": "ReturnToPrevious", "specific": "ReturnToSpecific", "entry": "ReturnToEntry"}[behaviour.kind]
    args = [repr(behaviour.target)] if behaviour.kind == "specific" else []
    for field in ("preserve_context", "max_depth"):
        if getattr(behaviour, field) != ReturnSpec.model_fields[field].default:
            args.append(f"{field}={getattr(behaviour, field)!r}")
    return f"{printer.use(name)}({', '.join(args)})"


def _class_name(pathway_id: str) -> str:
    """``faq_help`` as ``FaqHelpPath``; ids that differ only in underscores keep them apart."""
    camel = "".join(part.capitalize() for part in pathway_id.split("_")) + "Path"
    return camel if _id_of(camel) == pathway_id else f"{pathway_id}_Path"


def _id_of(class_name: str) -> str:
    return snake_case(re.sub(r"(Pathway|Path)$", "", class_name))
