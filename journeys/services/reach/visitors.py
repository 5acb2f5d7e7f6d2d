"""People without an account who talk through the widget: let in by origin and identity, known again by a signed token.

A token names one session, the origin it was given to, and when it ends; the id of a session alone opens nothing. Everything
that a visitor does goes through the same services as everybody else's doing, as the owner of the session.
"""

from __future__ import annotations

import hashlib
import time
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core import signing
from django.db import transaction
from django.utils import timezone

from agents.services.approvals import decide_approval, list_approvals
from journeys.core.identity import BadIdentity, Identity, read_identity
from journeys.models import Deployment, Message, MessageRole, ResumeLink, Session, SessionStatus
from journeys.services.following import current_run
from journeys.services.hand_over import owner_of
from journeys.services.reach.deployments import secret_of
from journeys.services.sessions import get_session, open_session
from trust.core.errors import Invalid, KaizenError, NotFound
from trust.core.principal import Principal
from trust.core.roles import Permission, Role
from trust.services.limits import count_use
from trust.services.secrets import hash_secret, new_secret

TOKEN_S = 86_400 * 7
LINK_S = 900
SALT = "kaizen.widget.session"


class Refused(KaizenError):
    """A visitor who may not come in this way; the message says why to whoever sets the widget up."""

    code = "refused"
    status = 403
    title = "Not from here"


@dataclass(frozen=True, slots=True)
class Visit:
    """A visitor in their session, and the token that lets them come back to it."""

    visitor: Principal
    session: Session
    token: str


def find_widget(organization: str, slug: str) -> Deployment:
    """The switched-on widget of a published journey. Raises ``NotFound``."""
    found = Deployment.objects.select_related("definition", "organization").filter(
        organization__slug=organization,
        definition__slug=slug,
        definition__kind="journey",
        definition__archived_at__isnull=True,
        definition__published__isnull=False,
        widget_on=True,
    )
    deployment = found.first()
    if deployment is None:
        raise NotFound(f"There is no widget {organization}/{slug}.")
    return deployment


def check_origin(deployment: Deployment, origin: str, own: str) -> None:
    """Raises ``Refused`` for a page that is neither ours nor on the list."""
    if origin not in (own, *deployment.origins):
        raise Refused(f"The origin {origin[:200]!r} is not allowed to embed this chat; add it on the journey's Deploy page.")


def begin_visit(
    deployment: Deployment, *, origin: str, address: str, identity: str = "", variables: dict[str, Any] | None = None
) -> Visit:
    """A visitor's session: a new one, or the open one that the same identified person has on another device or page."""
    count_use("widget.open", address, limit=30, window_s=600)
    count_use("widget.open.all", str(deployment.pk), limit=2000, window_s=3600)
    person = _identify(deployment, identity)
    visitor = _visitor(deployment, person)
    if person is not None and (earlier := _open_session_of(deployment, visitor)) is not None:
        return Visit(visitor, earlier, _token(earlier, origin))
    known = {**(variables or {}), **(person.variables if person else {})}
    session = open_session(
        principal=visitor,
        slug=deployment.definition.slug,
        variables=known,
        environment=deployment.environment,
        origin="widget",
        end_user=person.sub if person else "",
    )
    return Visit(visitor, session, _token(session, origin))


def continue_visit(deployment: Deployment, *, origin: str, token: str) -> Visit:
    """The session of a token; with a fresh one when half of its time is over. Raises ``Refused``."""
    try:
        data, age_s = _read_token(token)
        session_id = UUID(str(data["session"]))
        from_origin = str(data["origin"])
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        raise Refused("This conversation is over or its token is not ours; begin a new one.") from None
    if from_origin != origin:
        raise Refused("This token was given to another page.")
    rows = Session.objects.select_related("version", "definition").filter(
        pk=session_id, organization_id=deployment.organization_id, definition=deployment.definition_id
    )
    session = rows.filter(deleted_at__isnull=True, origin="widget").first()
    if session is None:
        raise Refused("This conversation no longer exists; begin a new one.")
    return Visit(owner_of(session), session, _token(session, origin) if age_s > TOKEN_S / 2 else token)


def make_link(visit: Visit, page: str) -> str:
    """An address that continues this session on another device: once, within ``LINK_S`` seconds."""
    count_use("widget.link", str(visit.session.pk), limit=10, window_s=600)
    code = new_secret()
    until = timezone.now() + timedelta(seconds=LINK_S)
    ResumeLink.objects.create(session=visit.session, code_hash=hash_secret(code), expires_at=until)
    return f"{page}#resume={code}"


def use_link(deployment: Deployment, *, origin: str, address: str, code: str) -> Visit:
    """The session of a one-time link. Raises ``Refused`` for one that was used, is over or never was."""
    count_use("widget.resume", address, limit=10, window_s=60)
    with transaction.atomic():
        rows = ResumeLink.objects.select_for_update().filter(code_hash=hash_secret(code[:200]))
        link = rows.filter(
            used_at__isnull=True,
            expires_at__gt=timezone.now(),
            session__definition=deployment.definition_id,
            session__deleted_at__isnull=True,
        ).first()
        if link is None:
            raise Refused("This link was used already or is over; make a new one on the first device.")
        link.used_at = timezone.now()
        link.save(update_fields=["used_at"])
    session = get_session(owner_of(link.session), link.session_id)
    return Visit(owner_of(session), session, _token(session, origin))


def open_question(visit: Visit) -> dict[str, Any] | None:
    """The question that the turn under way asks of the visitor, if it asks one."""
    run = current_run(visit.session)
    if run is None or run.status != "waiting":
        return None
    asked = [each for each in list_approvals(visit.visitor, run_id=run.id) if each.kind == "question"]
    return {"id": str(asked[0].id), "title": asked[0].title, "options": asked[0].options} if asked else None


def answer_question(visit: Visit, question_id: str, answer: str) -> None:
    """Answers a question of the visitor's own conversation; nothing else is decided by a visitor."""
    question = open_question(visit)
    if question is None or question["id"] != question_id:
        raise NotFound("This question is no longer open.")
    if not answer.strip() or len(answer) > 4000 or "\x00" in answer:
        raise Invalid(problems=[{"where": "answer", "message": "an answer has 1 to 4000 characters and no NUL"}])
    run = current_run(visit.session)
    asked = next(each for each in list_approvals(visit.visitor, run_id=run.id) if str(each.id) == question_id)
    decider = Principal(
        kind="guest",
        id=visit.visitor.id,
        label=visit.visitor.label,
        organization_id=visit.visitor.organization_id,
        role=Role.OPERATOR,
        scopes=frozenset({Permission.APPROVE}),
    )
    decide_approval(principal=decider, approval_id=asked.id, decision="answer", seen_digest=asked.digest, result=answer)


def tell_message(message: Message) -> dict[str, Any] | None:
    """A message as a visitor may see it; ``None``: not at all. No journal, no context and no names of pathways get out."""
    if not message.text or message.role == MessageRole.EVENT:
        return None
    payload = message.payload
    unanswered = message.role == MessageRole.SYSTEM and "status" in payload
    if message.role == MessageRole.SYSTEM and payload.get("note") not in _TOLD and not unanswered:
        return None
    return {
        "seq": message.seq,
        "role": message.role,
        "text": "" if unanswered else message.text,
        "author": message.author,
        "client_id": message.client_id,
        "note": "unanswered" if unanswered else str(payload.get("note", "")),
        "suggestions": payload.get("suggestions") or [],
        "at": message.created_at.isoformat(),
    }


_TOLD = ("taken_over", "handed_back", "person_asked", "person_not_needed", "ended")


def _identify(deployment: Deployment, token: str) -> Identity | None:
    if not token:
        if not deployment.anonymous:
            raise Refused("This chat is for signed-in people: give it an identity token.")
        return None
    secret = secret_of(deployment)
    if not secret:
        raise Refused("This journey has no secret yet, so no identity can be checked; make one on its Deploy page.")
    try:
        return read_identity(token, secret, now=time.time(), audience=deployment.definition.slug)
    except BadIdentity as refused:
        raise Refused(f"The identity is refused: {refused}.") from None


def _visitor(deployment: Deployment, person: Identity | None) -> Principal:
    """Somebody known has the same id each time; an id is of one journey and tells nothing of the person."""
    known = hashlib.sha256(f"{deployment.definition_id}\x00{person.sub}".encode()).hexdigest()[:40] if person else ""
    return Principal(
        kind="guest",
        id=known or uuid.uuid4().hex,
        label=(person.name or person.sub) if person else "Visitor",
        organization_id=deployment.organization_id,
        role=Role.OPERATOR,
        scopes=frozenset({Permission.READ, Permission.RUN}),
    )


def _open_session_of(deployment: Deployment, visitor: Principal) -> Session | None:
    rows = Session.objects.select_related("version", "definition").filter(
        organization_id=deployment.organization_id,
        owner=visitor.ref,
        origin="widget",
        status=SessionStatus.OPEN,
        deleted_at__isnull=True,
        definition=deployment.definition_id,
    )
    return rows.order_by("-last_activity_at").first()


def _token(session: Session, origin: str) -> str:
    return signing.dumps({"session": str(session.pk), "origin": origin, "at": int(time.time())}, salt=SALT)


def _read_token(token: str) -> tuple[dict[str, Any], float]:
    data = signing.loads(token[:2000], salt=SALT, max_age=TOKEN_S)
    return data, time.time() - float(data["at"])
