"""What preflight says: findings with their place, their remedy and fixes that can be applied, and how each edge stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Severity = Literal["error", "warning"]
Kind = Literal["pathway", "transition", "agent", "journey"]
EdgeState = Literal["ok", "lossy", "broken"]


@dataclass(frozen=True, slots=True)
class Focus:
    """The element that shows the finding: an empty ``id`` is the journey itself; ``field`` is the top key of its form."""

    kind: Kind
    id: str = ""
    field: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}:{self.field}"


@dataclass(frozen=True, slots=True)
class Fix:
    """``ops`` are operations of ``journeys.core.editing``, applied together; ``label`` is what the button says."""

    label: str
    ops: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong (``error``: nobody can publish) or may go wrong (``warning``).

    ``where`` is a path by ids, such as ``pathways.intake.bindings.age``. ``what`` and ``how`` are sentences: what is wrong
    with which value, and what to do about it.
    """

    severity: Severity
    code: str
    where: str
    focus: Focus
    what: str
    how: str
    fixes: tuple[Fix, ...] = ()

    def as_data(self) -> dict[str, Any]:
        fixes = [{"label": fix.label, "ops": list(fix.ops)} for fix in self.fixes]
        return {**asdict(self), "focus": asdict(self.focus), "fixes": fixes}


@dataclass(frozen=True, slots=True)
class Report:
    """All findings, errors first, each group in the order of the draft. ``mappings``: pathway -> how its inputs are fed;
    ``edges``: edge, by its name on the canvas -> how they are fed when one comes by it."""

    findings: tuple[Finding, ...] = ()
    mappings: Mapping[str, EdgeState] = field(default_factory=dict)
    edges: Mapping[str, EdgeState] = field(default_factory=dict)

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.severity == "error")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.severity == "warning")

    def counts(self) -> dict[str, dict[str, int]]:
        """``kind:id`` -> how many errors and warnings: the badges."""
        found = Counter((f"{f.focus.kind}:{f.focus.id}", f.severity) for f in self.findings)
        keys = dict.fromkeys(key for key, _ in found)
        return {key: {"errors": found[key, "error"], "warnings": found[key, "warning"]} for key in keys}

    def as_data(self) -> dict[str, Any]:
        return {
            "errors": len(self.errors),
            "warnings": len(self.warnings),
            "findings": [finding.as_data() for finding in self.findings],
            "counts": self.counts(),
            "mappings": dict(self.mappings),
            "edges": dict(self.edges),
        }


def error(code: str, where: str, focus: Focus, what: str, how: str, *fixes: Fix) -> Finding:
    return Finding("error", code, where, focus, what, how, fixes)


def warning(code: str, where: str, focus: Focus, what: str, how: str, *fixes: Fix) -> Finding:
    return Finding("warning", code, where, focus, what, how, fixes)


def set_field(label: str, path: str, value: Any) -> Fix:
    return Fix(label, ({"op": "set_field", "path": path, "value": value},))


def clear_field(label: str, path: str) -> Fix:
    return Fix(label, ({"op": "clear_field", "path": path},))
