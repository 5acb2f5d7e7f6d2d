"""Measurements of the intent laboratory side by side: what each model took every utterance for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from journeys.core.lab.spec import Finding, Said
from journeys.services.testing.lab import LabView, get_lab, list_labs
from trust.core.errors import Invalid
from trust.core.principal import Principal

MOST = 6


@dataclass(frozen=True, slots=True)
class HeardRow:
    """One utterance in one pathway; ``found`` has a place for each measurement, ``None`` where it was not heard."""

    pathway: str
    text: str
    intent: str
    before: tuple[Said, ...]
    found: tuple[Finding | None, ...]

    @property
    def after(self) -> str:
        return self.before[-1].text if self.before else ""

    @property
    def right(self) -> int:
        return sum(each is not None and each.taken == self.intent for each in self.found)

    @property
    def differs(self) -> bool:
        """Whether the models do not all take it for the same."""
        return len({each.taken if each and not each.error else "" for each in self.found}) > 1


@dataclass(frozen=True, slots=True)
class LabComparison:
    """``rows``: first what they take for different things, then what all get wrong, then the rest."""

    views: tuple[LabView, ...]
    rows: tuple[HeardRow, ...]

    @property
    def running(self) -> bool:
        return any(view.state == "running" for view in self.views)


def compare_labs(principal: Principal, slug: str, lab_ids: Sequence[UUID] = ()) -> LabComparison:
    """These measurements; without ids the newest of each model on the content that was measured last. Raises ``NotFound``, and
    ``Invalid`` for more than fit side by side."""
    views = [get_lab(principal, slug, lab_id) for lab_id in dict.fromkeys(lab_ids)] or _newest(principal, slug)
    if len(views) > MOST:
        raise Invalid(problems=[{"where": "run", "message": f"at most {MOST} measurements fit side by side, not {len(views)}"}])
    found: dict[tuple[str, str, str, tuple[Said, ...]], list[Finding | None]] = {}
    for place, view in enumerate(views):
        for finding in map(Finding.model_validate, view.lab.findings or []):
            key = (finding.pathway, finding.text, finding.intent, finding.before)
            found.setdefault(key, [None] * len(views))[place] = finding
    rows = [HeardRow(*key, tuple(cells)) for key, cells in found.items()]
    return LabComparison(tuple(views), tuple(sorted(rows, key=lambda row: (not row.differs, row.right))))


def _newest(principal: Principal, slug: str) -> list[LabView]:
    views = [view for view in list_labs(principal, slug) if view.state == "done"]
    same = [view for view in views if view.lab.spec_digest == views[0].lab.spec_digest]
    return list({view.lab.model_label: view for view in reversed(same)}.values())[-MOST:]
