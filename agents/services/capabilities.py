"""Whether the model of an agent can do what the agent needs: found when it is saved, not when it runs.

What is certain is a problem, what nobody knows a warning; so is all that depends on the organization's default model, which
may be another one tomorrow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from agents.adapters.llm.capabilities import Facts, find_able, find_facts
from agents.adapters.llm.catalog import ALIASES, PROVIDERS, Provider
from agents.adapters.llm.providers import DEFAULT, DefaultModel
from agents.core.spec.agent import AgentSpec
from agents.core.spec.pipeline import agents_in
from agents.core.spec.runnable import Spec
from agents.core.spec.types import DictType, FileType, ListType, ModelType, OptionalType, TypeSpec
from agents.services.access import load_access, providers_of, read_environ
from trust.core.errors import Problem

_SPEECH = ("transcription",)  # strategies that send sound to a model for speech and not to the one that chats


@dataclass(frozen=True, slots=True)
class Findings:
    """``problems`` keep a spec from being published, ``warnings`` do not."""

    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Need:
    ability: str  # a field of Facts
    where: str
    what: str
    able: str


def check_capabilities(organization_id: UUID, spec: Spec) -> Findings:
    """Every need of every agent in ``spec`` that its model does not, or perhaps does not, meet."""
    problems: list[Problem] = []
    warnings: list[Problem] = []
    default = cache(lambda: providers_of(load_access(organization_id)).default())
    for prefix, agent in agents_of(spec):
        needs = list(_needs(agent))
        if not needs and agent.model.max_tokens is None:
            continue
        is_default = agent.model.provider == DEFAULT
        provider, model = _model_of(default, agent)
        if provider is None:
            continue  # the catalog says so already
        facts = find_facts(provider, model)
        said = [_judge(need, facts, provider, model, is_default) for need in needs]
        said.append(_judge_length(agent, facts, provider, model))
        for certain, where, message in filter(None, said):
            found = problems if certain and not is_default else warnings
            found.append({"where": f"{prefix}{where}", "message": message})
    return Findings(tuple(problems), tuple(warnings))


def agents_of(spec: Spec) -> list[tuple[str, AgentSpec]]:
    """The agents in ``spec``, each with the beginning of its path."""
    return list(agents_in(spec))


def _needs(agent: AgentSpec) -> Iterator[_Need]:
    if agent.tools:
        yield _Need("tools", "tools", "the agent has tools", "call tools")
    for field in agent.signature.inputs:
        for accepts in _files(field.type):
            where = f"signature.inputs.{field.name}"
            if accepts == "image":
                yield _Need("vision", where, f"the input {field.name!r} is an image", "take images")
            elif accepts == "audio" and agent.strategy not in _SPEECH:
                yield _Need("audio", where, f"the input {field.name!r} is sound", "take sound")


def _files(kind: TypeSpec) -> Iterator[str]:
    if isinstance(kind, FileType):
        yield kind.accepts
    elif isinstance(kind, OptionalType | ListType | DictType):
        yield from _files(kind.of)
    elif isinstance(kind, ModelType):
        for field in kind.fields:
            yield from _files(field.type)


def _model_of(default: Callable[[], DefaultModel], agent: AgentSpec) -> tuple[Provider | None, str]:
    if agent.model.provider == DEFAULT:
        name, model = default().provider, agent.model.model or default().model
    else:
        name, model = agent.model.provider, agent.model.model
    provider = PROVIDERS.get(ALIASES.get(name, name))
    if provider is None:
        return None, ""
    return provider, model or read_environ().get(f"KAIZEN_{provider.name.upper()}_MODEL") or provider.model


def _judge(need: _Need, facts: Facts, provider: Provider, model: str, is_default: bool) -> tuple[bool, str, str] | None:
    able = getattr(facts, need.ability)
    if able:
        return None
    who = f"{provider.title} {model}".strip()
    which = f"the default model, {who}," if is_default else who
    if able is None:
        return False, need.where, f"{need.what}, and it is not known whether {which} can {need.able}: try it before others do"
    others = find_able(provider, need.ability)
    hint = f"; of {provider.title}, these can: {', '.join(others)}" if others else "; choose a model of another provider"
    return True, need.where, f"{need.what}, but {which} cannot {need.able}{hint}"


def _judge_length(agent: AgentSpec, facts: Facts, provider: Provider, model: str) -> tuple[bool, str, str] | None:
    asked, most = agent.model.max_tokens, facts.longest_output
    if asked is None or most is None or asked <= most:
        return None
    return False, "model.max_tokens", f"asks for up to {asked} tokens, but {provider.title} {model} writes at most {most}"
