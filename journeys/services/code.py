"""A journey's draft as text that people edit: shown as Python and YAML, read back, and saved beside what others changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, cast
from uuid import UUID

from agents.core.reading.problems import SourceProblem
from agents.core.spec.errors import InvalidSpec
from agents.core.spec.runnable import canonical, parse_spec
from agents.services.definitions import get_definition, save_draft, save_layout
from agents.services.draft_history import keep_clash, recall_draft
from journeys.core.spec import JourneySpec
from journeys.core.text.compact import Draft, compact, complete, same
from journeys.core.text.merge import merge_journeys
from journeys.core.text.printing import print_journey
from journeys.core.text.reading import read_journey
from journeys.core.text.yaml import ReadYaml, read_yaml, write_yaml
from trust.core.errors import Conflict, Invalid, Problem
from trust.core.principal import Principal

KIND = "journey"
Form = Literal["python", "yaml"]
LABELS = {"python": "Edited as Python", "yaml": "Edited as YAML"}


@dataclass(frozen=True, slots=True)
class Code:
    """``text`` is ``None`` where the draft has no such form: Python needs a valid journey; ``problems`` says why it is none."""

    journey: Any
    form: Form
    text: str | None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Saved:
    """What came of a text. ``problems`` with nothing saved; ``only_draft``: it could be saved as a draft with problems.
    ``merge`` names what waits to be merged with somebody else's change; ``merged``: both were saved together."""

    journey: Any
    problems: tuple[SourceProblem, ...] = ()
    only_draft: bool = False
    merge: UUID | None = None
    merged: bool = False
    changed: bool = True


@dataclass
class _Read:
    draft: Draft | None = None
    layout: Draft | None = None
    problems: list[SourceProblem] = field(default_factory=list)
    only_draft: bool = False


def read_code(*, principal: Principal, slug: str, form: str) -> Code:
    """The draft of a journey as text. Raises ``Invalid`` for a form there is not."""
    _check_form(form)
    journey = get_definition(principal, KIND, slug)
    if form == "yaml":
        return Code(journey, "yaml", write_yaml(journey.draft, journey.layout or None))
    try:
        return Code(journey, "python", print_journey(cast(JourneySpec, parse_spec(journey.draft, kind=KIND))))
    except InvalidSpec as error:
        return Code(journey, "python", None, tuple(error.problems))


def save_code(*, principal: Principal, slug: str, form: str, text: str, revision: int, with_problems: bool = False) -> Saved:
    """Makes ``text`` the draft, as it was edited at ``revision``. What others changed since is merged; where both changed the
    same places, nothing is saved and a merge waits. ``with_problems`` saves a YAML draft that is no valid journey yet."""
    _check_form(form)
    journey = get_definition(principal, KIND, slug)
    read = _read(form, text.replace("\r\n", "\n"))
    if read.draft is None or (read.problems and not (read.only_draft and with_problems)):
        return Saved(journey, tuple(read.problems), read.only_draft)
    if revision > journey.draft_revision or revision < 1:
        raise Conflict(f"the draft is at revision {journey.draft_revision}, the text was made from {revision}; load it again")
    if read.layout:
        save_layout(principal, KIND, slug, read.layout)
    base = recall_draft(journey, revision)
    if base is None:
        raise Conflict(f"revision {revision} of the draft is not kept any more; copy your text and load the page again")
    if same(compact(base), compact(read.draft)):
        return Saved(journey, changed=False)
    if revision == journey.draft_revision:
        return Saved(save_draft(principal, KIND, slug, read.draft, revision, label=LABELS[form]))
    merged, clashes = merge_journeys(base, read.draft, journey.draft)
    if clashes:
        row = keep_clash(principal, journey, base_revision=revision, base=base, body=read.draft, label=LABELS[form])
        return Saved(journey, merge=row.pk)
    return Saved(save_draft(principal, KIND, slug, merged, journey.draft_revision, label=LABELS[form]), merged=True)


def _read(form: str, text: str) -> _Read:
    if form == "python":
        found = read_journey(text)
        draft = canonical(found.spec) if found.spec else None
        return _Read(draft, problems=found.problems)
    yaml = read_yaml(text)
    if yaml.draft is None:
        return _Read(problems=yaml.problems)
    problems = yaml_problems(yaml)
    return _Read(complete(yaml.draft), yaml.layout, problems, only_draft=bool(problems))


def yaml_problems(found: ReadYaml) -> list[SourceProblem]:
    """What keeps the draft of a text from being a journey, each at its line."""
    try:
        parse_spec(found.draft, kind=KIND)
    except InvalidSpec as error:
        return [
            SourceProblem(*found.line_of(problem["where"]), f"{problem['where']}: {problem['message']}".removeprefix(": "))
            for problem in error.problems
        ]
    return []


def _check_form(form: str) -> None:
    if form not in LABELS:
        raise Invalid(problems=[{"where": "form", "message": f"is {form!r}; the forms are: {', '.join(LABELS)}"}])
