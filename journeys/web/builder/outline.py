"""The outline: a journey as a tree of rows in reading order, each with what it is, where it leads and who is at it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from journeys.core.editing.draft import agents_of, pathways_of, rows_of, texts_of, transitions_of
from journeys.core.editing.op import title_of
from journeys.core.names import ANYWHERE, END
from journeys.web.builder.selection import Selection

Draft = dict[str, Any]
SHOWN = 3  # fields of a side of a signature
ICONS = {"journey": "route", "pathway": "flag", "agent": "robot", "transition": "git-branch"}


@dataclass(frozen=True, slots=True)
class Row:
    """One element. ``at`` is its selection as text; a heading of a group has none. ``people``: others who have it open."""

    at: str
    kind: str
    title: str
    note: str = ""
    selected: bool = False
    problems: int = 0
    is_error: bool = False
    people: tuple[str, ...] = ()
    mapping: str = ""  # "lossy" or "broken": what its target, or what follows, needs does not arrive as it should
    children: tuple[Row, ...] = ()

    @property
    def icon(self) -> str:
        return ICONS.get(self.kind, "dots")


@dataclass(frozen=True, slots=True)
class Marks:
    """What is told of elements beside the draft: problems and people by their paths, and the worst state of edges by what
    they are of: ``t:TRANSITION``, ``next:PATHWAY``, ``err:PATHWAY`` or ``ret:PATHWAY``; those that are all right are absent."""

    problems: Mapping[str, list[str]]
    people: Mapping[str, list[str]]
    edges: Mapping[str, str] = field(default_factory=dict)

    def worst(self, *names: str) -> str:
        found = {self.edges.get(name, "") for name in names}
        return next((state for state in ("broken", "lossy") if state in found), "")

    def of(self, path: str) -> dict[str, Any]:
        levels = self.problems.get(path, [])
        return {"problems": len(levels), "is_error": "error" in levels, "people": tuple(self.people.get(path, ()))}


def draw_outline(draft: Draft, selected: Selection, marks: Marks) -> Row:
    """The journey with its pathways; under each its agents and the transitions that start only there or there too."""
    pathways = [_pathway(draft, row, selected, marks) for row in pathways_of(draft)]
    anywhere = [t for t in transitions_of(draft) if ANYWHERE in _sources(t)]
    rows = [_transition(draft, t, selected, marks) for t in anywhere]
    group = (Row("", "group", "From anywhere", children=tuple(rows)),) if rows else ()
    name = draft.get("name")
    return Row(
        "journey",
        "journey",
        name if isinstance(name, str) and name else "Journey",
        note=_count(len(pathways), "pathway"),
        selected=selected.kind == "journey",
        children=(*pathways, *group),
        **marks.of(""),
    )


def flat(row: Row) -> Iterable[Row]:
    yield row
    for child in row.children:
        yield from flat(child)


def describe_trigger(trigger: Any) -> str:
    """What makes a transition fire, in a few words."""
    given = trigger if isinstance(trigger, dict) else {}
    match given.get("kind"):
        case "intent":
            return "on “" + ", ".join(texts_of(given, "intents")) + "”"
        case "condition":
            return f"if {given.get('expression', '')}"
        case "event":
            return f"on {str(given.get('event', 'an event')).replace('_', ' ')}"
        case "always":
            return "always"
    return "without a trigger"


def pathway_names(draft: Draft) -> dict[str, str]:
    """Title by id, the end included."""
    return {row["id"]: title_of(row) for row in pathways_of(draft)} | {END: "the end"}


def _pathway(draft: Draft, row: Draft, selected: Selection, marks: Marks) -> Row:
    name, here = row["id"], selected.kind == "pathway" and selected.id == row["id"]
    agents = [_agent(draft, agent, name, selected, marks) for agent in texts_of(row, "agents")]
    moves = [_transition(draft, t, selected, marks) for t in transitions_of(draft) if name in _sources(t)]
    return Row(
        f"pathway:{name}",
        "pathway",
        title_of(row),
        note=_leads(draft, row),
        selected=here,
        mapping=marks.worst(f"next:{name}", f"err:{name}", f"ret:{name}"),
        children=(*agents, *moves),
        **marks.of(f"pathways.{name}"),
    )


def _leads(draft: Draft, row: Draft) -> str:
    """Entry, what follows, where it goes back to and where its errors go."""
    names = pathway_names(draft)
    words = ["entry"] if draft.get("entry") == row["id"] else []
    following = row.get("next")
    if isinstance(following, str) and following:
        words.append(f"then {names.get(following, following)}")
    back = row.get("return_behavior")
    if isinstance(back, dict):
        target = str(back.get("target", ""))
        where = {"previous": "where it came from", "entry": "the entry"}.get(str(back.get("kind")), names.get(target, target))
        words.append(f"back to {where}")
    failing = row.get("on_error")
    if isinstance(failing, dict) and failing.get("mode") == "pathway":
        words.append(f"on error {names.get(str(failing.get('pathway')), str(failing.get('pathway')))}")
    return " · ".join(words)


def _agent(draft: Draft, agent: str, pathway: str, selected: Selection, marks: Marks) -> Row:
    own = agents_of(draft).get(agent)
    title = str(own.get("name") or agent) if own else agent
    asks = [tool for tool in rows_of(own, "tools") if tool.get("ask") is True] if own else []
    note = "published agent" if own is None else ", ".join(filter(None, [_signature(own), "asks first" if asks else ""]))
    here = selected == Selection("agent", agent, pathway)
    return Row(f"agent:{agent}:{pathway}", "agent", title, note, here, **marks.of(f"agents.{agent}"))


def _signature(spec: Draft) -> str:
    signature = spec.get("signature")
    return " → ".join(_few([str(f.get("name", "")) for f in rows_of(signature, side)]) for side in ("inputs", "outputs"))


def _few(names: list[str]) -> str:
    more = f" +{len(names) - SHOWN}" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more if names else "nothing"


def _transition(draft: Draft, row: Draft, selected: Selection, marks: Marks) -> Row:
    target = pathway_names(draft).get(str(row.get("to_pathway")), str(row.get("to_pathway")))
    label = row.get("label")
    title = f"{label if isinstance(label, str) and label else describe_trigger(row.get('trigger'))} → {target}"
    here = selected.kind == "transition" and selected.id == row["id"]
    guard = row.get("guard")
    note = f"only if {guard}" if isinstance(guard, str) and guard else ""
    mapping = marks.worst(f"t:{row['id']}")
    return Row(
        f"transition:{row['id']}", "transition", title, note, here, mapping=mapping, **marks.of(f"transitions.{row['id']}")
    )


def _sources(row: Draft) -> list[str]:
    """Where a transition starts; one that does not say starts anywhere."""
    return texts_of(row, "from_pathways") or [ANYWHERE]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' if number != 1 else ''}"
