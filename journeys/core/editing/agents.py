"""Edits of what answers in a pathway: agents of the journey's own, or published ones by their slug."""

from __future__ import annotations

import copy
from typing import Any, Literal

from pydantic import Field

from journeys.core.editing.draft import (
    Draft,
    agents_of,
    find_agent,
    find_pathway,
    free_id,
    list_at,
    pathways_of,
    refuse,
    table_at,
    texts_of,
    users_of,
)
from journeys.core.editing.op import Done, Edit, title_of
from journeys.core.editing.pathways import copy_agent

SCRATCH: dict[str, Any] = {
    "kind": "agent",
    "signature": {
        "kind": "signature",
        "instructions": "Answer the person's message.",
        "inputs": [{"name": "message", "type": {"kind": "str"}, "description": "What the person writes"}],
        "outputs": [{"name": "response", "type": {"kind": "str"}, "description": "The answer to the person"}],
    },
}


class AddAgent(Edit):
    """``agent`` names a published agent or one of the journey's own; empty: a new one called ``name`` is made, from ``spec``
    or from scratch. ``index``: its place among those that answer there, the last by default."""

    op: Literal["add_agent"] = "add_agent"
    pathway: str
    agent: str = ""
    name: str = ""
    spec: dict[str, Any] | None = None
    index: int | None = Field(default=None, ge=0)

    def apply(self, draft: Draft) -> Done:
        row = find_pathway(draft, self.pathway)
        names = list_at(row, "agents", f"the pathway {self.pathway!r}")
        agent = self.agent or self._make(draft)
        if agent in names:
            refuse(f"{agent!r} answers in {title_of(row)} already", "agent")
        names.insert(len(names) if self.index is None else self.index, agent)
        return Done(f"Added agent {agent} to {title_of(row)}", f"agents.{agent}")

    def _make(self, draft: Draft) -> str:
        own = table_at(draft, "agents")
        spec = copy.deepcopy(self.spec or SCRATCH)
        title = self.name or str(spec.get("name") or "Agent")
        agent = free_id(title, [*own, *(n for p in pathways_of(draft) for n in texts_of(p, "agents"))], "agent")
        spec["name"] = title
        signature = spec.get("signature")
        if isinstance(signature, dict) and not signature.get("name"):
            words = "".join(word[:1].upper() + word[1:] for word in agent.split("_"))
            signature["name"] = f"{words}Signature"
        own[agent] = spec
        return agent


class RemoveAgent(Edit):
    """Takes the agent out of the pathway; one of the journey's own that answers nowhere else is gone."""

    op: Literal["remove_agent"] = "remove_agent"
    pathway: str
    agent: str

    def apply(self, draft: Draft) -> Done:
        row = find_pathway(draft, self.pathway)
        _names_with(row, self.agent).remove(self.agent)
        told = []
        if self.agent in agents_of(draft) and not users_of(draft, self.agent):
            del draft["agents"][self.agent]
            told.append(f"the agent {self.agent} is gone: it answered nowhere else")
        return Done(f"Removed agent {self.agent} from {title_of(row)}", f"pathways.{self.pathway}", tuple(told))


class MoveAgent(Edit):
    """To the place ``index`` among those that answer in ``to_pathway`` (empty: in the same pathway)."""

    op: Literal["move_agent"] = "move_agent"
    pathway: str
    agent: str
    to_pathway: str = ""
    index: int | None = Field(default=None, ge=0)

    def apply(self, draft: Draft) -> Done:
        row = find_pathway(draft, self.pathway)
        target = find_pathway(draft, self.to_pathway, "to_pathway") if self.to_pathway else row
        names = _names_with(row, self.agent)
        there = list_at(target, "agents", f"the pathway {target['id']!r}")
        if target is not row and self.agent in there:
            refuse(f"{self.agent!r} answers in {title_of(target)} already", "to_pathway")
        names.remove(self.agent)
        there.insert(len(there) if self.index is None else self.index, self.agent)
        return Done(f"Moved agent {self.agent} to {title_of(target)}", f"agents.{self.agent}")


class DuplicateAgent(Edit):
    """A copy of the journey's own agent, which answers after it in the same pathway."""

    op: Literal["duplicate_agent"] = "duplicate_agent"
    pathway: str
    agent: str

    def apply(self, draft: Draft) -> Done:
        row = find_pathway(draft, self.pathway)
        names = _names_with(row, self.agent)
        find_agent(draft, self.agent)
        twin = copy_agent(draft, self.agent)
        names.insert(names.index(self.agent) + 1, twin)
        return Done(f"Duplicated agent {self.agent}", f"agents.{twin}")


class SetAgent(Edit):
    """Fields of the journey's own agent as ``values`` say; ``null`` takes one out, so that its default counts."""

    op: Literal["set_agent"] = "set_agent"
    agent: str
    values: dict[str, Any]

    def apply(self, draft: Draft) -> Done:
        spec = find_agent(draft, self.agent)
        for key, value in self.values.items():
            spec.pop(key, None) if value is None else spec.update({key: copy.deepcopy(value)})
        return Done(f"Changed agent {self.agent}", f"agents.{self.agent}")


class RenameAgent(Edit):
    """Another name for the journey's own agent, everywhere; what people call it is its field ``name``."""

    op: Literal["rename_agent"] = "rename_agent"
    agent: str
    to: str

    def apply(self, draft: Draft) -> Done:
        find_agent(draft, self.agent)
        own = draft["agents"]
        if self.to != self.agent:
            _check_name(self.to, own)
            draft["agents"] = {(self.to if name == self.agent else name): spec for name, spec in own.items()}
            for row in pathways_of(draft):
                if self.agent in texts_of(row, "agents"):
                    row["agents"] = [self.to if name == self.agent else name for name in row["agents"]]
        return Done(f"Renamed agent {self.agent} to {self.to}", f"agents.{self.to}")


class OwnAgent(Edit):
    """The journey gets its own copy ``spec`` of the published agent: from then on it is edited here."""

    op: Literal["own_agent"] = "own_agent"
    agent: str
    spec: dict[str, Any]

    def apply(self, draft: Draft) -> Done:
        own = table_at(draft, "agents")
        if self.agent in own:
            refuse(f"the journey has its own agent {self.agent!r} already", "agent")
        if not users_of(draft, self.agent):
            refuse(f"no pathway names the agent {self.agent!r}", "agent")
        own[self.agent] = copy.deepcopy(self.spec)
        return Done(f"Made {self.agent} the journey's own", f"agents.{self.agent}")


def _names_with(row: Draft, agent: str) -> list[Any]:
    names = list_at(row, "agents", f"the pathway {row['id']!r}")
    if agent not in names:
        known = ", ".join(map(str, names)) or "none"
        refuse(f"{agent!r} does not answer in {title_of(row)}; the agents there are: {known}", "agent")
    return names


def _check_name(name: str, own: Draft) -> None:
    if not name.strip() or len(name) > 100 or "." in name or any(ord(c) < 32 for c in name):
        refuse(f"{name!r} cannot name an agent; allowed: up to 100 letters without a dot", "to")
    if name in own:
        refuse(f"there is an agent {name!r} already; the agents are: {', '.join(own)}", "to")
