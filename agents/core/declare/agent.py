"""Agents as classes: a config, a signature, and nothing else. Compiles to an AgentSpec; runs it on the in-memory ports."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from pydantic import ValidationError

from agents.core.declare.card import agent_card
from agents.core.declare.config import budget_microusd, model_spec, strategy_params
from agents.core.declare.control import ControlSurface, resume_point
from agents.core.declare.history import recall, remember
from agents.core.declare.loop import run_blocking
from agents.core.declare.mcp import McpSurface
from agents.core.declare.results import Extracting, Result
from agents.core.declare.signature import as_spec
from agents.core.declare.words import check_words
from agents.core.media.store import MemoryFiles, load_paths
from agents.core.memory.conversations import ConversationStore, InMemoryConversations
from agents.core.spec.agent import AgentSpec, DemoRule, Limits, ToolUse
from agents.core.spec.permissions import PermissionPolicy
from agents.core.spec.pipeline import PipelineSpec
from agents.core.spec.values import validate_inputs

if TYPE_CHECKING:
    from agents.core.autonomy.checkpoints import CheckpointStore
    from agents.core.control.protocol import ControlProtocol
    from agents.core.runtime.ports import Listener, Models, Tools

PROVIDERS = "agents.adapters.llm.providers:Providers"  # by name: the core does not import its adapters


class BaseAgent(ControlSurface, McpSurface, Extracting):
    """An agent of your own: call ``super().__init__(config=config, signature=MySignature())``. Or state ``__signature__``
    in the class, and as needed ``__config__``, ``__tools__``, ``__strategy__``, ``__demo__``, ``__description__`` (instead
    of the docstring), ``__budget_microusd__``, ``__limits__``, ``__permissions__``: no ``__init__`` is needed then. All
    are inherited but ``__title__``.

    ``config`` is any dataclass, object or dict; of it llm_provider, model, temperature, max_tokens, timeout, max_retries
    and budget_limit_usd are read, and whatever has the name of a parameter of the strategy. ``tools`` are names of the
    tool catalog, ``ToolUse`` to ask a person before each call, or functions decorated with ``@tool``. ``workspace`` is the
    folder that file tools work in; else a temporary one.
    """

    __signature__: Any = None
    __config__: Any = None
    __tools__: Sequence[Any] = ()
    __strategy__: str = "single_shot"
    __strategy_params__: Mapping[str, Any] = {}
    __demo__: Sequence[DemoRule] = ()
    __title__: str = ""
    __description__: str | None = None
    __max_repairs__: int = 2
    __budget_microusd__: int | None = None
    __limits__: Limits = Limits()
    __permissions__: PermissionPolicy = PermissionPolicy()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        check_words(cls, BaseAgent)

    def __init__(
        self,
        config: Any = None,
        signature: Any = None,
        *,
        name: str = "",
        description: str = "",
        tools: Sequence[Any] | None = None,
        models: Models | None = None,
        tool_catalog: Tools | None = None,
        workspace: str | Path | None = None,
        conversations: ConversationStore | None = None,
        control: ControlProtocol | None = None,
        checkpoints: CheckpointStore | None = None,
        mcp_servers: Sequence[Mapping[str, Any]] = (),
    ):
        self.config = self.__config__ if config is None else config
        named, self._tool_catalog = _tools_of(self.__tools__ if tools is None else tools, tool_catalog)
        self.spec = self._compile(signature, name, description, named)
        self._models = models
        self._workspace = None if workspace is None else Path(workspace)
        self._files = MemoryFiles()
        self.conversations: ConversationStore = conversations or InMemoryConversations()
        self.control, self.checkpoints = control, checkpoints
        self.add_mcp_servers(mcp_servers)

    def run(self, /, **inputs: Any) -> Result:
        """The outputs for ``inputs``. Raises ``InvalidValues`` for inputs that do not fit and ``AgentFailed`` when it fails.

        The value of an input that is a file is its path. ``session_id``, for agents with a memory, names the conversation.
        ``resume_from``, the id of a checkpoint, goes on where a run was interrupted: then no other input is needed.
        Works inside a running event loop too, but holds it up: use ``run_async`` there.
        """
        with self._hearing_ctrl_c():
            return run_blocking(self.run_async(**inputs))

    async def run_async(self, /, **inputs: Any) -> Result:
        """The same, to be awaited."""
        return await self._run(inputs)

    async def _run(self, inputs: dict[str, Any], listener: Listener | None = None) -> Result:
        from agents.core.runtime.memory import memory_ports
        from agents.core.strategies import run_agent_spec

        resume_from = resume_point(self.spec, inputs)
        session_id = self._session(inputs)
        if session_id:
            inputs = await recall(self.spec, self.conversations, session_id, inputs)
        sig = self.spec.signature
        values = {} if resume_from else validate_inputs(sig, load_paths(sig, inputs, self._files))
        ports = memory_ports(
            models=self._models or default_models(),
            tools=await self._with_mcp_tools(self._tool_catalog),
            workspace=self._workspace,
            limit_microusd=self.spec.budget_microusd,
            listener=listener,
        )
        ports = replace(ports, files=self._files)
        outcome = await self._drive(run_agent_spec, self.spec, values, ports, resume_from=resume_from)
        if outcome.status == "succeeded" and outcome.output is not None:
            if session_id:
                await remember(self.spec, self.conversations, session_id, values, outcome.output)
            return Result(outcome.output)
        raise failure(self.spec.name, outcome)

    def to_a2a_card(self, *, url: str = "", version: str = "1.0.0") -> dict[str, Any]:
        """The agent's card of the A2A protocol as JSON data; ``url`` is where it answers."""
        return agent_card(self.spec, url=url, version=version)

    def _session(self, inputs: dict[str, Any]) -> str:
        """Takes ``session_id`` out of ``inputs``, unless the signature has an input of that name."""
        if any(field.name == "session_id" for field in self.spec.signature.inputs):
            return ""
        return str(inputs.pop("session_id", None) or "")

    def _compile(self, signature: Any, name: str, description: str, tools: Sequence[str | ToolUse]) -> AgentSpec:
        given = self.__signature__ if signature is None else signature
        if given is None:
            raise TypeError(f"{type(self).__name__} has no signature: pass one, or state __signature__ in the class")
        budget = budget_microusd(self.config)
        try:
            return AgentSpec(
                name=name or type(self).__dict__.get("__title__") or type(self).__name__,
                description=description or _description(type(self)),
                signature=as_spec(given),
                strategy=self.__strategy__,
                strategy_params=strategy_params(self.config, self.__strategy__, self.__strategy_params__),
                model=model_spec(self.config),
                tools=tuple(ToolUse(name=tool) if isinstance(tool, str) else tool for tool in tools),
                max_repairs=self.__max_repairs__,
                budget_microusd=self.__budget_microusd__ if budget is None else budget,
                limits=self.__limits__,
                permissions=self.__permissions__,
                demo=tuple(self.__demo__),
            )
        except ValidationError as error:
            told = "; ".join(f"{'.'.join(map(str, i['loc']))}: {i['msg']}" for i in error.errors())
            raise TypeError(f"{type(self).__name__}: {told}") from None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.spec.name}>"


class Agent(BaseAgent):
    """The declarative form: everything is stated in the class, and ``MyAgent()`` is ready."""


def agent_spec(agent: Any) -> AgentSpec:
    """The spec of an agent, of an agent class that needs no arguments, or a spec itself."""
    if isinstance(agent, AgentSpec):
        return agent
    if isinstance(agent, type) and issubclass(agent, BaseAgent):
        agent = agent()
    spec = getattr(agent, "spec", None)
    if not isinstance(spec, AgentSpec):
        raise TypeError(f"an agent must be an agent, an agent class or an AgentSpec, got {agent!r}")
    return spec


def runnable_spec(thing: Any) -> AgentSpec | PipelineSpec:
    """The spec of whatever can answer: as ``agent_spec``, or a pipeline's spec."""
    return thing if isinstance(thing, PipelineSpec) else agent_spec(thing)


def agent_id(agent: Any) -> str:
    """How a journey calls an agent that it was given as a class or an object: ``IntakeAgent`` is ``intake_agent``."""
    name = agent.__name__ if isinstance(agent, type) else runnable_spec(agent).name
    return snake_case(re.sub(r"[^A-Za-z0-9]+", "_", name))


def snake_case(name: str) -> str:
    """``HTTPServer2Path`` as ``http_server2_path``."""
    name = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower()


def default_models() -> Models:
    """Providers from the environment: the one an agent names, else the first that is configured, else the demo model."""
    module, _, name = PROVIDERS.partition(":")
    return cast("Models", getattr(importlib.import_module(module), name)())


def _tools_of(given: Sequence[Any], catalog: Tools | None) -> tuple[Sequence[str | ToolUse], Tools | None]:
    """The names that go into the spec, and the catalog in which functions are found by theirs."""
    if all(isinstance(thing, str | ToolUse) for thing in given):
        return given, catalog
    from agents.core.tools.function import FunctionTools, split_tools

    named, own = split_tools(given)
    return named, FunctionTools(own, catalog)


def failure(name: str, outcome: Any) -> Exception:
    from agents.core.declare.errors import AgentFailed, AgentWaiting

    if outcome.status == "waiting":
        return AgentWaiting(name, outcome.waiting_on)
    return AgentFailed(name, outcome.error)


def _description(cls: type) -> str:
    stated = getattr(cls, "__description__", None)
    if stated is not None:
        return str(stated)
    own = cls.__dict__.get("__doc__")
    return inspect.cleandoc(own) if own else ""
