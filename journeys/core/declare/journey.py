"""Journey and Pathway as classes. Compile to a JourneySpec when the class is made, so that a wrong name is told there."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import ValidationError

from agents.core.declare.agent import agent_id, runnable_spec, snake_case
from agents.core.declare.words import check_words
from agents.core.spec.agent import AgentSpec
from agents.core.spec.pipeline import PipelineSpec
from journeys.core.declare.config import JourneyConfig
from journeys.core.declare.moves import Return, Transition, told
from journeys.core.declare.pathways import compile_pathway
from journeys.core.declare.triggers import texts
from journeys.core.declare.variables import compile_variables
from journeys.core.spec import ErrorRecoverySpec, HookUse, JourneySpec, PathwaySpec, PatternsSpec

if TYPE_CHECKING:
    from agents.core.runtime.ports import Models, Tools
    from journeys.core.declare.manager import Manager
    from journeys.core.declare.session import TurnResult


class Pathway:
    """One stage of a journey, declared as a class inside it. Its id is its name without ``Path`` or ``Pathway``:
    ``HTTPServerPath`` is ``http_server``; ``__id__`` states another. All words are inherited from base classes.

    ``__agents__`` lists ids of agents, or agents and agent classes themselves; ``__merge__`` says how a field of
    ``__accumulate__`` enters the context (replace, append, union, sum, merge, max, min); ``__bindings__`` gives inputs of
    agents other sources than their own name; ``__complete_when__`` names fields that must all be true to move on, and
    ``__complete_if__`` is an expression that must be true besides. ``__pipeline__`` with ``__pipeline_params__`` says how
    several agents answer together. ``__timeout_s__`` and ``__on_error__`` (``ErrorRecovery(...)``) replace the config's.
    The docstring, or ``__description__``, is its description.
    """

    __id__: str = ""
    __title__: str = ""
    __description__: str | None = None
    __signature__: Any = None
    __agents__: Sequence[Any] = ()
    __pipeline__: str = "sequential"
    __pipeline_params__: Mapping[str, Any] = {}
    __bindings__: Mapping[str, str] = {}
    __guidelines__: Sequence[str] = ()
    __accumulate__: Sequence[str] = ()
    __merge__: Mapping[str, str] = {}
    __complete_when__: Sequence[str] = ()
    __complete_if__: str = ""
    __next__: str | None = None
    __return_behavior__: Return | None = None
    __response_field__: str = "response"
    __suggestions__: Sequence[str] = ()
    __timeout_s__: float | None = None
    __on_error__: ErrorRecoverySpec | None = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        check_words(cls, Pathway)


class Journey:
    """A conversation graph: nested ``Pathway`` classes and the ``Transition``s between them.

    ``__entry_pathway__`` is the first pathway unless stated. ``__agents__`` maps ids to agents that pathways name; others
    are registered on the instance or published on the site. A subclass inherits pathways (one of the same name replaces
    its parent's, ``FAQPath = None`` leaves it out) and every word; a word it states replaces the inherited one in whole.
    ``__variables__`` (what is known of the person) and ``__context__`` map names to ``Variable(...)`` or a type;
    ``__patterns__`` is ``Patterns(...)``, ``__hooks__`` lists ``HookUse(...)``.
    """

    __title__: str = ""
    __description__: str | None = None
    __greeting__: str = ""
    __end_message__: str = ""
    __guidelines__: Sequence[str] = ()
    __entry_pathway__: str = ""
    __transitions__: Sequence[Transition] = ()
    __variables__: Mapping[str, Any] = {}
    __context__: Mapping[str, Any] = {}
    __patterns__: PatternsSpec = PatternsSpec()
    __hooks__: Sequence[HookUse] = ()
    __agents__: Mapping[str, Any] | Sequence[Any] = ()
    __config__: JourneyConfig = JourneyConfig()

    spec: JourneySpec
    _pathways: ClassVar[Mapping[str, type[Pathway]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        check_words(cls, Journey)
        cls._pathways = _collect(cls)
        if cls._pathways:  # without any, a base for other journeys
            cls.spec = compile_journey(cls, cls.__config__)

    def __init__(
        self,
        session_id: str = "session",
        config: JourneyConfig | None = None,
        *,
        models: Models | None = None,
        tools: Tools | None = None,
        local: Mapping[str, Any] | None = None,
    ):
        from journeys.core.declare.manager import Manager

        if not self._pathways:
            raise TypeError(f"{type(self).__name__} has no pathways: declare at least one Pathway class in it")
        if config is not None:
            self.spec = compile_journey(type(self), config)
        self.session_id = session_id
        self.manager: Manager = Manager(self.spec, session_id, models=models, tools=tools, local=local)

    async def start(self, initial_context: Mapping[str, Any] | None = None) -> TurnResult:
        """Opens the conversation. Raises ``InvalidSpec`` when a pathway names an agent that nobody registered."""
        return await self.manager.start(initial_context)

    async def process_message(self, message: str) -> TurnResult:
        """Answers one message; messages sent at once are answered one after another."""
        return await self.manager.process_message(message)


def compile_journey(cls: type[Journey], config: JourneyConfig) -> JourneySpec:
    """The spec of a journey class under ``config``. Raises ``TypeError`` that names every wrong name and the right ones."""
    agents = _named_agents(cls)
    pathways = tuple(_pathway(cls, name, pathway, agents, config) for name, pathway in cls._pathways.items())
    try:
        return JourneySpec(
            name=cls.__dict__.get("__title__") or cls.__name__,
            description=_description(cls),
            greeting=cls.__greeting__,
            guidelines=texts(cls.__guidelines__, f"{cls.__name__}.__guidelines__"),
            entry=cls.__entry_pathway__ or pathways[0].id,
            pathways=pathways,
            transitions=tuple(_transition(cls, t, config) for t in cls.__transitions__),
            agents=agents,
            variables=compile_variables(cls.__variables__, f"{cls.__name__}.__variables__"),
            context=compile_variables(cls.__context__, f"{cls.__name__}.__context__"),
            patterns=_patterns(cls),
            hooks=_hooks(cls),
            intent_model=config.intent_model,
            intent_cache_s=config.intent_cache_ttl_seconds,
            max_depth=config.max_pathway_depth,
            max_context_bytes=config.max_context_size_bytes,
            session_ttl_s=config.session_ttl_seconds,
            end_message=cls.__end_message__,
            budget_microusd=config.budget_microusd,
        )
    except ValidationError as error:
        raise TypeError(f"{cls.__name__}: {told(error)}") from None


def pathway_id(cls: type[Pathway]) -> str:
    """``IntakePath`` is ``intake``, ``FAQPathway`` is ``faq``, ``Step2Path`` is ``step2``."""
    stated = cls.__dict__.get("__id__")
    if stated:
        return str(stated)
    name = re.sub(r"(Pathway|Path)$", "", cls.__name__)
    if not name:
        raise TypeError(f"a pathway class cannot be called {cls.__name__}: its id would be empty; name it as IntakePath")
    return snake_case(name)


def _collect(cls: type[Journey]) -> dict[str, type[Pathway]]:
    """The pathways by id: inherited ones first, in declared order."""
    found: dict[str, type[Pathway]] = {}
    for base in reversed(cls.__mro__[1:]):
        found.update(base.__dict__.get("_pathways", {}))
    by_class_name = {pathway.__name__: name for name, pathway in found.items()}
    own: dict[str, type[Pathway]] = {}
    for name, value in cls.__dict__.items():
        if value is None and name in by_class_name:
            del found[by_class_name[name]]
        if not (isinstance(value, type) and issubclass(value, Pathway)):
            continue
        new = pathway_id(value)
        if new in own:
            raise TypeError(f"{cls.__name__}: {own[new].__name__} and {value.__name__} are both the pathway {new!r}")
        own[new] = value
    return {**found, **own}


def _named_agents(cls: type[Journey]) -> dict[str, AgentSpec | PipelineSpec]:
    given = cls.__agents__
    if isinstance(given, Mapping):
        return {name: _agent(cls, agent) for name, agent in given.items()}
    return {agent_id(agent): _agent(cls, agent) for agent in given}


def _pathway(
    cls: type[Journey], name: str, pathway: type[Pathway], agents: dict[str, AgentSpec | PipelineSpec], config: JourneyConfig
) -> PathwaySpec:
    where = f"{cls.__name__}.{pathway.__name__}"
    names = tuple(_agent_name(where, agent, agents) for agent in _listed(where, pathway.__agents__))
    return compile_pathway(pathway, where, name, names, config)


def _listed(where: str, agents: Any) -> Sequence[Any]:
    if isinstance(agents, str) or not isinstance(agents, Sequence):
        raise TypeError(f"{where}.__agents__ must be a list of agents or their ids, got {agents!r}")
    return agents


def _agent_name(where: str, agent: Any, agents: dict[str, AgentSpec | PipelineSpec]) -> str:
    """The id of an agent that a pathway lists; one given as itself joins the journey's agents."""
    if isinstance(agent, str):
        return agent
    name, spec = agent_id(agent), _agent(where, agent)
    if agents.setdefault(name, spec) != spec:
        raise TypeError(f"{where}: two different agents are called {name!r}")
    return name


def _agent(where: Any, agent: Any) -> AgentSpec | PipelineSpec:
    try:
        return runnable_spec(agent)
    except TypeError as error:
        raise TypeError(f"{where if isinstance(where, str) else where.__name__}.__agents__: {error}") from None


def _transition(cls: type[Journey], transition: Any, config: JourneyConfig) -> Any:
    if not isinstance(transition, Transition):
        raise TypeError(f"{cls.__name__}.__transitions__ must list Transition(...), got {transition!r}")
    try:
        return transition.compile(config.intent_confidence_threshold)
    except ValidationError as error:
        raise TypeError(f"{cls.__name__}: transition to {transition.to_pathway!r}: {told(error)}") from None


def _patterns(cls: type[Journey]) -> PatternsSpec:
    if not isinstance(cls.__patterns__, PatternsSpec):
        raise TypeError(f"{cls.__name__}.__patterns__ must be Patterns(...), got {cls.__patterns__!r}")
    return cls.__patterns__


def _hooks(cls: type[Journey]) -> tuple[HookUse, ...]:
    given: Any = cls.__hooks__
    if isinstance(given, str) or not isinstance(given, Sequence) or not all(isinstance(item, HookUse) for item in given):
        raise TypeError(f"{cls.__name__}.__hooks__ must list HookUse(...), got {given!r}")
    return tuple(given)


def _description(cls: type[Journey]) -> str:
    if cls.__description__ is not None:
        return cls.__description__
    own = cls.__dict__.get("__doc__")
    return inspect.cleandoc(own) if own else ""
