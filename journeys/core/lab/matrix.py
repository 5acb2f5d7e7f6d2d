"""What the laboratory's findings say: confusion matrix, colliding pairs, leakage, agreement, better thresholds. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from agents.core.spec.types import Frozen
from journeys.core.engine.intents import NONE
from journeys.core.engine.state import JourneyState
from journeys.core.engine.transitions import applicable
from journeys.core.lab.spec import Finding
from journeys.core.spec import IntentTriggerSpec, JourneySpec

ERROR = "no answer"
STEPS = tuple(n / 20 for n in range(21))  # thresholds that are tried


class Cell(Frozen):
    count: int
    percent: int  # of its row


class Row(Frozen):
    """Utterances with one label: how many were taken for each column's intent."""

    label: str
    total: int
    cells: tuple[Cell, ...]


class Matrix(Frozen):
    """Of one pathway. Rows are what people say an utterance means, columns what the model took it for."""

    pathway: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    right: int
    total: int

    @property
    def agreement(self) -> int:
        return 100 * self.right // self.total if self.total else 0


class Pair(Frozen):
    """Two intents that are taken for each other, with the very utterances: text, label, taken for, pathway."""

    a: str
    b: str
    utterances: tuple[Finding, ...]


class Sweep(Frozen):
    """The threshold of a trigger, and the one at which its utterances would have been judged right most often.

    ``curve``: threshold and percent right. Of equal ones the nearest to the present one is suggested.
    """

    transition: str
    intents: tuple[str, ...]
    present: float
    present_right: int
    suggested: float
    suggested_right: int
    heard: int
    curve: tuple[tuple[float, int], ...]


class LabReport(Frozen):
    heard: int
    right: int
    errors: int
    matrices: tuple[Matrix, ...]
    pairs: tuple[Pair, ...]
    leaked: tuple[Finding, ...]
    missed: tuple[Finding, ...]
    sweeps: tuple[Sweep, ...]

    @property
    def agreement(self) -> int:
        """Percent of what was heard that the model and people agree on."""
        return 100 * self.right // self.heard if self.heard else 0


def report(journey: JourneySpec, findings: Sequence[Finding]) -> LabReport:
    """Everything that pages, API and the command line tell. ``leaked``: means none, was taken for an intent. ``missed``:
    means an intent, was taken for none."""
    findings = [_alike(journey, f) for f in findings]
    answered = [f for f in findings if not f.error]
    order = list(dict.fromkeys(f.pathway for f in findings))
    return LabReport(
        heard=len(findings),
        right=sum(f.taken == f.intent for f in answered),
        errors=len(findings) - len(answered),
        matrices=tuple(_matrix(name, [f for f in findings if f.pathway == name]) for name in order),
        pairs=tuple(_pairs(answered)),
        leaked=tuple(f for f in answered if f.intent == NONE and f.taken != NONE),
        missed=tuple(f for f in answered if f.intent != NONE and f.taken == NONE),
        sweeps=tuple(_sweeps(journey, answered)),
    )


def _alike(journey: JourneySpec, finding: Finding) -> Finding:
    """Two intents of one trigger lead to the same place: taking one for the other is no mistake."""
    for transition in journey.transitions:
        names = transition.trigger.intents if isinstance(transition.trigger, IntentTriggerSpec) else ()
        if finding.intent in names and finding.found in names:
            taken = finding.intent if finding.taken in names else finding.taken
            return finding.model_copy(update={"found": finding.intent, "taken": taken})
    return finding


def _matrix(pathway: str, findings: Sequence[Finding]) -> Matrix:
    taken = [f.taken if not f.error else ERROR for f in findings]
    names = sorted({f.intent for f in findings} | set(taken), key=lambda n: (n == ERROR, n == NONE, n))
    rows = []
    for label in (n for n in names if n != ERROR):
        mine = [t for f, t in zip(findings, taken, strict=True) if f.intent == label]
        if mine:
            cells = tuple(Cell(count=mine.count(n), percent=round(100 * mine.count(n) / len(mine))) for n in names)
            rows.append(Row(label=label, total=len(mine), cells=cells))
    right = sum(f.taken == f.intent for f in findings if not f.error)
    return Matrix(pathway=pathway, columns=tuple(names), rows=tuple(rows), right=right, total=len(findings))


def _pairs(findings: Sequence[Finding]) -> list[Pair]:
    """The pairs with the most confusions first."""
    mixed: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for f in findings:
        if f.found != f.intent and NONE not in (f.found, f.intent):
            first, second = sorted((f.found, f.intent))
            mixed[first, second].append(f)
    found = [Pair(a=a, b=b, utterances=tuple(each)) for (a, b), each in mixed.items()]
    return sorted(found, key=lambda p: (-len(p.utterances), p.a, p.b))


def _sweeps(journey: JourneySpec, findings: Sequence[Finding]) -> list[Sweep]:
    found = []
    for transition in journey.transitions:
        trigger = transition.trigger
        if not isinstance(trigger, IntentTriggerSpec):
            continue
        where = {p.id for p in journey.pathways if transition in applicable(journey, JourneyState(pathway=p.id))}
        mine = [f for f in findings if f.pathway in where and (f.found in trigger.intents or f.intent in trigger.intents)]
        if not any(f.intent in trigger.intents for f in mine):  # what only must not fire says nothing of when it must
            continue
        curve = tuple((t, _right(mine, trigger.intents, t)) for t in STEPS)
        present = _right(mine, trigger.intents, trigger.confidence_threshold)
        best = max(share for _, share in curve)
        now = trigger.confidence_threshold
        suggested = now if present >= best else min((t for t, s in curve if s == best), key=lambda t: abs(t - now))
        found.append(
            Sweep(
                transition=transition.id,
                intents=trigger.intents,
                present=now,
                present_right=present,
                suggested=suggested,
                suggested_right=max(best, present),
                heard=len(mine),
                curve=curve,
            )
        )
    return found


def _right(findings: Sequence[Finding], intents: Sequence[str], threshold: float) -> int:
    """Percent of ``findings`` that a trigger with ``threshold`` judges as people do."""
    right = 0
    for f in findings:
        fires = f.found in intents and f.confidence >= threshold
        right += (f.intent in intents and f.found == f.intent) if fires else f.intent not in intents
    return 100 * right // len(findings)
