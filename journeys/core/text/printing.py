"""A journey as Python source that compiles to an equal spec."""

from __future__ import annotations

import re

from agents.core.declare.agent import snake_case
from agents.core.spec.printing import Printer, docstring, listed
from journeys.core.names import END
from journeys.core.spec import IntentTriggerSpec, JourneySpec, PathwaySpec, ReturnSpec, TransitionSpec

_MOVES = ("IntentTrigger", "Journey", "JourneyConfig", "Pathway", "ReturnToPrevious", "ReturnToSpecific", "Transition")
_DEFAULT_DEPTH, _DEFAULT_BYTES = 10, 1_048_576


def print_journey(spec: JourneySpec) -> str:
    """A module that defines the journey's class, its agents and signatures."""
    printer = Printer(spec, dict.fromkeys(_MOVES, "journeys"))
    agents = {name: printer.runnable(agent) for name, agent in spec.agents.items()}
    pathways = [_pathway(printer, pathway) for pathway in spec.pathways]
    name = printer.new_name(spec.name)
    words = _words(printer, spec, agents)
    if name != spec.name:
        words = {"__title__": repr(spec.name), **words}
    head = [f"class {name}({printer.use('Journey')}):", *docstring(spec.description, "__description__")]
    lines = [f"    {word} = {value}" for word, value in words.items()]
    printer.add("\n\n".join(["\n".join([*head, *lines]), *pathways]))
    return printer.source()


def _words(printer: Printer, spec: JourneySpec, agents: dict[str, str]) -> dict[str, str]:
    words = {"__entry_pathway__": repr(spec.entry)}
    for word, text in (("__greeting__", spec.greeting), ("__end_message__", spec.end_message)):
        if text:
            words[word] = repr(text)
    if agents:
        words["__agents__"] = "{" + ", ".join(f"{name!r}: {cls}" for name, cls in agents.items()) + "}"
    config = _config(spec)
    if config:
        words["__config__"] = f"{printer.use('JourneyConfig')}({', '.join(config)})"
    if spec.transitions:
        words["__transitions__"] = listed(_transition(printer, transition) for transition in spec.transitions)
    return words


def _config(spec: JourneySpec) -> list[str]:
    model = dict(spec.intent_model)
    args = []
    for key, name in (("provider", "intent_detection_provider"), ("model", "intent_detection_model")):
        if isinstance(model.get(key), str):
            args.append(f"{name}={model.pop(key)!r}")
    if spec.max_depth != _DEFAULT_DEPTH:
        args.append(f"max_pathway_depth={spec.max_depth!r}")
    if spec.max_context_bytes != _DEFAULT_BYTES:
        args.append(f"max_context_size_bytes={spec.max_context_bytes!r}")
    if spec.budget_microusd is not None:
        args.append(f"budget_microusd={spec.budget_microusd!r}")
    if model:
        args.append(f"intent_model_options={model!r}")
    return args


def _transition(printer: Printer, transition: TransitionSpec) -> str:
    trigger = transition.trigger
    if not isinstance(trigger, IntentTriggerSpec):
        raise TypeError(f"a trigger of kind {trigger.kind!r} has no words in Python yet")
    parts = [f"intents={list(trigger.intents)!r}"]
    if trigger.description:
        parts.append(f"description={trigger.description!r}")
    for name in ("examples", "demo_patterns"):
        if getattr(trigger, name):
            parts.append(f"{name}={list(getattr(trigger, name))!r}")
    parts.append(f"confidence_threshold={trigger.confidence_threshold!r}")
    args = [f"trigger={printer.use('IntentTrigger')}({', '.join(parts)})"]
    args.append(f"to_pathway={None if transition.to_pathway == END else transition.to_pathway!r}")
    sources = transition.from_pathways
    args.append(f"from_pathway={(sources[0] if len(sources) == 1 else list(sources))!r}")
    if transition.priority:
        args.append(f"priority={transition.priority!r}")
    if not transition.push:
        args.append("push=False")
    return f"{printer.use('Transition')}({', '.join(args)})"


def _pathway(printer: Printer, pathway: PathwaySpec) -> str:
    name = _class_name(pathway.id)
    words: dict[str, str] = {}
    if _id_of(name) != pathway.id:
        words["__id__"] = repr(pathway.id)
    if pathway.title:
        words["__title__"] = repr(pathway.title)
    if pathway.signature:
        words["__signature__"] = printer.signature(pathway.signature)
    for field in ("agents", "guidelines", "accumulate", "complete_when", "suggestions"):
        if getattr(pathway, field):
            words[f"__{field}__"] = repr(list(getattr(pathway, field)))
    for field in ("bindings", "merge"):
        if getattr(pathway, field):
            words[f"__{field}__"] = repr(getattr(pathway, field))
    if pathway.next:
        words["__next__"] = repr(pathway.next)
    if pathway.return_behavior:
        words["__return_behavior__"] = _returns(printer, pathway.return_behavior)
    if pathway.response_field != "response":
        words["__response_field__"] = repr(pathway.response_field)
    body = [f"        {word} = {value}" for word, value in words.items()] or ["        pass"]
    return "\n".join([f"    class {name}({printer.use('Pathway')}):", *body])


def _returns(printer: Printer, behaviour: ReturnSpec) -> str:
    name = "ReturnToPrevious" if behaviour.kind == "previous" else "ReturnToSpecific"
    args = [] if behaviour.kind == "previous" else [repr(behaviour.target)]
    args += [f"preserve_context={behaviour.preserve_context!r}", f"max_depth={behaviour.max_depth!r}"]
    return f"{printer.use(name)}({', '.join(args)})"


def _class_name(pathway_id: str) -> str:
    """``faq_help`` as ``FaqHelpPath``; ids that differ only in underscores keep them apart."""
    camel = "".join(part.capitalize() for part in pathway_id.split("_")) + "Path"
    return camel if _id_of(camel) == pathway_id else f"{pathway_id}_Path"


def _id_of(class_name: str) -> str:
    return snake_case(re.sub(r"(Pathway|Path)$", "", class_name))
