"""Results of tests as JUnit XML, the form that CI systems read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree

from journeys.core.testing.running import CaseResult


@dataclass(frozen=True, slots=True)
class JUnitCase:
    """A case by name; ``result`` is ``None`` when it never came to one, and ``error`` says why."""

    name: str
    result: CaseResult | None
    error: str = ""


def write_junit(journey: str, what: str, cases: Sequence[JUnitCase], *, at: datetime, coverage: dict[str, int]) -> str:
    """One test suite: a failure lists every assertion that failed, an error is a case that could not go on."""
    errors = sum(c.result is None or bool(c.result.problem) for c in cases)
    failures = sum(c.result is not None and not c.result.passed and not c.result.problem for c in cases)
    total = f"{sum(c.result.duration_s for c in cases if c.result):.3f}"
    counts = {"tests": str(len(cases)), "failures": str(failures), "errors": str(errors), "skipped": "0", "time": total}
    root = ElementTree.Element("testsuites", {"name": "kaizen", **counts})
    stamp = at.strftime("%Y-%m-%dT%H:%M:%S")
    suite = ElementTree.SubElement(root, "testsuite", {"name": f"{journey} {what}", "timestamp": stamp, **counts})
    properties = ElementTree.SubElement(suite, "properties")
    for name, value in coverage.items():
        ElementTree.SubElement(properties, "property", {"name": f"coverage.{name}", "value": str(value)})
    for case in cases:
        _case(suite, journey, case)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _case(suite: ElementTree.Element, journey: str, case: JUnitCase) -> None:
    result = case.result
    time = f"{result.duration_s if result else 0:.3f}"
    row = ElementTree.SubElement(suite, "testcase", {"classname": journey, "name": _clean(case.name), "time": time})
    if result is None:
        ElementTree.SubElement(row, "error", {"message": _clean(case.error or "no result")})
        return
    if not result.passed:
        tag = "error" if result.problem else "failure"
        told = ElementTree.SubElement(row, tag, {"message": _clean(result.reasons[0])[:500]})
        told.text = _clean("\n".join(result.reasons))
    said = ElementTree.SubElement(row, "system-out")
    said.text = _clean("\n".join(f"person: {t.began}\nreply: {t.reply or t.error}" for t in result.turns))


def _clean(text: str) -> str:
    """XML 1.0 knows no control characters but tab and line ends."""
    return "".join(c for c in text if c in "\t\n\r" or (ord(c) >= 32 and not 0xD800 <= ord(c) <= 0xDFFF))
