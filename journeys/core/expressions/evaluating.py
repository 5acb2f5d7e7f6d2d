"""Evaluates expressions over the values of a moment. Never raises: what cannot be told is ``None`` and has a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agents.core.spec.types import TypeSpec
from journeys.core.expressions import cel
from journeys.core.expressions.compiling import compile_expression
from journeys.core.expressions.reading import (
    CONTEXT,
    MAX_LENGTH,
    RESERVED,
    code_of,
    count_loops,
    names_in,
    paths_in,
)
from journeys.core.expressions.types import fit

MAX_STEPS = 10_000  # over lists, in one evaluation; the library ends a longer one
MAX_WORK = 256_000_000  # bytes that all steps together may touch, as far as this can be told beforehand


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a condition holds, and if it does not, ``why`` as a sentence for people."""

    holds: bool
    why: str = ""


def evaluate(text: str, values: Mapping[str, Any], types: Mapping[str, TypeSpec]) -> Any:
    """The value of ``text`` as JSON data; ``None`` when something it needs is not known, or it cannot be told."""
    return explain(text, values, types)[0]


def holds(text: str, values: Mapping[str, Any], types: Mapping[str, TypeSpec]) -> Verdict:
    """Whether ``text`` is true; an empty text is. Unknown is not true."""
    if not text.strip():
        return Verdict(True)
    value, why = explain(text, values, types)
    if value is True:
        return Verdict(True)
    if why:
        return Verdict(False, f"{text} cannot be told: {why}")
    return Verdict(False, f"{text} is false" if value is False else f"{text} is neither true nor false")


def explain(text: str, values: Mapping[str, Any], types: Mapping[str, TypeSpec]) -> tuple[Any, str]:
    """The value and ``""``, or ``None`` and why there is none."""
    if len(text) > MAX_LENGTH:
        return None, f"it has {len(text)} characters, and {MAX_LENGTH} are allowed"
    program, declared = compile_expression(text, types, strict=False)
    try:
        given = _given(text, values, dict(declared))
    except ValueError as error:
        return None, str(error)
    work = _work(text, given)
    if work > MAX_WORK:
        return None, f"it would have to look at about {work:,} characters, and {MAX_WORK:,} are allowed"
    result, why = cel.run(program, given)
    if why:
        missing = [name for name in names_in(text) if name != CONTEXT and not _is_known(name, values)]
        return None, f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} not known yet" if missing else why
    return result, ""


def _given(text: str, values: Mapping[str, Any], declared: Mapping[str, str]) -> dict[str, Any]:
    """The values that ``text`` names, as its types want them; absent ones are left out."""
    given: dict[str, Any] = {}
    for name, word in declared.items():
        value = values.get(name)
        if name == CONTEXT or value is None:
            continue
        try:
            given[name] = fit(value, word)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
    fields = {n for n in names_in(text) if n in values and values[n] is not None and n not in RESERVED}
    whole = any(path.parts == (CONTEXT,) for path in paths_in(text))
    chosen = values.keys() - set(RESERVED) if whole else fields | ({n for n in RESERVED if n in values} - {CONTEXT})
    asks = CONTEXT in code_of(text) or "has(" in code_of(text)
    given[CONTEXT] = {n: fit(values[n], cel.DYN) for n in sorted(chosen) if values[n] is not None} if asks else {}
    return given


def _is_known(name: str, values: Mapping[str, Any]) -> bool:
    first, _, rest = name.partition(".")
    value = values.get(first)
    if not rest:
        return value is not None
    return isinstance(value, Mapping) and value.get(rest) is not None


def _work(text: str, given: Mapping[str, Any]) -> int:
    """Bytes that the evaluation may touch: the longest value, as often as it is named or joined, for every step."""
    longest_list, longest_text = _longest(list(given.values()))
    steps = min(MAX_STEPS, max(1, longest_list) ** count_loops(text))
    named = len(paths_in(text)) + code_of(text).count("+")
    return int(max(longest_text, 16 * longest_list) * steps * (1 + named))


def _longest(value: Any) -> tuple[int, int]:
    """The lengths of the longest list or object and of the longest text in ``value``."""
    if isinstance(value, str):
        return 0, len(value)
    if not isinstance(value, list | Mapping):
        return 0, 0
    items = list(value.values()) if isinstance(value, Mapping) else value
    inner = [_longest(item) for item in items]
    return max([len(items), *(a for a, _ in inner)]), max([0, *(b for _, b in inner)])
