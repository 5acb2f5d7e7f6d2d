"""Measure how well a model tells the intents of a journey apart, by its labelled utterances."""

from __future__ import annotations

import json as json_text
import logging
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path

from journeys.core.lab.matrix import LabReport, Matrix
from journeys.management.progress import follow_quietly
from journeys.services.testing.lab import add_utterances, get_lab, read_csv, start_lab
from trust.core.errors import KaizenError
from trust.services.setup import owner_principal

FAILED, BROKEN = 1, 2


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("journey", help="Slug of the journey.")
    parser.add_argument(
        "--version",
        "--version-number",
        dest="version_number",
        type=int,
        default=None,
        metavar="N",
        help="Another version than the draft.",
    )
    parser.add_argument("--provider", default="", help="Another provider than the journey's own.")
    parser.add_argument("--model", default="", help="A model of that provider.")
    parser.add_argument("--pathway", action="append", default=[], help="Only in this pathway (repeatable).")
    parser.add_argument("--csv", default="", metavar="FILE", help="Add the utterances of a CSV file (text,intent) first.")
    parser.add_argument("--agreement-min", type=int, default=0, metavar="PCT", help="Exit with 1 below this agreement.")
    parser.add_argument("--json", action="store_true", help="Print the report as one JSON object.")
    parser.add_argument("--organization", default="", help="Slug; the oldest organization when left out.")


def run(
    say: Callable[[str], None],
    *,
    journey: str,
    version_number: int | None,
    provider: str,
    model: str,
    pathway: list[str],
    csv: str,
    agreement_min: int,
    json: bool,
    organization: str,
) -> None:
    """Ends the process with 0, 1 (below ``--agreement-min``) or 2 (could not be measured)."""
    logging.disable(logging.WARNING)  # the terminal is the person's
    try:
        principal = owner_principal(organization)
        if csv:
            add_utterances(principal=principal, slug=journey, labelled=read_csv(Path(csv).read_text()), source="csv")
        lab = start_lab(
            principal=principal, slug=journey, version=version_number, provider=provider, model=model, pathways=pathway
        )
    except (KaizenError, OSError) as refusal:
        sys.stderr.write(f"{refusal}\n")
        sys.exit(BROKEN)
    waits = follow_quietly(principal, lab.run_id, quiet=json)
    view = get_lab(principal, journey, lab.id)
    if view.report is None:
        sys.stderr.write(f"{view.note or f'The run {lab.run_id} waits for a person: {waits}'}\n")
        sys.exit(BROKEN)
    told = {**view.report.model_dump(mode="json"), "agreement": view.report.agreement, "model": view.lab.model_label}
    say(json_text.dumps(told, ensure_ascii=False) if json else tell_report(view.lab.model_label, view.report))
    sys.exit(FAILED if view.report.agreement < agreement_min else 0)


def tell_report(model: str, report: LabReport) -> str:
    """The report for a terminal."""
    lines = [f"{model}: agrees with people on {report.agreement} % of {report.heard} ({report.errors} without an answer)"]
    for matrix in report.matrices:
        lines += ["", f"In {matrix.pathway}: {matrix.agreement} %", *_table(matrix)]
    for pair in report.pairs:
        lines += ["", f"Colliding: {pair.a} and {pair.b}"]
        lines += [f'  "{f.text}" means {f.intent}, was taken for {f.found} ({f.confidence:.2f})' for f in pair.utterances]
    if report.leaked:
        lines += ["", "Means none of the intents, was taken for one:"]
        lines += [f'  "{f.text}" for {f.taken} ({f.confidence:.2f})' for f in report.leaked]
    for sweep in report.sweeps:
        if sweep.suggested != sweep.present:
            gain = f"{sweep.present_right} % to {sweep.suggested_right} %"
            lines += ["", f"Threshold of {sweep.transition}: {sweep.present:.2f} to {sweep.suggested:.2f} brings {gain}"]
    return "\n".join(lines)


def _table(matrix: Matrix) -> list[str]:
    wide = max(len(name) for name in (*matrix.columns, *(row.label for row in matrix.rows)))
    head = " " * (wide + 2) + "  ".join(name.rjust(6) for name in matrix.columns)
    rows = []
    for row in matrix.rows:
        counts = zip(row.cells, matrix.columns, strict=True)
        rows.append(f"  {row.label.ljust(wide)}" + "  ".join(str(c.count).rjust(max(6, len(n))) for c, n in counts))
    return [head, *rows]
