"""What a pattern is given to work with: its members, how one of them is asked, and which failures it may go on after."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from agents.core.runtime.context import RunContext
from agents.core.spec.agent import AgentSpec
from agents.core.spec.pipeline import PipelineSpec


@dataclass(frozen=True, slots=True)
class Member:
    """Whoever may answer, under the name that scopes, parameters and reports call it by."""

    name: str
    spec: AgentSpec | PipelineSpec

    @property
    def purpose(self) -> str:
        """In words what it is good for."""
        signature = self.spec.signature
        told = (signature.intent or signature.instructions) if signature else ""
        return self.spec.description or told or self.name


Ask = Callable[[RunContext, Member, Mapping[str, Any]], Awaitable[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Team:
    """``ask(scope, member, outputs)`` lets a member answer in a scope of its own; ``outputs`` are those of the members before
    it, for its inputs. ``values`` is what the whole was asked."""

    name: str
    ctx: RunContext
    members: tuple[Member, ...]
    values: Mapping[str, Any]
    ask: Ask

    def find(self, name: str) -> Member | None:
        return next((member for member in self.members if member.name == name), None)
