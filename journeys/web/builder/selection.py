"""Which element of a journey is open: the journey, a pathway, a transition, or an agent in a pathway; as text in addresses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from journeys.core.editing.draft import agents_of, pathways_of, texts_of, transitions_of, users_of

KINDS = ("journey", "pathway", "transition", "agent")


@dataclass(frozen=True, slots=True)
class Selection:
    """``pathway`` is where an agent was chosen; empty for everything else."""

    kind: str = "journey"
    id: str = ""
    pathway: str = ""

    def __str__(self) -> str:
        return ":".join(part for part in (self.kind, self.id, self.pathway) if part)

    @property
    def path(self) -> str:
        """The element's path in the draft; empty for the journey itself."""
        return f"{self.kind}s.{self.id}" if self.kind in KINDS[1:] else ""


def read_selection(text: str, draft: dict[str, Any]) -> Selection:
    """The selection that ``text`` names; the journey itself where the draft has no such element."""
    kind, _, rest = text.partition(":")
    name, _, pathway = rest.partition(":")
    if kind == "pathway" and any(row["id"] == name for row in pathways_of(draft)):
        return Selection(kind, name)
    if kind == "transition" and any(row["id"] == name for row in transitions_of(draft)):
        return Selection(kind, name)
    if kind == "agent":
        places = users_of(draft, name)
        if places or name in agents_of(draft):
            return Selection(kind, name, pathway if pathway in places else next(iter(places), ""))
    return Selection()


def select_path(path: str, draft: dict[str, Any], otherwise: Selection) -> Selection:
    """What an operation made or changed, by its path; what was open before where the path names nothing."""
    kind, _, rest = path.partition(".")
    if kind in ("pathways", "transitions", "agents"):
        found = read_selection(f"{kind[:-1]}:{rest.split('.')[0]}:{otherwise.pathway or otherwise.id}", draft)
        if found.kind != "journey":
            return found
    return read_selection(str(otherwise), draft)


def agents_in(draft: dict[str, Any], pathway: str) -> list[str]:
    return next((texts_of(row, "agents") for row in pathways_of(draft) if row["id"] == pathway), [])
