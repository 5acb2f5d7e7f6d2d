"""The demo model's guesses by type, for what no rule says: patterns, near words, and plain sentences that admit it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from agents.core.llm.nearest import Nearest
from agents.core.spec.describe import nullable_type
from agents.core.spec.signature import SignatureSpec
from agents.core.spec.types import (
    AnyType,
    Constraints,
    DictType,
    EnumType,
    FieldSpec,
    FileType,
    ListType,
    ModelType,
    OptionalType,
    ScalarType,
    TypeSpec,
)

_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?![\w])")
_DATE = re.compile(r"\b(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::\d{2})?)?")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
_PHONE = re.compile(r"\+?\d[\d /-]{6,}\d")
_PERSON = re.compile(r"\b(?:my name is|i am|i'm|this is|call me)\s+([A-Z][\w'-]+(?: [A-Z][\w'-]+)*)")
_PHRASES = re.compile(r",|;|\band\b|\bor\b|\.|\n", re.IGNORECASE)
_LEAD = re.compile(
    r"^(?:i|we|my|the|a|an|have|has|had|got|am|is|are|also|some|with|suffer from|feel|feeling)\s+", re.IGNORECASE
)
_YES = re.compile(r"\b(?:yes|yeah|yep|sure|ok|okay|true|please do|go ahead|agreed?)\b", re.IGNORECASE)
SORRY = "This is the demo model: fixed rules, not an AI."
_FAULTS = re.compile(r"^(?:issue|problem|error|warning|mistake)s?$")
_PASSED = ("passed", "verified", "valid", "success")
_SHARES = {"confidence": 0.5, "certainty": 0.5, "score": 0.75, "quality": 0.75, "quality_score": 0.75}
_THOUGHTS = re.compile(r"^(?:thoughts?|reasoning|reasons?|feedback|critique|step_?\d+)$")
_STEPS = ("plan", "steps", "milestones")
_ANSWERS = re.compile(r"(?:^|_)(?:response|answer|reply|text|result)$")
_FINISH = "finish"
_ANY_DAY = "2000-01-01"  # a required date that the text does not give: valid, and plainly not meant


def guess_outputs(
    sig: SignatureSpec,
    values: Mapping[str, Any],
    nearest: Nearest,
    known: Mapping[str, Any] | None = None,
    *,
    bare: bool = False,
) -> dict[str, Any]:
    """Every output of ``sig``: those ``known`` first, the rest guessed, or with ``bare`` empty for their type."""
    message = message_of(sig, values)
    outputs: dict[str, Any] = {}
    for field in sig.outputs:
        value = (known or {}).get(field.name)
        if value is not None:
            outputs[field.name] = value
        elif bare and not isinstance(field.type, EnumType):
            outputs[field.name] = empty(field)
        else:
            outputs[field.name] = _guess(field, nullable_type(field), message, sig, nearest)
    return outputs


def message_of(sig: SignatureSpec, values: Mapping[str, Any]) -> str:
    """What the person said: the input ``message``, else the first text."""
    said = values.get("message")
    if isinstance(said, str):
        return said
    return next((values[f.name] for f in sig.inputs if isinstance(values.get(f.name), str)), "")


def empty(field: FieldSpec) -> Any:
    """The emptiest value that fits the type of ``field``."""
    return field.default if not field.required else _empty(nullable_type(field), field.constraints)


def _empty(type_: TypeSpec, bounds: Constraints) -> Any:
    match type_:
        case OptionalType() | AnyType() | FileType():
            return None
        case EnumType():
            return type_.values[0]
        case ListType():
            return [_empty(type_.of, Constraints()) for _ in range(bounds.min_length or 0)]
        case DictType():
            return {}
        case ModelType():
            return {f.name: empty(f) for f in type_.fields}
    low = max(bounds.ge if bounds.ge is not None else 0, 0 if bounds.le is None or bounds.le >= 0 else bounds.le)
    plain = {"str": "-" * (bounds.min_length or 0), "bool": False, "date": _ANY_DAY, "datetime": f"{_ANY_DAY}T00:00:00"}
    return plain[type_.kind] if type_.kind in plain else int(low) if type_.kind == "int" else float(low)


def _guess(  # noqa: PLR0911 - one branch a type
    field: FieldSpec, type_: TypeSpec, message: str, sig: SignatureSpec, nearest: Nearest
) -> Any:
    if _FAULTS.match(field.name) and (not field.required or _judges(sig)):
        return empty(field)
    match type_:
        case OptionalType():
            return _found(field, type_.of, message)
        case EnumType():
            return _nearest_value(type_, message, nearest)
        case ListType():
            if isinstance(type_.of, ModelType) and message.strip():
                return [{f.name: _guess_in_item(f, message, sig, nearest) for f in type_.of.fields}]
            return _several(field, type_, message)
        case ModelType():
            return {f.name: _guess(f, nullable_type(f), message, sig, nearest) for f in type_.fields}
        case DictType() | AnyType() | FileType():
            return _empty(type_, field.constraints)
        case _:
            return _guess_scalar(field, type_, message, sig)


def _judges(sig: SignatureSpec) -> bool:
    """Whether this is a judgement of work: a demo finds no fault with it. Elsewhere a problem is what a person tells of."""
    return any(field.name in _PASSED for field in sig.outputs)


def _guess_in_item(field: FieldSpec, message: str, sig: SignatureSpec, nearest: Nearest) -> Any:
    """Within the one item that a list of objects is guessed to have: it is the first and refers to nothing."""
    match nullable_type(field):
        case ListType() | OptionalType():
            return empty(field)
        case ScalarType(kind="int") if field.constraints.le is None or field.constraints.le >= 1:
            return max(1, int(field.constraints.ge or 1))
        case type_:
            return _guess(field, type_, message, sig, nearest)


def _guess_scalar(field: FieldSpec, type_: ScalarType, message: str, sig: SignatureSpec) -> Any:
    found = _found(field, type_, message)
    if found is not None:
        return found
    return _sentence(field, message, sig) if type_.kind == "str" else _empty(type_, field.constraints)


def _found(field: FieldSpec, type_: TypeSpec, message: str) -> Any:
    """What a pattern finds in the message for this type and name; ``None`` when nothing does."""
    match type_.kind:
        case "bool":
            return field.name in _PASSED or bool(_YES.search(message))
        case "int" | "float":
            return _number(field, type_.kind, message)
        case "date" | "datetime":
            day = _DATE.search(message)
            time = f"T{day[2]}:00" if day and day[2] else "T00:00:00"
            return None if day is None else day[1] if type_.kind == "date" else day[1] + time
        case "str":
            return _named_text(field.name, message)
    return None


def _number(field: FieldSpec, kind: str, message: str) -> float | int | None:
    low, high = field.constraints.ge, field.constraints.le
    share = _SHARES.get(field.name)
    if share is not None and kind == "float" and (low is None or low <= share) and (high is None or high >= share):
        return share
    for text in _NUMBER.findall(message):
        number = float(text)
        if (low is None or number >= low) and (high is None or number <= high) and (kind == "float" or number.is_integer()):
            return int(number) if kind == "int" else number
    return None


def _named_text(name: str, message: str) -> str | None:
    patterns = {"mail": _EMAIL, "phone": _PHONE, "name": _PERSON, "date": _DATE}
    for part, pattern in patterns.items():
        found = pattern.search(message) if part in name.lower() else None
        if found:
            return found[1] if pattern is _PERSON else found[0].strip()
    return None


def _nearest_value(type_: EnumType, message: str, nearest: Nearest) -> Any:
    if _FINISH in type_.values:
        return _FINISH  # of several actions a demo takes the one that ends the work
    words = [str(value).replace("_", " ").replace("-", " ") for value in type_.values]
    for value, word in zip(type_.values, words, strict=True):
        if re.search(rf"\b{re.escape(word)}\b", message, re.IGNORECASE):
            return value
    index, _score = nearest.best(message, words)
    return type_.values[max(index, 0)]


def _several(field: FieldSpec, type_: ListType, message: str) -> list[Any]:
    most = field.constraints.max_length if field.constraints.max_length is not None else 5
    least = field.constraints.min_length or 0
    if type_.of.kind in ("int", "float"):
        numbers = [float(n) for n in _NUMBER.findall(message)]
        items: list[Any] = [int(n) for n in numbers] if type_.of.kind == "int" else numbers
    else:
        steps = [message.strip()[:200]] if field.name in _STEPS and message.strip() else []
        items = steps or _phrases(message) if type_.of.kind == "str" else []
    while len(items) < least:
        items.append(_empty(type_.of, Constraints()))
    return items[: int(most)]


def _phrases(message: str) -> list[str]:
    phrases = []
    for part in _PHRASES.split(message):
        words = part.strip(" .!?\"'")
        while (shorter := _LEAD.sub("", words)) != words:
            words = shorter
        if words and len(words.split()) <= 6 and words.lower() not in phrases:
            phrases.append(words.lower())
    return phrases


def _sentence(field: FieldSpec, message: str, sig: SignatureSpec) -> str:
    said = f"“{message[:200]}”" if message.strip() else "nothing"
    purpose = (sig.intent or sig.instructions or sig.name).strip().splitlines()[0].rstrip(".")
    if _THOUGHTS.match(field.name):
        text = "The demo model follows fixed rules and does not think."
    elif _ANSWERS.search(field.name):
        text = f"{SORRY} Its task here is: {purpose}. It was given {said}."
    else:
        text = message.strip()[:200] or field.description or field.name
    least, most = field.constraints.min_length or 0, field.constraints.max_length
    return text.ljust(int(least), ".")[: int(most) if most is not None else None]
