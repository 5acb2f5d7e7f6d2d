"""Input binding: where each input field of an agent gets its value from. Refuses to run an agent without its inputs.

Sources of a field, the first that has a value wins: its declared binding (a source's name, a path such as ``user.plan`` or
``offer.price``, or ``=`` and an expression); ``message``, ``history`` and ``context`` by name; outputs of earlier agents of
this turn; accumulated context; the user variables; the field's default. When no field took the message and exactly one required
text field is still without a source, that field is what the person said. ``attachments`` are the files that came with the
message; an input that is a file, and has no other source, gets the first of them that it accepts, a list of files all of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from agents.core.spec.errors import InvalidValues
from agents.core.spec.signature import SignatureSpec
from agents.core.spec.types import FieldSpec, FileType, ListType, OptionalType, ScalarType
from agents.core.spec.values import validate_inputs
from journeys.core.engine.updates import look_up
from journeys.core.errors import MissingInput

MESSAGE, HISTORY, CONTEXT, USER, FILES = "message", "history", "context", "user", "attachments"
EXPRESSION = "="  # a binding that begins so is an expression
Calculate = Callable[[str], tuple[Any, str]]


def bind_inputs(
    agent: str,
    signature: SignatureSpec,
    bindings: Mapping[str, str],
    *,
    message: str,
    history: Sequence[Mapping[str, str]],
    context: Mapping[str, Any],
    outputs: Mapping[str, Any],
    user: Mapping[str, Any] = {},
    files: Sequence[Mapping[str, Any]] = (),
    calculate: Calculate | None = None,
) -> dict[str, Any]:
    """The validated inputs of ``agent``; ``calculate`` gives the value of an expression, or ``None`` and why it has none.

    Raises ``MissingInput`` that names the field and every source there is.
    """
    known: dict[str, Any] = {
        **{name: value for name, value in user.items() if value is not None},
        **{name: value for name, value in context.items() if value is not None},
        **{name: value for name, value in outputs.items() if value is not None},
        MESSAGE: message,
        HISTORY: [dict(m) for m in history],
        CONTEXT: dict(context),
        **({FILES: [dict(file) for file in files]} if files else {}),
    }
    bound, reasons = _bound(bindings, {**known, USER: dict(user)}, calculate)
    sources = {**_attached(signature, files), **known, **bound}
    names = {field.name: bindings.get(field.name, field.name) for field in signature.inputs}
    missing = [f for f in signature.inputs if f.required and names[f.name] not in sources]
    if MESSAGE not in names.values():
        _give_message(missing, names)
    for field in missing:
        if names[field.name] not in sources:
            raise _missing(agent, field, names[field.name], known, reasons.get(names[field.name], ""))
    values = {f.name: _fit(f, sources[names[f.name]]) for f in signature.inputs if names[f.name] in sources}
    try:
        return validate_inputs(signature, values)
    except InvalidValues as error:
        raise MissingInput(f"agent {agent!r} cannot be given its inputs: {error.message}", agent=agent) from None


def _bound(
    bindings: Mapping[str, str], known: Mapping[str, Any], calculate: Calculate | None
) -> tuple[dict[str, Any], dict[str, str]]:
    """The values of those bindings that are paths or expressions, by their text, and why others have none."""
    found: dict[str, Any] = {}
    reasons: dict[str, str] = {}
    for source in bindings.values():
        if source.startswith(EXPRESSION) and calculate:
            found[source], reasons[source] = calculate(source.removeprefix(EXPRESSION))
        elif "." in source:
            found[source] = look_up(known, source)
    return {source: value for source, value in found.items() if value is not None}, reasons


def _attached(signature: SignatureSpec, files: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What the inputs that are files get of ``files``, by the name of the input."""
    found: dict[str, Any] = {}
    for field in signature.inputs:
        type_ = field.type.of if isinstance(field.type, OptionalType) else field.type
        item = type_.of if isinstance(type_, ListType) else type_
        if isinstance(item, FileType):
            fitting = [dict(file) for file in files if item.accepts in ("any", str(file["media_type"]).partition("/")[0])]
            if fitting:
                found[field.name] = fitting if isinstance(type_, ListType) else fitting[0]
    return found


def _give_message(missing: Sequence[FieldSpec], names: dict[str, str]) -> None:
    texts = [f for f in missing if isinstance(f.type, ScalarType) and f.type.kind == "str"]
    if len(texts) == 1 and names[texts[0].name] == texts[0].name:
        names[texts[0].name] = MESSAGE


def _fit(field: FieldSpec, value: Any) -> Any:
    """Lists and objects as text where the field is a text: a conversation as lines, anything else as JSON."""
    if not (isinstance(field.type, ScalarType) and field.type.kind == "str") or not isinstance(value, list | dict):
        return value
    if isinstance(value, list) and all(isinstance(m, dict) and m.keys() == {"role", "text"} for m in value):
        return "\n".join(f"{m['role']}: {m['text']}" for m in value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _missing(agent: str, field: FieldSpec, source: str, sources: Mapping[str, Any], why: str) -> MissingInput:
    if why:
        return MissingInput(
            f"agent {agent!r} needs the input {field.name!r}, bound to {source!r}, which has no value: {why}. "
            f"Say what it is otherwise (has(...) ? ... : ...), or give the input a default.",
            agent=agent,
            field=field.name,
            available=sorted(sources),
        )
    bound = f", bound to {source!r}," if source != field.name else ""
    return MissingInput(
        f"agent {agent!r} needs the input {field.name!r}{bound} and nothing here has that name; "
        f"available are: {', '.join(sorted(sources))}. Accumulate it earlier, bind it to one of these, or give it a default.",
        agent=agent,
        field=field.name,
        available=sorted(sources),
    )
