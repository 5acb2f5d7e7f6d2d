"""The intent laboratory of a journey: labelled utterances, runs over any model, and what they measured."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple
from uuid import UUID

from django.db import transaction

from agents.services.definitions import get_definition, load_spec
from agents.services.models import describe_model
from agents.services.runs import start_run
from journeys.core.engine.intents import HISTORY_SEEN, NONE
from journeys.core.lab.matrix import LabReport, Pair, report
from journeys.core.lab.runner import plan
from journeys.core.lab.spec import Finding, LabSpec, Said, Utterance
from journeys.core.spec import JourneySpec
from journeys.core.spec.triggers import intents_of
from journeys.models import LabelledUtterance, LabRun, Message, MessageRole, Session
from journeys.services.sessions import get_session, list_sessions
from journeys.services.testing.targets import find_target
from trust.core.canonical import digest
from trust.core.errors import Invalid, NotFound, Problem
from trust.core.principal import Principal
from trust.core.roles import Permission

MOST = 5000  # utterances of a journey
MOST_HEARD = 5000  # utterances times pathways in one run
MOST_TEXT = 2000
UNDER_WAY = ("queued", "running", "waiting")
_HEAD = ["text", "intent", "before"]
_ROLES: dict[str, Literal["user", "assistant"]] = {"person": "user", "user": "user", "assistant": "assistant"}


class Label(NamedTuple):
    """``before``: what was said before it, oldest first."""

    text: str
    intent: str
    before: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class LabView:
    """A run as people read it. ``state``: ``running``, ``done`` or ``stopped``; ``report`` only when it is done."""

    lab: LabRun
    state: str
    report: LabReport | None
    note: str = ""


def list_intents(principal: Principal, slug: str) -> list[str]:
    """The names that an utterance of the journey may be labelled with, ``none`` last; by the draft as it stands."""
    draft = get_definition(principal, "journey", slug).draft
    transitions = draft.get("transitions")
    names: dict[str, None] = {}
    for item in transitions if isinstance(transitions, list) else []:
        trigger = item.get("trigger") if isinstance(item, dict) else None
        intents = trigger.get("intents") if isinstance(trigger, dict) else None
        names |= dict.fromkeys(i for i in intents if isinstance(i, str)) if isinstance(intents, list | tuple) else {}
    return [*names, NONE]


def list_utterances(principal: Principal, slug: str) -> list[LabelledUtterance]:
    """By intent, then as they came."""
    return list(LabelledUtterance.objects.filter(definition=get_definition(principal, "journey", slug)))


def add_utterances(
    *,
    principal: Principal,
    slug: str,
    labelled: Sequence[Label | tuple[str, str]],
    source: str = "hand",
    session: Session | None = None,
) -> int:
    """Stores them; a text that is there already, after the same words, gets the new label. ``session`` is where it was said.
    Returns how many are new. All or nothing."""
    definition = get_definition(principal, "journey", slug)
    clean = _check([Label(*given) for given in labelled], list_intents(principal, slug))
    with transaction.atomic():
        known = {(u.text, u.before_digest): u for u in LabelledUtterance.objects.filter(definition=definition)}
        if len({*known, *clean}) > MOST:
            raise Invalid(problems=[{"where": "utterances", "message": f"a journey has at most {MOST} utterances"}])
        new = 0
        for place, label in clean.items():
            if place in known:
                LabelledUtterance.objects.filter(pk=known[place].pk).update(intent=label.intent)
                continue
            LabelledUtterance.objects.create(
                organization_id=principal.organization_id,
                definition=definition,
                text=label.text,
                before=[said.model_dump() for said in label.before],
                before_digest=place[1],
                session=session,
                intent=label.intent,
                source=source,
                created_by_label=principal.label,
            )
            new += 1
    return new


def label_turn(
    *, principal: Principal, session_id: UUID, turn: int, intent: str, alone: bool = False, source: str = "session"
) -> int:
    """The message of a turn with the intent that it has, after what was said before it or ``alone``. Returns how many are new.
    Raises ``NotFound`` for a turn that nobody wrote or that the principal may not read."""
    session = get_session(principal, session_id)
    question = session.messages.filter(turn=turn, role=MessageRole.USER).first()
    if question is None:
        raise NotFound(f"Nobody wrote the message of turn {turn}: there is nothing to label.")
    label = Label(question.text, intent, () if alone else _said_before(session, turn))
    return add_utterances(principal=principal, slug=session.slug, labelled=[label], source=source, session=session)


def read_lines(intent: str, lines: str, before: str = "") -> list[Label]:
    """Pasted lines, each an utterance with the same label, said after the same words. Raises ``Invalid``."""
    said = read_before(before)
    return [Label(line.strip(), intent, said) for line in lines.splitlines() if line.strip()]


def read_before(text: str) -> tuple[Said, ...]:
    """What was said before, a line each: ``assistant: ...`` or ``person: ...``, oldest first. Raises ``Invalid``."""
    found = []
    for number, line in enumerate((line for line in text.splitlines() if line.strip()), 1):
        who, colon, words = line.strip().partition(":")
        role = _ROLES.get(who.strip().lower())
        if not colon or role is None or not words.strip() or len(words) > MOST_TEXT:
            told = f"line {number} is {line.strip()[:60]!r}; allowed: “person: ...” or “assistant: ...”"
            raise Invalid(problems=[{"where": "before", "message": told}])
        found.append(Said(role=role, text=words.strip()))
    if len(found) > HISTORY_SEEN:
        told = f"has {len(found)} lines; a model hears the last {HISTORY_SEEN}"
        raise Invalid(problems=[{"where": "before", "message": told}])
    return tuple(found)


def read_csv(text: str) -> list[Label]:
    """Rows of ``text,intent``, or ``text,intent,before`` with lines as of ``read_before``; a first row of exactly these names
    is a head. Raises ``Invalid`` with the row's number."""
    labelled: list[Label] = []
    problems: list[Problem] = []
    try:
        rows = list(csv.reader(io.StringIO(text), strict=True))
    except csv.Error as error:
        raise Invalid(problems=[{"where": "csv", "message": f"this is no CSV: {error}"}]) from None
    for number, row in enumerate(rows, 1):
        if not row or (number == 1 and [c.strip().lower() for c in row] in (_HEAD, _HEAD[:2])):
            continue
        if len(row) not in (2, 3):
            told = f"has {len(row)} columns; allowed: text,intent or text,intent,before"
            problems.append({"where": f"row {number}", "message": told})
            continue
        try:
            labelled.append(Label(row[0].strip(), row[1].strip(), read_before(row[2]) if len(row) == 3 else ()))
        except Invalid as refusal:
            problems += [{"where": f"row {number}", "message": problem["message"]} for problem in refusal.problems]
    if problems:
        raise Invalid(problems=problems[:20])
    return labelled


def delete_utterance(*, principal: Principal, slug: str, utterance_id: UUID) -> None:
    rows = LabelledUtterance.objects.filter(organization_id=principal.organization_id, definition__slug=slug)
    if not rows.filter(pk=utterance_id).delete()[0]:
        raise NotFound(f"The journey {slug!r} has no utterance {utterance_id}.")


def list_heard(principal: Principal, slug: str, limit: int = 40) -> list[Message]:
    """The newest messages of real sessions that have no label yet: of the principal's own, for auditors of everybody's."""
    sessions = list_sessions(principal, slug, everyone=principal.may(Permission.AUDIT))
    labelled = {utterance.text for utterance in list_utterances(principal, slug)}
    rows = Message.objects.filter(session__in=sessions, role=MessageRole.USER)
    found = rows.order_by("-created_at")[: limit * 5]
    seen: dict[str, Message] = {}
    for message in found:
        text = " ".join(message.text.split())
        if text not in labelled and len(text) <= MOST_TEXT:
            seen.setdefault(text, message)
    return list(seen.values())[:limit]


def start_lab(
    *,
    principal: Principal,
    slug: str,
    version: int | None = None,
    provider: str = "",
    model: str = "",
    pathways: Sequence[str] = (),
) -> LabRun:
    """Has a model hear every utterance, in the background; an empty ``provider`` is the one that turns are routed by."""
    target = find_target(principal, slug, version)
    utterances = list_utterances(principal, slug)
    journey = target.spec
    if provider:
        chosen = {**journey.intent_model, "provider": provider, "model": model}
        journey = journey.model_copy(update={"intent_model": chosen})
    spec = _lab_spec(journey, target.what, utterances, pathways)
    label = f"{provider} {model}".strip() if provider else _usual(principal, target.spec)
    with transaction.atomic():
        lab = LabRun.objects.create(
            organization_id=principal.organization_id,
            definition=target.definition,
            spec_digest=target.digest,
            what=target.what,
            model_label=label[:200],
            utterances=len(utterances),
            created_by=principal.ref,
            created_by_label=principal.label,
        )
        lab.run = start_run(principal=principal, spec=spec, inputs={"lab": str(lab.id)}, version=target.version)
        lab.save(update_fields=["run"])
    return lab


def list_labs(principal: Principal, slug: str, limit: int = 50) -> list[LabView]:
    """Newest first."""
    rows = LabRun.objects.filter(definition=get_definition(principal, "journey", slug)).select_related("run")
    return [_view(lab) for lab in rows[:limit]]


def get_lab(principal: Principal, slug: str, lab_id: UUID) -> LabView:
    rows = LabRun.objects.filter(organization_id=principal.organization_id, definition__slug=slug)
    lab = rows.select_related("run", "definition").filter(pk=lab_id).first()
    if lab is None:
        raise NotFound(f"The journey {slug!r} has no laboratory run {lab_id}.")
    return _view(lab)


def measured_collisions(principal: Principal, slug: str, spec_digest: str) -> tuple[Pair, ...] | None:
    """The pairs of intents that the newest run over exactly this content mixed up; ``None`` when it was never measured."""
    rows = LabRun.objects.filter(definition=get_definition(principal, "journey", slug), spec_digest=spec_digest)
    lab = rows.filter(findings__isnull=False).select_related("run", "definition").first()
    view = _view(lab) if lab is not None else None
    return view.report.pairs if view is not None and view.report is not None else None


def _lab_spec(journey: JourneySpec, what: str, utterances: Sequence[LabelledUtterance], pathways: Sequence[str]) -> LabSpec:
    known = {name for t in journey.transitions for name in intents_of(t.trigger)} | {NONE}
    problems: list[Problem] = []
    if not utterances:
        problems.append({"where": "utterances", "message": "there is none yet; add some first"})
    strangers = sorted({u.intent for u in utterances} - known)
    if strangers:
        told = f"labels that this journey has no intent for: {', '.join(strangers)}; it has: {', '.join(sorted(known))}"
        problems.append({"where": "utterances", "message": told})
    places = [p.id for p in journey.pathways]
    problems += [
        {"where": "pathways", "message": f"there is no pathway {name!r}; there is: {', '.join(places)}"}
        for name in pathways
        if name not in places
    ]
    if problems:
        raise Invalid(problems=problems)
    spec = LabSpec(
        name=f"Intents of {journey.name} ({what})"[:200],
        journey=journey,
        utterances=tuple(Utterance.model_validate(_heard_as(u)) for u in utterances),
        pathways=tuple(pathways),
    )
    heard = len(plan(spec))
    if not heard:
        raise Invalid(problems=[{"where": "pathways", "message": "no pathway listens to the intents of these utterances"}])
    if heard > MOST_HEARD:
        told = f"{heard} utterances times pathways are too many, allowed: {MOST_HEARD}; choose fewer pathways"
        raise Invalid(problems=[{"where": "pathways", "message": told}])
    return spec


def _view(lab: LabRun) -> LabView:
    run: Any = lab.run
    if lab.findings is not None:
        journey: Any = load_spec(lab.organization_id, run.spec_digest).journey if run is not None else None  # type: ignore[attr-defined]
        if journey is None:
            journey = load_spec(lab.organization_id, lab.spec_digest)
        return LabView(lab, "done", report(journey, [Finding.model_validate(f) for f in lab.findings]))
    if run is not None and run.status in UNDER_WAY:
        return LabView(lab, "running", None)
    note = (run.error or {}).get("message", "") or f"the run is {run.status}" if run is not None else "the run is gone"
    return LabView(lab, "stopped", None, note)


def _usual(principal: Principal, spec: JourneySpec) -> str:
    """What turns are routed by: the journey's own choice, else the organization's model."""
    own = spec.intent_model.get("provider", "default")
    return describe_model(principal).label if own == "default" else f"{own} {spec.intent_model.get('model', '')}".strip()


def _heard_as(utterance: LabelledUtterance) -> dict[str, Any]:
    return {"text": utterance.text, "intent": utterance.intent, "before": utterance.before}


def _said_before(session: Session, turn: int) -> tuple[Said, ...]:
    """The last messages before the turn, as a detector reads them."""
    roles = {MessageRole.USER: "user", MessageRole.ASSISTANT: "assistant", MessageRole.HUMAN: "assistant"}
    rows = session.messages.filter(turn__lt=turn, role__in=roles).exclude(text="").order_by("-turn", "-seq")
    said = [{"role": roles[MessageRole(m.role)], "text": m.text[:MOST_TEXT]} for m in rows[:HISTORY_SEEN]]
    return tuple(Said.model_validate(each) for each in reversed(said))


def _check(labelled: Sequence[Label], known: Sequence[str]) -> dict[tuple[str, str], Label]:
    """By text and digest of what was said before it."""
    problems: list[Problem] = []
    clean: dict[tuple[str, str], Label] = {}
    for number, label in enumerate(labelled, 1):
        text = " ".join(label.text.split())
        if not text or len(text) > MOST_TEXT or "\x00" in text:
            told = f"an utterance has 1 to {MOST_TEXT} characters and no NUL, this one has {len(text)}"
            problems.append({"where": f"utterances[{number}]", "message": told})
        elif label.intent not in known:
            told = f"{label.intent!r} is no intent of this journey; the labels are: {', '.join(known)}"
            problems.append({"where": f"utterances[{number}]", "message": told})
        else:
            key = digest([said.model_dump() for said in label.before]) if label.before else ""
            clean[text, key] = label._replace(text=text)
    if not labelled:
        problems.append({"where": "utterances", "message": "give at least one"})
    if problems:
        raise Invalid(problems=problems[:20])
    return clean
