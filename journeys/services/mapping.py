"""What two pathways give and need, for the builder: how each input of one is fed by the other, with the edits that mend it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agents.core.spec.types import FieldSpec
from agents.services.definitions import get_definition, list_published
from journeys.core.editing.mapping import GIVEN, MappedInput, context_fields, list_mapping
from journeys.core.names import ANYWHERE, END
from journeys.core.preflight.fits import TEXT, Fit, Shape, fit
from journeys.core.preflight.view import View, read_draft
from trust.core.errors import Invalid
from trust.core.principal import Principal

Op = dict[str, Any]
_NOBODY = "anywhere_of_builder"  # stands for "from anywhere": it brings nothing, only the context counts


def describe_mapping(*, principal: Principal, slug: str, source: str, target: str) -> dict[str, Any]:
    """``rows``: each input of ``target`` with what feeds it and, in ``options`` and ``mends``, the edits that would. ``source``
    may be ``*``: then only the context feeds it. Raises ``Invalid`` that names the pathways there are."""
    draft, agents = _draft_of(principal, slug, source)
    source = _NOBODY if source == ANYWHERE else source
    rows = list_mapping(draft, source, target, agents)
    view = read_draft(draft, agents)
    wanted = {(agent, f.name): f for agent, f in view.inputs(view.nodes[target])}
    return {"rows": [_row(view, row, wanted[row.agent, row.input], source, target) for row in rows]}


def describe_fits(*, principal: Principal, slug: str, source: str) -> dict[str, Any]:
    """``targets``: for each pathway whether it gets all that it needs when ``source`` leads to it, and why not."""
    draft, agents = _draft_of(principal, slug, source)
    giver = _NOBODY if source == ANYWHERE else source
    known = read_draft(draft, agents).nodes
    if giver not in known:
        raise Invalid(
            problems=[{"where": "source", "message": f"there is no pathway {source!r}; there are: {', '.join(known)}"}]
        )
    others = [name for name in known if name not in (giver, _NOBODY)]
    targets = {name: _verdict(list_mapping(draft, giver, name, agents)) for name in others}
    return {"targets": {**targets, END: {"state": "ok", "why": ""}}}


def _draft_of(principal: Principal, slug: str, source: str) -> tuple[dict[str, Any], Mapping[str, Any]]:
    draft = dict(get_definition(principal, "journey", slug).draft)
    if source == ANYWHERE and isinstance(draft.get("pathways"), list):
        draft["pathways"] = [*draft["pathways"], {"id": _NOBODY}]
    return draft, list_published(principal.organization_id, "agent")


def _verdict(rows: list[MappedInput]) -> dict[str, str]:
    """The worst of the rows. A missing value and one of another type both break the connection."""
    for wanted in ("broken", "unbound", "lossy"):
        for row in rows:
            if row.state == wanted:
                return {"state": "lossy" if wanted == "lossy" else "broken", "why": f"{row.input}: {row.why}"}
    return {"state": "ok", "why": ""}


def _row(view: View, row: MappedInput, wanted: FieldSpec, source: str, target: str) -> dict[str, Any]:
    options = _options(view, row, wanted, source, target)
    return {
        "agent": row.agent,
        "field": row.input,
        "type": row.type,
        "required": row.required,
        "source": "message" if row.how == "message" else row.source if row.how not in ("none", "default") else "",
        "how": row.how,
        "state": row.state,
        "why": row.why,
        "options": options,
        "mends": [{"label": m.label, "ops": [m.op]} for m in row.mends if m.op.get("source") != _NOBODY],
    }


def _options(view: View, row: MappedInput, wanted: FieldSpec, source: str, target: str) -> list[dict[str, Any]]:
    """Everything that could feed the input: outputs of the source, what the context may hold, what the person said."""
    giver = view.nodes[source]
    shape = Shape.of(wanted)
    outputs = {} if source == _NOBODY else view.outputs(giver)
    kept = context_fields(view)
    edge = {"op": "map_input", "source": source, "target": target, "input": row.input}
    found = [
        _option(name, fit(Shape.of(field), shape), view.title(source), [{**edge, "output": name}])
        for name, field in outputs.items()
    ]
    found += [
        _option(name, fit(known, shape), "context", [_bind(target, row.input, name)])
        for name, known in kept.items()
        if name not in outputs
    ]
    given = {"message": fit(Shape(TEXT), shape), **{name: Fit("ok") for name in GIVEN if name != "message"}}
    return found + [
        _option(name, how, "the person" if name == "message" else "the session", [_bind(target, row.input, name)])
        for name, how in given.items()
    ]


def _option(name: str, how: Fit, origin: str, ops: list[Op]) -> dict[str, Any]:
    return {"name": name, "state": how.state, "why": how.why, "from": origin, "ops": ops}


def _bind(target: str, into: str, name: str) -> Op:
    return {"op": "set_mapping", "pathway": target, "field": into, "source": "" if name == into else name}
