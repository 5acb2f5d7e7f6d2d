"""Published journeys as MCP tools: one tool a journey that is switched on, which takes a message and goes on with a session.

A turn that waits for a person is told as ``input_required`` and is asked for again with the session's id and no message.
"""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID, uuid4

from asgiref.sync import sync_to_async

from agents.core.runtime.calls import ToolFailed
from agents.core.runtime.effects import Effect
from agents.core.runtime.ports import Tool
from agents.services.definitions import version_spec
from agents.services.mcp_builtin import ANSWER_WITHIN_S, ServedCall
from journeys.models import Deployment, Message, MessageRole, Session
from journeys.services.following import News, await_answer, read_news
from journeys.services.reach.deployments import mcp_name
from journeys.services.sessions import get_session, open_session, post_message
from trust.core.errors import KaizenError
from trust.core.principal import Principal

_FIELDS = {
    "message": {"type": "string", "description": "What the person says. Leave it out to hear what is new in the session."},
    "session": {"type": "string", "description": "The id that an earlier call gave back; leave it out to begin."},
    "variables": {"type": "object", "description": "User variables of a new session."},
}


def served_journeys(principal: Principal) -> list[ServedCall]:
    """The principal's organization's journeys that are switched on and published."""
    rows = Deployment.objects.select_related("definition__published__definition").filter(
        organization_id=principal.organization_id,
        mcp_on=True,
        definition__published__isnull=False,
        definition__archived_at__isnull=True,
    )
    return [ServedCall(_tool(row), partial(_call, row.definition.slug, row.environment)) for row in rows]


def _tool(row: Deployment) -> Tool:
    spec: Any = version_spec(row.definition.published)  # type: ignore[arg-type]  # the query asks for published ones only
    about = row.mcp_description or spec.description or f"A conversation with the journey {spec.name}."
    names = ", ".join(field.name for field in spec.variables)
    told = f"{about} Each call says one message and returns the reply and the session's id for the next." + (
        f" Variables: {names}." if names else ""
    )
    schema = {"type": "object", "properties": _FIELDS, "additionalProperties": False}
    return Tool(
        name=mcp_name(row.definition.slug), description=told, parameters=schema, effect=Effect.UNKEYED, danger="unknown"
    )


async def _call(slug: str, environment: str, principal: Principal, arguments: dict[str, Any], key: str) -> dict[str, Any]:
    """Raises ``ToolFailed`` with the words of the refusal."""
    try:
        session, message = await sync_to_async(_say)(slug, environment, principal, arguments, key)
        if message is None:
            return _told(session, await sync_to_async(read_news)(principal, session.pk))
        return _told(session, await await_answer(principal, message, ANSWER_WITHIN_S))
    except KaizenError as refused:
        raise ToolFailed(refused.message) from refused


def _say(
    slug: str, environment: str, principal: Principal, arguments: dict[str, Any], key: str
) -> tuple[Session, Message | None]:
    text, session_id, variables = arguments.get("message", ""), arguments.get("session", ""), arguments.get("variables") or {}
    unknown = sorted(set(arguments) - set(_FIELDS))
    if unknown or not isinstance(text, str) or not isinstance(session_id, str) or not isinstance(variables, dict):
        raise ToolFailed(f"the arguments are: message (text), session (text), variables (object); got {', '.join(arguments)}")
    if session_id:
        session = get_session(principal, _id_of(session_id))
        if session.slug != slug:
            raise ToolFailed(f"the session {session_id} is one of another journey")
    elif text.strip():
        session = open_session(principal=principal, slug=slug, variables=variables, environment=environment, origin="mcp")
    else:
        raise ToolFailed("say something in `message`, or name a `session` to hear what is new in it")
    if not text.strip():
        return session, None
    client_id = key[:100] or uuid4().hex
    return session, post_message(principal=principal, session_id=session.pk, client_id=client_id, text=text)


def _told(session: Session, news: News) -> dict[str, Any]:
    said = [message for message in news.messages if message.text and message.role != MessageRole.USER]
    answers = [message for message in said if message.role in (MessageRole.ASSISTANT, MessageRole.HUMAN)]
    state = news.state
    status = "ended" if state["status"] == "ended" else "answered"
    if state["turn"] == "waiting":
        status = "input_required"
    elif state["turn"] == "working":
        status = "working"
    elif state["handling"] != "agent":
        status = "with_a_person"
    return {
        "session": str(session.pk),
        "status": status,
        "reply": answers[-1].text if answers else "\n".join(message.text for message in said[-1:]),
        "waiting_for": state["waiting_for"],
        "last_seq": news.messages[-1].seq if news.messages else 0,
    }


def _id_of(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise ToolFailed(f"{text[:60]!r} is no id of a session; send the one that an earlier call gave back") from None
