"""What is done to a session beside talking: variables, past values of fields, another version, a person instead, its end."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from ninja import Query, Router, Schema
from pydantic import Field

from journeys.api.sessions import SessionOut, tell_session
from journeys.services.hand_over import request_person, withdraw_request
from journeys.services.session_state import (
    field_history,
    move_session,
    plan_move,
    restore_field,
    set_variables,
)
from journeys.services.sessions import end_session
from trust.core.roles import Permission
from trust.services.guards import KeyAuth
from trust.services.operations import BODY, ApiRequest, Body, answers, example

router = Router(tags=["Sessions"])
VersionNumber = Annotated[int | None, Query(ge=1, le=2**31 - 1, description="A version number; left out: the published one.")]


class VariablesIn(Body):
    """User variables by name; null forgets one."""

    model_config = example(variables={"first_name": "Ann", "plan": None})

    variables: dict[str, Any]


class PastValueOut(Schema):
    """A value that a field had."""

    model_config = example(seq=4, turn=2, value=["knee pain"], by="the pathway intake", restored_from=None, current=True)

    seq: int = Field(description="The message that brought it; 0: known beforehand.")
    turn: int
    value: Any
    by: str = Field(description="A pathway, or the person who restored it.")
    restored_from: int | None = Field(description="For a restored value: the message whose value it is.")
    current: bool


class HistoryOut(Schema):
    """Every field that ever had a value."""

    model_config = example(
        fields={
            "symptoms": [
                {
                    "seq": 4,
                    "turn": 2,
                    "value": ["knee pain"],
                    "by": "the pathway intake",
                    "restored_from": None,
                    "current": True,
                }
            ]
        }
    )

    fields: dict[str, list[PastValueOut]]


class RestoreIn(Body):
    """Which value becomes the field's value again."""

    model_config = example(field="symptoms", seq=4)

    field: str = Field(min_length=1, max_length=200)
    seq: int = Field(ge=0, le=2**31 - 1)


class MoveIn(Body):
    """Another version of the same journey."""

    model_config = example(version=None, mapping={"booking": "appointments"})

    version: int | None = Field(default=None, ge=1, le=2**31 - 1, description="null: the published version.")
    mapping: dict[str, str] = Field(default={}, description="What takes the place of each pathway that is not there.")


class MovePlanOut(Schema):
    """What a move would need."""

    model_config = example(version=3, missing=["booking"], offered=["intake", "appointments"])

    version: int
    missing: list[str] = Field(description="Pathways of the session that this version does not have; map each.")
    offered: list[str] = Field(description="The pathways of this version.")


class AskIn(Body):
    """Why a person is wanted."""

    model_config = example(why="The visitor is upset.")

    why: str = Field(default="", max_length=500)


@router.post(
    "/{uuid:session_id}/variables",
    auth=KeyAuth(Permission.RUN),
    response=answers({200: SessionOut}, *BODY, 404, 409),
    operation_id="set_session_variables",
    summary="Set user variables",
    description="Those that the journey declares; they are known to bindings and expressions as `user.<name>`.",
)
def variables(request: ApiRequest, session_id: UUID, data: VariablesIn) -> SessionOut:
    return tell_session(set_variables(principal=request.auth, session_id=session_id, variables=data.variables))


@router.get(
    "/{uuid:session_id}/fields",
    auth=KeyAuth(Permission.READ),
    response=answers({200: HistoryOut}, 404),
    operation_id="list_session_fields",
    summary="Every past value of each field",
    description="The oldest first, with the turn and who brought it.",
)
def fields(request: ApiRequest, session_id: UUID) -> dict[str, Any]:
    found = field_history(request.auth, session_id)
    names = ("seq", "turn", "value", "by", "restored_from", "current")
    return {"fields": {field: [{n: getattr(v, n) for n in names} for v in values] for field, values in found.items()}}


@router.post(
    "/{uuid:session_id}/fields/restore",
    auth=KeyAuth(Permission.RUN),
    response=answers({200: SessionOut}, *BODY, 404, 409),
    operation_id="restore_session_field",
    summary="Restore a past value",
    description="Recorded as a message of the session. 409 while a turn is under way.",
)
def restore(request: ApiRequest, session_id: UUID, data: RestoreIn) -> SessionOut:
    return tell_session(restore_field(principal=request.auth, session_id=session_id, field=data.field, seq=data.seq))


@router.get(
    "/{uuid:session_id}/move",
    auth=KeyAuth(Permission.READ),
    response=answers({200: MovePlanOut}, 404, 422),
    operation_id="plan_session_move",
    summary="What a move to another version needs",
    description="Changes nothing.",
)
def plan(request: ApiRequest, session_id: UUID, version: VersionNumber = None) -> MovePlanOut:
    found = plan_move(request.auth, session_id, version)
    return MovePlanOut(version=found.number, missing=list(found.missing), offered=list(found.offered))


@router.post(
    "/{uuid:session_id}/move",
    auth=KeyAuth(Permission.RUN),
    response=answers({200: SessionOut}, *BODY, 404, 409),
    operation_id="move_session",
    summary="Go on with another version",
    description="A session keeps the version that it was opened with until it is moved. 422 lists each pathway that needs a "
    "mapping; recorded as a message of the session.",
)
def move(request: ApiRequest, session_id: UUID, data: MoveIn) -> SessionOut:
    return tell_session(move_session(principal=request.auth, session_id=session_id, version=data.version, mapping=data.mapping))


@router.post(
    "/{uuid:session_id}/ask-for-person",
    auth=KeyAuth(Permission.RUN),
    response=answers({200: SessionOut}, *BODY, 404, 409),
    operation_id="ask_for_person",
    summary="Ask for a person",
    description="From now on the journey answers nothing until somebody takes the conversation over and hands it back, or "
    "`go-on` is called.",
)
def ask(request: ApiRequest, session_id: UUID, data: AskIn) -> SessionOut:
    return tell_session(request_person(principal=request.auth, session_id=session_id, why=data.why))


@router.post(
    "/{uuid:session_id}/go-on",
    auth=KeyAuth(Permission.RUN),
    response=answers({200: SessionOut}, 404, 409),
    operation_id="go_on_without_person",
    summary="Go on without a person",
    description="The journey answers again. 409 once a person has the conversation.",
)
def go_on(request: ApiRequest, session_id: UUID) -> SessionOut:
    return tell_session(withdraw_request(principal=request.auth, session_id=session_id))


@router.post(
    "/{uuid:session_id}/end",
    auth=KeyAuth(Permission.RUN),
    response=answers({200: SessionOut}, 404),
    operation_id="end_session",
    summary="End a session",
    description="It stays readable and takes no further message.",
)
def end(request: ApiRequest, session_id: UUID) -> SessionOut:
    return tell_session(end_session(principal=request.auth, session_id=session_id))
