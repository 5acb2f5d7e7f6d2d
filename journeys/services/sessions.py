"""Sessions: opening, talking, reading, renaming, ending, deleting. Continued by their owner only, read by auditors.

Everybody else gets ``NotFound``. Owns the order of a session's messages and turns; answers nothing itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from agents.services.definitions import load_spec
from agents.services.runs import start_run
from agents.services.topics import ring_topics
from journeys.adapters.looks import note_word, plan_look
from journeys.core.engine.context import check_size
from journeys.core.engine.state import first_state
from journeys.core.errors import ContextTooLarge
from journeys.core.spec import JourneySpec
from journeys.core.variables import check_variables
from journeys.models import QUESTIONS, Handling, Message, MessageRole, Session, SessionStatus
from journeys.services.environments import environment_version
from journeys.services.played import find_played
from journeys.services.starting import tell_start
from journeys.services.turn_options import message_options, turn_inputs
from trust.core.errors import Conflict, Invalid, NotFound
from trust.core.principal import Principal
from trust.core.roles import Permission

MAX_TEXT = 20_000
MAX_TITLE = 200


def open_session(
    *,
    principal: Principal,
    slug: str,
    version: int | None = None,
    draft: bool = False,
    model: dict[str, str] | None = None,
    context: dict[str, Any] | None = None,
    variables: dict[str, Any] | None = None,
    environment: str = "",
    origin: str = "playground",
    end_user: str = "",
) -> Session:
    """A new session with the published version of the journey ``slug``, or a given one, or the ``draft`` as it is now.

    Raises ``Conflict`` with the reason of a hook that does not let it begin.

    ``environment`` names where it is opened: without a version or the draft, the version that answers there. ``model``
    (``provider`` and perhaps ``model``) answers in place of the journey's own models. ``context`` is known beforehand;
    ``variables`` are those that the journey declares. ``origin`` says by which door the person came in, ``end_user`` who
    they are by the words of whoever vouches for them.
    """
    if environment and version is None and not draft:
        version = environment_version(principal=principal, slug=slug, environment=environment)
    played = find_played(principal, slug, version=version, draft=draft, model=model)
    spec = played.spec
    state = first_state(spec, _checked_context(spec, context or {}))
    known = check_variables(spec, variables or {})
    notes = tell_start(spec, "pre_session_start", state, known)
    now = timezone.now()
    with transaction.atomic():
        session = Session(
            organization_id=principal.organization_id,
            definition=played.definition,
            version=played.version,
            digest=played.digest,
            model=played.model,
            title="New conversation",
            owner=principal.ref,
            owner_label=principal.label,
            state=state.to_json(),
            known=dict(state.context),
            variables=known,
            environment=environment,
            origin=origin,
            end_user=end_user,
            silent_since=now,
            last_activity_at=now,
        )
        plan_look(session, spec)
        session.save()
        notes += tell_start(spec, "post_session_start", state, known, session=str(session.id))
        if spec.greeting:
            _greet(session, spec, notes)
    return session


def _greet(session: Session, spec: JourneySpec, notes: Sequence[str]) -> None:
    session.next_seq += 1
    session.save(update_fields=["next_seq"])
    suggestions = list(spec.pathway(spec.entry).suggestions)
    Message.objects.create(
        session=session,
        seq=1,
        role=MessageRole.ASSISTANT,
        text=spec.greeting,
        pathway=spec.entry,
        payload={"greeting": True, "pathway": spec.entry, "suggestions": suggestions, **({"notes": notes} if notes else {})},
    )


def list_sessions(principal: Principal, slug: str | None = None, limit: int = 200, *, everyone: bool = False) -> list[Session]:
    """The principal's own sessions, the latest activity first; with ``everyone`` an auditor's list of the organization."""
    found = _sessions(principal)
    if not (everyone and principal.may(Permission.AUDIT)):
        found = found.filter(owner=principal.ref)
    if slug:
        found = found.filter(definition__slug=slug)
    return list(found.order_by("-last_activity_at")[:limit])


def get_session(principal: Principal, session_id: UUID) -> Session:
    """A session to read: one's own, or any of the organization for an auditor."""
    session = _sessions(principal).filter(pk=session_id).first()
    if session is None or not (session.owner == principal.ref or principal.may(Permission.AUDIT)):
        raise NotFound(f"There is no session {session_id}.")
    return session


def post_message(
    *,
    principal: Principal,
    session_id: UUID,
    client_id: str,
    text: str,
    files: Sequence[UUID] = (),
    play: dict[str, Any] | None = None,
) -> Message:
    """Stores a person's message and starts the run that answers it, in one transaction. While a human answers in the session,
    or is waited for, there is no run: the message waits for them.

    ``client_id`` is the client's own id of the message: sent again, it returns the message there is. Messages are answered
    in the order in which they were stored. ``files`` are stored files that go with it, ``play`` a tester's wishes for its turn
    (``PlaySpec``). Raises ``Conflict`` when the session has ended.
    """
    payload = message_options(principal, files, play)
    check_message(client_id, text)
    with transaction.atomic():
        session = lock_own(principal, session_id)
        earlier = session.messages.select_related("run").filter(client_id=client_id).first()
        if earlier is not None:
            if earlier.text != text:
                raise Conflict(f"The message {client_id!r} was sent before with another text; use a new client_id.")
            return earlier
        check_open(session)
        message = Message(
            session=session,
            seq=session.next_seq,
            turn=session.next_pos,
            role=MessageRole.USER,
            client_id=client_id,
            text=text,
            pathway=session.state["pathway"],
            payload=payload,
        )
        if not session.messages.filter(role=MessageRole.USER).exists():
            session.title = _title(text)
        if session.handling == Handling.AGENT:
            _start_turn(principal, session, message)
        else:
            _keep_for_human(session, message)
    return message


def retry_turn(*, principal: Principal, session_id: UUID, run_id: UUID) -> Message:
    """Answers the last message again after its run ``run_id`` failed, was stopped or expired.

    Raises ``Conflict`` when that run is still at work, has answered, was retried already, or is not the last one.
    """
    with transaction.atomic():
        session = lock_own(principal, session_id)
        notice = session.messages.filter(run_id=run_id).exclude(role__in=QUESTIONS).first()
        last = session.messages.filter(role__in=QUESTIONS).order_by("-seq").first()
        if notice is None or last is None:
            raise Conflict(f"The run {run_id} has left no unanswered message in this session.")
        if "status" not in notice.payload:
            raise Conflict("That message has been answered; write a new one instead.")
        if notice.payload.get("retried") or last.run_id != run_id:
            raise Conflict("Only the last message can be answered again, and only once per attempt; write it anew instead.")
        check_open(session)
        if session.handling != Handling.AGENT:
            raise Conflict("A person answers in this conversation now; the journey answers nothing again meanwhile.")
        notice.payload = {**notice.payload, "retried": True}
        notice.save(update_fields=["payload"])
        _start_turn(principal, session, last)
    return last


def list_messages(principal: Principal, session_id: UUID, after: int = 0, limit: int = 1000) -> list[Message]:
    """Messages with ``seq`` greater than ``after``, in order, each with its run."""
    session = get_session(principal, session_id)
    return list(session.messages.select_related("run").filter(seq__gt=after).order_by("seq")[:limit])


def rename_session(*, principal: Principal, session_id: UUID, title: str) -> Session:
    title = " ".join(title.split())
    if "\x00" in title:
        raise _invalid("title", "a title cannot hold the NUL character")
    if not title or len(title) > MAX_TITLE:
        raise _invalid("title", f"a title has 1 to {MAX_TITLE} characters, this one has {len(title)}")
    with transaction.atomic():
        session = lock_own(principal, session_id)
        session.title = title
        session.save(update_fields=["title"])
    return session


def delete_session(*, principal: Principal, session_id: UUID) -> None:
    """Takes the session out of every list; what its turns did stays in their runs' journals."""
    with transaction.atomic():
        session = lock_own(principal, session_id)
        session.deleted_at = timezone.now()
        session.save(update_fields=["deleted_at"])


def end_session(*, principal: Principal, session_id: UUID, because: str = "It was ended by hand.") -> Session:
    """Ends one's own session; what is under way is answered no more. Doing it twice changes nothing."""
    with transaction.atomic():
        session = lock_own(principal, session_id)
        close_session(session, because)
    return session


def close_session(session: Session, because: str) -> None:
    """Ends a session whose row is locked, with a message that says why."""
    if session.status == SessionStatus.ENDED:
        return
    session.status, session.ended_because = SessionStatus.ENDED, because[:200]
    session.handling, session.operator, session.operator_label = Handling.AGENT, "", ""
    session.state = {**session.state, "ended": True}
    session.due_at = None
    add_note(session, f"This conversation has ended: {because[:1].lower()}{because[1:]}", "ended", {"because": because})


def add_note(session: Session, text: str, note: str, payload: dict[str, Any], *, by: Principal | None = None) -> Message:
    """A system message of something that was done to a locked session, which is saved with it; whoever reads it is rung."""
    if by is not None:
        payload = {**payload, "by": by.ref, "by_label": by.label}
    message = Message.objects.create(
        session=session,
        seq=session.next_seq,
        turn=session.next_pos - 1,
        role=MessageRole.SYSTEM,
        text=text,
        pathway=session.state.get("pathway", ""),
        payload={"note": note, **payload},
    )
    session.next_seq += 1
    session.last_activity_at = timezone.now()
    session.save()
    transaction.on_commit(lambda: ring_topics(session.talk_group))
    return message


def session_spec(session: Session) -> JourneySpec:
    """The journey version that this session talks with."""
    return cast(JourneySpec, load_spec(session.organization_id, session.digest))


def _sessions(principal: Principal) -> QuerySet[Session]:
    rows = Session.objects.filter(organization_id=principal.organization_id, deleted_at__isnull=True)
    return rows.select_related("version", "definition")


def lock_own(principal: Principal, session_id: UUID) -> Session:
    """The principal's own session, its row locked: whoever writes in a session does so alone."""
    session = _sessions(principal).select_for_update(of=("self",)).filter(pk=session_id, owner=principal.ref).first()
    if session is None:
        raise NotFound(f"There is no session {session_id}.")
    return session


def _start_turn(principal: Principal, session: Session, message: Message) -> None:
    """Starts the run of ``message`` at the end of the session's line, and saves both."""
    start_turn(principal, session, message)
    message.save()


def start_turn(principal: Principal, session: Session, message: Message) -> None:
    """Starts the run that answers ``message`` in a locked session, and saves the session; the caller saves the message."""
    spec = session_spec(session)
    message.run = start_run(
        principal=principal,
        spec=spec,
        inputs={
            "session": str(session.id),
            "message_seq": message.seq,
            "text": message.text,
            **turn_inputs(session, message),
        },
        version=session.version,
        private_to=session.owner,
        queue_key=session.queue_key,
        queue_pos=session.next_pos,
        topics=[session.topic],
    )
    if message._state.adding:
        session.next_seq += 1
    session.next_pos += 1
    if message.role == MessageRole.USER:
        note_word(session, timezone.now())
    plan_look(session, spec)
    session.save()


def _keep_for_human(session: Session, message: Message) -> None:
    """A message that a human will answer: it has its place in the order and no run."""
    message.save()
    session.next_seq += 1
    session.next_pos += 1
    note_word(session, timezone.now())
    plan_look(session, session_spec(session))
    session.save()
    transaction.on_commit(lambda: ring_topics(session.talk_group))


def _checked_context(spec: JourneySpec, context: dict[str, Any]) -> dict[str, Any]:
    try:
        check_size(context, spec.max_context_bytes)
    except ContextTooLarge as refused:
        raise _invalid("context", str(refused)) from None
    return context


def check_message(client_id: str, text: str) -> None:
    if not client_id or len(client_id) > 100:
        raise _invalid("client_id", f"a message's own id has 1 to 100 characters, this one has {len(client_id)}")
    if "\x00" in client_id or "\x00" in text:
        raise _invalid("text", "a message and its id cannot hold the NUL character")
    if not text.strip():
        raise _invalid("text", "a message cannot be empty")
    if len(text) > MAX_TEXT:
        raise _invalid("text", f"a message has at most {MAX_TEXT} characters, this one has {len(text)}")


def check_open(session: Session) -> None:
    if session.status == SessionStatus.ENDED:
        raise Conflict("This conversation has ended and takes no further message; start a new one.")


def _title(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 60 else words[:58].rsplit(" ", 1)[0].rstrip(" ,;:.-") + "…"


def _invalid(where: str, message: str) -> Invalid:
    return Invalid(problems=[{"where": where, "message": message}])
