"""Trying a journey out over the API: branches, opinions, personas, a tester's hand, and what a model saw."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router, Schema, Status
from pydantic import Field

from agents.services.window import list_windows
from journeys.api.sessions import SessionOut, tell_session
from journeys.models import Feedback, Persona
from journeys.services.branches import branch_session
from journeys.services.feedback import give_feedback, list_opinions, withdraw_feedback
from journeys.services.inspector import get_turn
from journeys.services.personas import delete_persona, list_personas, save_persona
from journeys.services.sessions import get_session
from journeys.services.silence import let_silence_pass
from journeys.services.tester import jump_to, paint_session, set_debug
from trust.core.roles import Permission
from trust.services.guards import KeyAuth
from trust.services.operations import BODY, ApiRequest, Body, answers, example

router = Router(tags=["Sessions"])
journey_router = Router(tags=["Journeys"])


class BranchIn(Body):
    """Another way from a turn on."""

    model_config = example(text="No, on Tuesday", draft=False, version=None)

    text: str = Field(default="", max_length=20_000, description="What is said instead; empty: the same again.")
    draft: bool = Field(default=False, description="The draft answers there.")
    version: int | None = Field(default=None, ge=1, description="This version answers there; null: that of the session.")


class OpinionIn(Body):
    """What you think of an answer."""

    model_config = example(good=False, comment="Too short.", better="We are open from 8 to 17.")

    good: bool
    comment: str = Field(default="", max_length=4000)
    better: str = Field(default="", max_length=4000, description="What it should have said.")


class OpinionOut(Schema):
    """An opinion of an answer."""

    model_config = example(good=False, comment="Too short.", better="", by_label="Alice", at="2026-11-22T09:00:00Z")

    good: bool
    comment: str
    better: str
    by_label: str
    at: datetime


OPINION: dict[str, Any] = {
    "good": False,
    "comment": "Too short.",
    "better": "",
    "by_label": "Alice",
    "at": "2026-11-22T09:00:00Z",
    "session_id": "c2f6a1de-52a4-4a43-a1b0-6a2fd4f5b601",
    "turn": 3,
    "question": "When are you open?",
    "answer": "Today.",
}
PERSONA: dict[str, Any] = {"name": "Paying customer", "variables": {"plan": "pro"}, "context": {}}
SHARE: dict[str, Any] = {"kind": "Message", "text": "My knee hurts.", "tokens": 4, "percent": 1.2}
WINDOW: dict[str, Any] = {
    "path": "pathway/0/intake_agent/0/model/0",
    "agent": "Intake",
    "model": "gpt-4o-mini",
    "tokens": 412,
    "segments": [SHARE],
}
OnlyGood = Annotated[bool | None, Query(description="Only good ones, or only bad ones; left out: all.")]


class ListedOpinion(OpinionOut):
    """An opinion with what it is about."""

    model_config = example(**OPINION)

    session_id: UUID
    turn: int
    question: str
    answer: str


class OpinionsOut(Schema):
    """Opinions, the newest first."""

    model_config = example(items=[OPINION])

    items: list[ListedOpinion]


class PersonaIn(Body):
    """Somebody to talk as."""

    model_config = example(variables={"plan": "pro"}, context={})

    variables: dict[str, Any] = Field(default={}, description="Values of the journey's user variables.")
    context: dict[str, Any] = Field(default={}, description="Context that is known beforehand.")


class PersonaOut(Schema):
    """Somebody to talk as."""

    model_config = example(**PERSONA)

    name: str
    variables: dict[str, Any]
    context: dict[str, Any]


class PersonasOut(Schema):
    """The personas of a journey."""

    model_config = example(items=[PERSONA])

    items: list[PersonaOut]


class JumpIn(Body):
    """Where to go on."""

    model_config = example(pathway="booking")

    pathway: str = Field(min_length=1, max_length=64)


class DebugIn(Body):
    """A tester's wishes for every turn to come; send an empty object to end testing."""

    model_config = example(breakpoints=["booking_agent"], step=False, pins={}, overrides={})

    breakpoints: list[str] = Field(default=[], description="Ids of agents before which a turn waits.")
    step: bool = Field(default=False, description="Wait before every agent.")
    pins: dict[str, dict[str, Any]] = Field(
        default={}, description="Agent id to the outputs that stand in place of its answer."
    )
    overrides: dict[str, dict[str, Any]] = Field(
        default={},
        description="Agent id to how it answers instead: `provider`, `model`, `temperature`, `instructions`, `guidelines`.",
    )


class PaintOut(Schema):
    """How the canvas shows the newest turn."""

    model_config = example(
        nodes={"booking": {"state": "ok", "duration_s": 1.2}}, agents={}, edges={}, run=None, status="", current="booking"
    )

    nodes: dict[str, Any] = Field(description="Pathway id to `state` (queued, running, waiting, ok, failed) and `duration_s`.")
    agents: dict[str, Any] = Field(description="`pathway/agent` to the same.")
    edges: dict[str, Any] = Field(description="Transition id, or `from>to`, to `taken`.")
    run: UUID | None
    status: str
    current: str


class ShareOut(Schema):
    """Text of one kind."""

    model_config = example(**SHARE)

    kind: str
    text: str
    tokens: int = Field(description="An estimate.")
    percent: float


class WindowOut(Schema):
    """What one model call was shown."""

    model_config = example(**WINDOW)

    path: str
    agent: str
    model: str
    tokens: int
    segments: list[ShareOut]


class WindowsOut(Schema):
    """Every model call of a turn, in order."""

    model_config = example(items=[WINDOW])

    items: list[WindowOut]


class FaultIn(Body):
    """What goes wrong."""

    model_config = example(what="inactivity")

    what: Literal["inactivity"] = Field(description="Nobody writes. Faults of a turn are sent with its message (`simulate`).")


@router.post(
    "/{uuid:session_id}/turns/{int:turn}/branch",
    auth=KeyAuth(Permission.RUN),
    response=answers({201: SessionOut}, *BODY, 404, 409),
    operation_id="branch_session",
    summary="Go another way from a turn on",
    description="A new session repeats what was said before the turn and sends the message; the old one stays as it is.",
)
def branch(request: ApiRequest, response: HttpResponse, session_id: UUID, turn: int, data: BranchIn) -> Status[SessionOut]:
    opened = branch_session(principal=request.auth, session_id=session_id, turn=turn, **data.model_dump())
    response["Location"] = f"{request.path.partition('/sessions/')[0]}/sessions/{opened.id}"
    return Status(201, tell_session(opened))


@router.put(
    "/{uuid:session_id}/turns/{int:turn}/feedback",
    auth=KeyAuth(Permission.RUN),
    response=answers({200: OpinionOut}, *BODY, 404),
    operation_id="give_feedback",
    summary="Judge an answer",
    description="One opinion a person and answer; a later one replaces it.",
)
def judge(request: ApiRequest, session_id: UUID, turn: int, data: OpinionIn) -> OpinionOut:
    return tell_opinion(give_feedback(principal=request.auth, session_id=session_id, turn=turn, **data.model_dump()))


@router.delete(
    "/{uuid:session_id}/turns/{int:turn}/feedback",
    auth=KeyAuth(Permission.RUN),
    response=answers({204: None}, 404),
    operation_id="withdraw_feedback",
    summary="Take an opinion back",
    description="Your own; without one nothing happens.",
)
def withdraw(request: ApiRequest, session_id: UUID, turn: int) -> Status[None]:
    withdraw_feedback(principal=request.auth, session_id=session_id, turn=turn)
    return Status(204, None)


@router.post(
    "/{uuid:session_id}/jump",
    auth=KeyAuth(Permission.RUN),
    response=answers({200: SessionOut}, *BODY, 404, 409),
    operation_id="jump_session",
    summary="Go on in another pathway",
    description="For testers; told by a message of the session. 409 while a turn is under way.",
)
def jump(request: ApiRequest, session_id: UUID, data: JumpIn) -> SessionOut:
    return tell_session(jump_to(principal=request.auth, session_id=session_id, pathway=data.pathway))


@router.put(
    "/{uuid:session_id}/debug",
    auth=KeyAuth(Permission.RUN),
    response=answers({200: SessionOut}, *BODY, 404),
    operation_id="debug_session",
    summary="Set breakpoints, pins and overrides",
    description="They hold for every turn from now on and stand in the journals of these turns.",
)
def debug(request: ApiRequest, session_id: UUID, data: DebugIn) -> SessionOut:
    return tell_session(set_debug(principal=request.auth, session_id=session_id, debug=data.model_dump()))


@router.post(
    "/{uuid:session_id}/simulate",
    auth=KeyAuth(Permission.RUN),
    response=answers({202: SessionOut}, *BODY, 404, 409),
    operation_id="simulate_inactivity",
    summary="Let a silence pass",
    description="As if nobody had written for as long as the next inactivity transition wants; 409 when none applies.",
)
def simulate(request: ApiRequest, session_id: UUID, data: FaultIn) -> Status[SessionOut]:
    let_silence_pass(principal=request.auth, session_id=session_id)
    return Status(202, tell_session(get_session(request.auth, session_id)))


@router.get(
    "/{uuid:session_id}/paint",
    auth=KeyAuth(Permission.READ),
    response=answers({200: PaintOut}, 404),
    operation_id="paint_session",
    summary="How the canvas shows the newest turn",
    description="States and times of pathways and agents, and the moves that were taken.",
)
def paint(request: ApiRequest, session_id: UUID) -> dict[str, Any]:
    return paint_session(request.auth, session_id)


@router.get(
    "/{uuid:session_id}/turns/{uuid:run_id}/window",
    auth=KeyAuth(Permission.READ),
    response=answers({200: WindowsOut}, 404),
    operation_id="get_context_window",
    summary="What the model saw",
    description="For each model call of a turn the kinds of text that filled its context window, with the exact text.",
)
def window(request: ApiRequest, session_id: UUID, run_id: UUID) -> dict[str, Any]:
    return {"items": list_windows(get_turn(request.auth, session_id, run_id).run)}


@journey_router.get(
    "/{slug:slug}/feedback",
    auth=KeyAuth(Permission.AUDIT),
    response=answers({200: OpinionsOut}, 404, 422),
    operation_id="list_feedback",
    summary="List opinions of a journey's answers",
    description="Of all sessions of the organization, the newest first.",
)
def list_feedback(request: ApiRequest, slug: str, good: OnlyGood = None) -> OpinionsOut:
    found = list_opinions(request.auth, slug, good=good)
    return OpinionsOut(
        items=[
            ListedOpinion(
                **tell_opinion(o.feedback).model_dump(),
                session_id=o.session_id,
                turn=o.turn,
                question=o.question,
                answer=o.answer,
            )
            for o in found
        ]
    )


@journey_router.get(
    "/{slug:slug}/personas",
    auth=KeyAuth(Permission.READ),
    response=answers({200: PersonasOut}, 404),
    operation_id="list_personas",
    summary="List personas",
    description="People to talk as when the journey is tried out.",
)
def personas(request: ApiRequest, slug: str) -> PersonasOut:
    return PersonasOut(items=[_persona(row) for row in list_personas(request.auth, slug)])


@journey_router.put(
    "/{slug:slug}/personas/{name}",
    auth=KeyAuth(Permission.BUILD),
    response=answers({200: PersonaOut}, *BODY, 404),
    operation_id="save_persona",
    summary="Keep a persona",
    description="In place of one of the same name. Its variables are those that the draft declares.",
)
def keep_persona(request: ApiRequest, slug: str, name: str, data: PersonaIn) -> PersonaOut:
    return _persona(save_persona(principal=request.auth, slug=slug, name=name, **data.model_dump()))


@journey_router.delete(
    "/{slug:slug}/personas/{name}",
    auth=KeyAuth(Permission.BUILD),
    response=answers({204: None}, 404),
    operation_id="delete_persona",
    summary="Delete a persona",
    description="Sessions that were opened with it stay.",
)
def drop_persona(request: ApiRequest, slug: str, name: str) -> Status[None]:
    delete_persona(principal=request.auth, slug=slug, name=name)
    return Status(204, None)


def tell_opinion(row: Feedback) -> OpinionOut:
    return OpinionOut(good=row.good, comment=row.comment, better=row.better, by_label=row.by_label, at=row.at)


def _persona(row: Persona) -> PersonaOut:
    return PersonaOut(name=row.name, variables=row.variables, context=row.context)
