"""What the buttons of the outline ask for, as operations: those of the catalog by their own fields, and connections."""

from __future__ import annotations

import json
from typing import Any

from django.http import QueryDict

from journeys.core.editing.catalog import EDITS
from journeys.core.names import END
from trust.core.errors import Invalid

Draft = dict[str, Any]
LINKS = (
    ("next", "is next, when the pathway is complete"),
    ("intent", "on an intent"),
    ("detour", "on an intent, and back again"),
    ("condition", "if a condition is true"),
    ("error", "when the pathway fails"),
    ("return", "goes back there when it is complete"),
)


def read_button(form: QueryDict) -> list[Draft]:
    """Operations of a posted button: ``ops`` as JSON, ``op`` with its fields as texts, or ``op=connect``."""
    if form.get("ops"):
        try:
            ops = json.loads(str(form["ops"]))
        except (ValueError, RecursionError):
            raise _invalid("ops", "is not JSON") from None
        return ops if isinstance(ops, list) else [ops]
    name = form.get("op", "")
    if name == "connect":
        return connect(form.get("from", ""), form.get("to", ""), form.get("link", ""), form.get("text", "").strip())
    if name not in EDITS:
        raise _invalid("op", f"is {name!r}; the operations are: connect, {', '.join(sorted(EDITS))}")
    op: Draft = {"op": name}
    for field, about in EDITS[name].model_fields.items():
        if field == "op" or field not in form:
            continue
        annotation, text = str(about.annotation), str(form[field])
        if "list[str]" in annotation:
            op[field] = form.getlist(field)
        elif "int" in annotation:
            op[field] = int(text) if text.isdecimal() and len(text) < 10 else None
        elif "bool" in annotation:
            op[field] = text == "on"
        elif field == "value" or "dict" in annotation:
            op[field] = _json(field, text)
        else:
            op[field] = text.strip()
    return [op]


def connect(source: str, target: str, link: str, text: str) -> list[Draft]:
    """The operations of a connection; ``text`` is its intent or condition, by default the name of the target."""
    intents = [word.strip() for word in text.split(",") if word.strip()] or [target]
    move: Draft = {"op": "add_transition", "to_pathway": target, "from_pathways": [source]}
    match link:
        case "next":
            return [{"op": "set_next", "pathway": source, "to": target}]
        case "intent":
            return [move | {"trigger": {"kind": "intent", "intents": intents}}]
        case "detour" if target != END:
            back = {"op": "set_return", "pathway": target, "kind": "previous"}
            return [move | {"trigger": {"kind": "intent", "intents": intents}}, back]
        case "condition":
            return [move | {"trigger": {"kind": "condition", "expression": text or "true"}}]
        case "error" if target != END:
            path = f"pathways.{source}.on_error"
            modes = {f"{path}.mode": "pathway", f"{path}.pathway": target}
            return [{"op": "set_field", "path": place, "value": value} for place, value in modes.items()]
        case "return" if target != END:
            return [{"op": "set_return", "pathway": source, "kind": "specific", "target": target}]
    allowed = ", ".join(name for name, _ in LINKS)
    raise _invalid(
        "link", f"{link!r} does not lead to {target!r}; allowed: {allowed}, and to the end only next, intent, condition"
    )


def _json(field: str, text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise _invalid(field, "is not JSON") from None


def _invalid(where: str, message: str) -> Invalid:
    return Invalid(problems=[{"where": where, "message": message}])
