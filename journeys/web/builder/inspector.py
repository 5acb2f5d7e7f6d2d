"""The inspector: one element of the draft as tabs with forms drawn from the spec's own schemas. Total: any draft is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from agents.core.forms.controls import Control, Drawing
from agents.core.forms.drawing import AgentForm, draw_form
from agents.core.forms.fields import FieldRow, draw_fields
from agents.core.forms.objects import Part, draw_object
from agents.services.models import describe_model, list_providers
from agents.services.toolbox import ToolRow, draw_tools, show_verdicts
from agents.services.verdicts import judge_tools, known_tools
from journeys.core.editing.draft import agents_of, find_pathway, find_transition, pathways_of, texts_of, transitions_of
from journeys.core.editing.mapping import MappedInput, list_mapping
from journeys.core.editing.op import title_of
from journeys.core.names import ANYWHERE, END
from journeys.core.spec import JourneySpec, PathwaySpec, TransitionSpec
from journeys.web.builder.code import print_element
from journeys.web.builder.selection import Selection
from journeys.web.builder.words import journey_words, outputs_of, pathway_words, transition_words
from trust.core.errors import Invalid
from trust.core.principal import Principal

Draft = dict[str, Any]
_ENDS = (("prompt", "Prompt"), ("code", "Code"))
_TRY = ("try", "Run")
_BEGINS = (("configure", "Configure"), ("mapping", "Mapping"))
TABS: dict[str, tuple[tuple[str, str], ...]] = {
    "journey": (("configure", "Configure"), ("signature", "Data"), ("code", "Code")),
    "pathway": (*_BEGINS, ("signature", "Signature"), *_ENDS),
    "transition": (*_BEGINS, ("code", "Code")),
    "agent": (("configure", "Configure"), ("signature", "Signature"), ("policy", "Policy"), *_ENDS, _TRY),
}
LISTS = {"journey": (("variables", "variable"), ("context", "context field"))}
SIGNATURE = (("signature.inputs", "input"), ("signature.outputs", "output"))


@dataclass(frozen=True, slots=True)
class FieldList:
    """The typed fields of one list, with what one of them is called."""

    name: str
    noun: str
    title: str
    rows: tuple[FieldRow, ...]


@dataclass(frozen=True, slots=True)
class Fed:
    """One input with its source; ``mapped``: it takes an output of the pathway before."""

    row: MappedInput
    mapped: bool


@dataclass(frozen=True, slots=True)
class Edge:
    """What one pathway gives the next: each input of ``target`` with its source, how it fits and what would mend it."""

    source: str
    source_title: str
    target: str
    target_title: str
    rows: tuple[Fed, ...]


@dataclass(slots=True)
class Inspector:
    """Everything that the inspector of one element shows on one tab."""

    selection: Selection
    tab: str
    title: str
    tabs: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...] = ()
    lists: tuple[FieldList, ...] = ()
    words: tuple[Control, ...] = ()
    form: AgentForm | None = None
    tools: list[ToolRow] = field(default_factory=list)
    verdicts: list[Any] = field(default_factory=list)
    edges: tuple[Edge, ...] = ()
    code: str = ""
    published: bool = False
    known: bool = False
    own_signature: Control | None = None


def draw_inspector(
    principal: Principal,
    draft: Draft,
    selection: Selection,
    tab: str,
    published: Mapping[str, Any],
    *,
    bare: bool = False,
) -> Inspector:
    """``published``: slug to spec of the agents that the draft may name. ``bare``: its title and its tabs only."""
    tabs = TABS[selection.kind]
    if selection.kind == "agent" and selection.id not in agents_of(draft):
        tabs = (("configure", "Configure"), ("prompt", "Prompt"), _TRY)
    tab = tab if tab in dict(tabs) else tabs[0][0]
    element = element_of(draft, selection)
    shown = Inspector(selection, tab, _title(draft, selection, element), tabs)
    if bare:
        return shown
    if tab == "code":
        shown.code = print_element(element)
    elif tab == "mapping":
        shown.edges = tuple(_edges(draft, selection, published))
    elif selection.kind == "agent":
        _agent(principal, draft, shown, element, published)
    elif tab == "signature":
        _signature(shown, element)
    elif tab == "configure":
        schema, words = schema_of(draft, selection, published)
        shown.parts = draw_object(Drawing(), schema, element, words)
    return shown


def element_of(draft: Draft, selection: Selection) -> Draft:
    """The raw JSON of the element; of the journey without what has forms of its own."""
    match selection.kind:
        case "pathway":
            return find_pathway(draft, selection.id)
        case "transition":
            return find_transition(draft, selection.id)
        case "agent":
            return agents_of(draft).get(selection.id, {})
    return {key: value for key, value in draft.items() if key not in ("pathways", "transitions", "agents", "kind")}


def schema_of(draft: Draft, selection: Selection, published: Mapping[str, Any]) -> tuple[Draft, Mapping[str, Any]]:
    """The JSON schema and the words of the form of a journey, pathway or transition."""
    if selection.kind == "pathway":
        row = find_pathway(draft, selection.id)
        return PathwaySpec.model_json_schema(), pathway_words(draft, row, outputs_of(draft, row, dict(published)))
    if selection.kind == "transition":
        return TransitionSpec.model_json_schema(), transition_words(draft)
    return JourneySpec.model_json_schema(), journey_words(draft)


def _title(draft: Draft, selection: Selection, element: Draft) -> str:
    match selection.kind:
        case "pathway":
            return title_of(element)
        case "transition":
            return f"Transition {selection.id}"
        case "agent":
            return str(element.get("name") or selection.id)
    return str(draft.get("name") or "Journey")


def _agent(principal: Principal, draft: Draft, shown: Inspector, element: Draft, published: Mapping[str, Any]) -> None:
    if shown.selection.id not in agents_of(draft):
        shown.published = True
        shown.known = shown.selection.id in published
        element = published.get(shown.selection.id) or {}
    shown.form = draw_form(element, {}, providers=_providers(principal))
    if shown.tab == "policy":
        tools = known_tools(principal)
        shown.tools = draw_tools(tools, shown.form, {})
        shown.verdicts = show_verdicts(judge_tools(principal, element, tools))
    if shown.tab == "signature":
        shown.words = shown.form.words
        rows = (shown.form.inputs, shown.form.outputs)
        shown.lists = tuple(
            FieldList(name, noun, f"{noun.capitalize()}s", found) for (name, noun), found in zip(SIGNATURE, rows, strict=True)
        )


def _signature(shown: Inspector, element: Draft) -> None:
    """A journey's variables and context fields; a pathway's own signature, which it need not have."""
    draw = Drawing()
    lists = LISTS.get(shown.selection.kind, SIGNATURE)
    signature = element.get("signature")
    if shown.selection.kind == "pathway":
        has = isinstance(signature, dict)
        label = "This pathway has a signature of its own"
        hint = "Its outputs are checked against what the agents answer together; without one, those of its agents count."
        shown.own_signature = draw.control("own", label, has, "switch", redraws=True, hint=hint)
        if not has:
            return
        shown.words = draw_form({"signature": signature}, {}, providers=()).words
    data = {"signature.inputs": (signature or {}).get("inputs"), "signature.outputs": (signature or {}).get("outputs")}
    data |= {"variables": element.get("variables"), "context": element.get("context")}
    titles = {"variables": "Variables of the person", "context": "Context fields that no signature declares"}
    shown.lists = tuple(
        FieldList(name, noun, titles.get(name, f"{noun.capitalize()}s"), draw_fields(draw, name, data[name]))
        for name, noun in lists
    )


def _providers(principal: Principal) -> list[tuple[str, str]]:
    default = ("default", f"Default ({describe_model(principal).label})")
    rows = list_providers(principal)
    return [default, *((r.name, r.title if r.configured else f"{r.title} (not configured)") for r in rows)]


def _edges(draft: Draft, selection: Selection, published: Mapping[str, Any]) -> list[Edge]:
    """The ways into the pathway, or the ways that the transition stands for."""
    titles = {row["id"]: title_of(row) for row in pathways_of(draft)}
    if selection.kind == "transition":
        row = find_transition(draft, selection.id)
        pairs = [(source, str(row.get("to_pathway"))) for source in _from(draft, row)]
    else:
        before = [row["id"] for row in pathways_of(draft) if row.get("next") == selection.id]
        before += [s for t in transitions_of(draft) if t.get("to_pathway") == selection.id for s in _from(draft, t)]
        pairs = [(source, selection.id) for source in dict.fromkeys(before)]
    found = []
    for source, target in pairs:
        if source in titles and target in titles and target not in (source, END):
            try:
                rows = tuple(Fed(r, r.source in dict(r.options)) for r in list_mapping(draft, source, target, published))
            except Invalid:
                continue
            found.append(Edge(source, titles[source], target, titles[target], rows))
    return found


def _from(draft: Draft, transition: Draft) -> list[str]:
    """From where it may come; from anywhere is shown as from the entry."""
    sources = texts_of(transition, "from_pathways") or [ANYWHERE]
    entry = draft.get("entry")
    return [str(entry) if source == ANYWHERE else source for source in sources]
