"""Everything of one person: exported as JSON with their files, or erased, with a record of who did it.

A person is an owner's reference (``user:3``, ``key:...``, ``guest:...``) or the id by which an embedding site vouches for them.
Versions, agents and the organization's settings are not of a person and stay.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from agents.services.erasing import erase_files, erase_runs, list_files_of
from agents.services.live import event_body
from agents.services.runs import list_events
from journeys.models import QUESTIONS, Erasure, Message, MessageRole, ResumeLink, Session, SessionStatus
from journeys.services.hand_over import owner_of
from journeys.services.referral import erase_appointments, list_appointments
from trust.core.errors import Denied, Invalid, NotFound
from trust.core.principal import Principal
from trust.core.roles import Permission

FORMAT = "kaizen.person/1"
ERASED = "(erased)"


def export_person(principal: Principal, who: str) -> dict[str, Any]:
    """Sessions with messages, context and variables, the journals of their runs, and the list of files. Raises ``NotFound``."""
    sessions = _sessions_of(principal, who)
    return {
        "format": FORMAT,
        "person": who,
        "exported_at": timezone.now().isoformat(),
        "exported_by": principal.label,
        "sessions": [_session(session) for session in sessions],
        "appointments": [appointment for session in sessions for appointment in list_appointments(_runs_of(session))],
        "files": [
            {"id": str(row.id), "name": row.name, "media_type": row.media_type, "size": row.size, "sha256": row.sha256}
            for owner in _owners(sessions)
            for row in list_files_of(principal, owner)
        ],
    }


def export_person_zip(principal: Principal, who: str) -> bytes:
    """The same as ``person.json`` in a zip, with the files beside it."""
    held = io.BytesIO()
    sessions = _sessions_of(principal, who)
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("person.json", json.dumps(export_person(principal, who), indent=1, ensure_ascii=False))
        for owner in _owners(sessions):
            for row in list_files_of(principal, owner):
                name = "".join(letter if letter.isalnum() or letter in ".-_ " else "_" for letter in row.name)
                packed.writestr(f"files/{row.id}-{name}", bytes(row.content))
    return held.getvalue()


def erase_person(*, principal: Principal, who: str, reason: str = "") -> Erasure:
    """Erases what ``export_person`` would tell: texts, context, variables, files, journals, utterances of the laboratory, and
    what the gallery's tools have recorded. Numbers and times stay.

    Each run's journal gives way to one event that says that it was erased, by whom, and how many events it had.
    """
    if "\x00" in reason or len(reason) > 500:
        raise Invalid(problems=[{"where": "reason", "message": "at most 500 characters without NUL"}])
    sessions = _sessions_of(principal, who)
    counts = {"sessions": len(sessions), "messages": 0, "runs": 0, "events": 0, "files": 0, "utterances": 0, "appointments": 0}
    for session in sessions:
        _close(session)
        runs = _runs_of(session)
        counts["appointments"] += erase_appointments(runs)
        counts["utterances"] += session.utterances.all().delete()[0]
        gone = erase_runs(principal, owner_of(session), runs, reason)
        counts["runs"] += gone["runs"]
        counts["events"] += gone["events"]
        counts["messages"] += _erase_session(session)
    counts["files"] = sum(erase_files(principal, owner) for owner in _owners(sessions))
    digest = hashlib.sha256(f"{principal.organization_id}\x00{who}".encode()).hexdigest()
    return Erasure.objects.create(
        organization_id=principal.organization_id,
        person_hash=digest,
        counts=counts,
        reason=reason,
        by=principal.ref,
        by_label=principal.label,
    )


def list_people_of_sessions(principal: Principal, limit: int = 200) -> list[dict[str, Any]]:
    """Who has sessions here: reference, name, the id an embedding site gave, and how many; the latest first."""
    _check(principal)
    found: dict[tuple[str, str], dict[str, Any]] = {}
    rows = Session.objects.filter(organization_id=principal.organization_id).exclude(owner_label=ERASED)
    for row in rows.order_by("-last_activity_at")[:5000]:
        who = row.end_user or row.owner
        seen = found.setdefault((who, row.owner), {"who": who, "label": row.owner_label, "sessions": 0})
        seen["sessions"] += 1
        seen.setdefault("last_activity_at", row.last_activity_at)
    return list(found.values())[:limit]


def list_erasures(principal: Principal, limit: int = 200) -> list[Erasure]:
    """The record of what was erased, the latest first."""
    _check(principal)
    return list(Erasure.objects.filter(organization_id=principal.organization_id)[:limit])


def _check(principal: Principal) -> None:
    if not principal.may(Permission.ADMIN):
        raise Denied("Exporting and erasing a person's data needs the right 'admin'.")


def _sessions_of(principal: Principal, who: str) -> list[Session]:
    """Deleted sessions, too: deleting one only takes it out of the lists."""
    _check(principal)
    rows: QuerySet[Session] = Session.objects.filter(organization_id=principal.organization_id).exclude(owner_label=ERASED)
    if not who or "\x00" in who:
        raise NotFound("Name a person: user:<id>, key:<id>, guest:<id>, or the id that an embedding site gives them.")
    found = list(rows.filter(Q(owner=who) | Q(end_user=who)).select_related("version", "definition").order_by("created_at"))
    if not found:
        raise NotFound(f"Nobody here is known as {who[:100]!r}.")
    return found


def _runs_of(session: Session) -> list[Any]:
    """The runs that answered in it, those that a retry has replaced among them."""
    return list(session.messages.filter(run__isnull=False).values_list("run_id", flat=True).distinct())


def _owners(sessions: list[Session]) -> list[str]:
    return sorted({session.owner for session in sessions})


def _session(session: Session) -> dict[str, Any]:
    owner = owner_of(session)
    return {
        "id": str(session.id),
        "journey": session.slug,
        "version": session.version_label,
        "title": session.title,
        "status": session.status,
        "origin": session.origin,
        "created_at": session.created_at.isoformat(),
        "deleted_at": session.deleted_at.isoformat() if session.deleted_at else None,
        "variables": session.variables,
        "context": session.state.get("context", {}),
        "messages": [_message(message) for message in session.messages.order_by("seq")],
        "runs": {
            str(run_id): [event_body(event) for event in list_events(owner, run_id, limit=1000)] for run_id in _runs_of(session)
        },
        "utterances": [
            {"text": row.text, "intent": row.intent, "before": row.before, "source": row.source}
            for row in session.utterances.all()
        ],
    }


def _message(message: Message) -> dict[str, Any]:
    return {
        "seq": message.seq,
        "turn": message.turn,
        "role": message.role,
        "author": message.author,
        "text": message.text,
        "payload": message.payload,
        "at": message.created_at.isoformat(),
        "run": str(message.run_id) if message.run_id else None,
    }


def _close(session: Session) -> None:
    """First of all no further turn begins."""
    with transaction.atomic():
        row = Session.objects.select_for_update().get(pk=session.pk)
        row.status, row.due_at = SessionStatus.ENDED, None
        row.handling, row.operator, row.operator_label = "agent", "", ""
        row.ended_because = "Everything of this person was erased."
        row.save()


def _erase_session(session: Session) -> int:
    with transaction.atomic():
        row = Session.objects.select_for_update().get(pk=session.pk)
        said = row.messages.filter(role__in=[*QUESTIONS, MessageRole.ASSISTANT, MessageRole.HUMAN, MessageRole.SYSTEM])
        count = said.update(text=ERASED, payload={"erased": True}, author="")
        row.title = row.owner_label = ERASED
        row.end_user, row.variables, row.known = "", {}, {}
        row.state = {**row.state, "context": {}, "changed": {}, "kept": {}, "ended": True}
        row.deleted_at = row.deleted_at or timezone.now()
        row.save()
        ResumeLink.objects.filter(session=row).delete()
    return count
