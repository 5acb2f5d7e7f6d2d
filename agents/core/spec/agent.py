"""AgentSpec: a signature with a strategy, a model, tools and limits."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from agents.core.spec.permissions import PermissionPolicy
from agents.core.spec.signature import Name, SignatureSpec
from agents.core.spec.types import Frozen


class ModelSpec(Frozen):
    """Which model answers and how.

    ``provider`` is a name of the provider catalog, or ``default``: the organization's default model.
    ``timeout_s`` bounds one request in seconds. Empty ``model`` means the provider's default model.
    """

    provider: str = "default"
    model: str = ""
    temperature: float | None = Field(default=None, ge=0, le=2)
    max_tokens: int | None = Field(default=None, gt=0)
    timeout_s: float = Field(default=60.0, gt=0)
    max_retries: int = Field(default=2, ge=0, le=10)


class ToolUse(Frozen):
    """A tool of the catalog as one agent may use it. ``ask``: a person approves each call first.

    ``quorum`` people must approve; with ``other_person`` none of them is who started the run. ``expires_s``: an approval
    that nobody decides within so many seconds is rejected in the name of the system.
    """

    name: str
    ask: bool = False
    quorum: int = Field(default=1, ge=1, le=20)
    other_person: bool = False
    expires_s: float | None = Field(default=None, gt=0)


class Limits(Frozen):
    """What one run of the agent may use beside money, or ``None`` for no limit. At a limit the run waits for a person.

    ``tokens``: input and output together. ``calls``: model calls. ``seconds``: working time, without waiting for people.
    """

    tokens: int | None = Field(default=None, ge=1)
    calls: int | None = Field(default=None, ge=1)
    seconds: float | None = Field(default=None, gt=0)


class DemoRule(Frozen):
    """What the demo model does when this rule fits: it is no AI, only the first rule of which every condition holds.

    ``when``: example messages (any near one fits) or, starting with ``re:``, patterns searched in the message without
    regard to case; their named groups become values. Empty fits always. The message is the input named ``message``,
    else the first text input.
    ``if_known`` / ``unless_known``: paths that must all be present / absent. A path is ``name`` or ``name.key.0``, looked up
    in the pattern's groups, the outputs set so far, the results of tools by tool name, the inputs and the input
    ``context``; the first present value counts. ``None``, ``False``, ``""``, ``[]`` and ``{}`` are absent.
    ``after``: a tool whose result is the newest of this exchange; ``rejected`` asks that a person rejected that call.
    A rule without ``after`` fits only before any tool has answered.
    ``go_on``: its ``set`` is kept and later rules are tried as well: lists are extended, objects merged.
    ``call``: the tool to call with ``args``; the rules are then read again with its result.
    ``set``: output values. Texts (here and in ``args``) may hold ``{path}``; a text that is nothing but one ``{path}``
    becomes the value itself, and a number where the output is one. Lists of texts read as "a, b and c". Outputs that
    no rule sets are empty for their type.
    """

    when: tuple[str, ...] = ()
    if_known: tuple[str, ...] = ()
    unless_known: tuple[str, ...] = ()
    after: str = ""
    rejected: bool = False
    go_on: bool = False
    call: str = ""
    args: dict[str, Any] = {}
    set: dict[str, Any] = {}


class AgentSpec(Frozen):
    """One agent. Callables never enter: strategy and tools are names of a catalog."""

    kind: Literal["agent"] = "agent"
    schema_version: Literal[1] = 1
    name: str = Name
    description: str = ""
    signature: SignatureSpec
    strategy: str = "single_shot"
    strategy_params: dict[str, Any] = {}
    model: ModelSpec = ModelSpec()
    tools: tuple[ToolUse, ...] = ()
    max_repairs: int = Field(default=2, ge=0, le=10)
    budget_microusd: int | None = Field(default=None, ge=0)
    limits: Limits = Limits()
    permissions: PermissionPolicy = PermissionPolicy()
    demo: tuple[DemoRule, ...] = ()

    @model_validator(mode="after")
    def _tools_are_unique(self) -> Self:
        names = [t.name for t in self.tools]
        twice = sorted({n for n in names if names.count(n) > 1})
        if twice:
            raise ValueError(f"agent {self.name!r} lists these tools twice: {', '.join(twice)}")
        return self
