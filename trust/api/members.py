"""``/members``: the people of the organization and their roles."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Router, Schema, Status

from trust.core.roles import Permission, Role
from trust.models import Membership
from trust.services.guards import KeyAuth
from trust.services.members import change_role, list_members, remove_member
from trust.services.operations import BODY, ApiRequest, Body, Cursor, Limit, Page, answers, example, page_of

router = Router(tags=["Access"])
ADA = {"user_id": 7, "email": "ada@example.org", "name": "Ada", "role": "builder", "created_at": "2026-11-22T09:00:00Z"}


class Member(Schema):
    """One person in the organization."""

    model_config = example(**ADA)

    user_id: int
    email: str
    name: str
    role: Role
    created_at: datetime


class RoleChange(Body):
    """The role that a member has from now on."""

    model_config = example(role="operator")

    role: Role


@router.get(
    "",
    auth=KeyAuth(Permission.READ),
    response=answers({200: Page[Member]}, 422),
    operation_id="list_members",
    summary="List members",
    description="Everybody in the organization, longest first.",
)
def list_all(request: ApiRequest, cursor: Cursor = "", limit: Limit = 50) -> dict[str, Any]:
    rows = [tell_member(row) for row in list_members(request.auth)]
    return page_of(rows, key=lambda row: row.user_id, cursor=cursor, limit=limit)


@router.put(
    "/{int:user_id}",
    auth=KeyAuth(Permission.ADMIN),
    response=answers({200: Member}, *BODY, 404, 409),
    operation_id="change_member_role",
    summary="Change a member's role",
    description="Takes effect at once, on open pages too. The last owner stays an owner (409).",
)
def change(request: ApiRequest, user_id: int, data: RoleChange) -> Member:
    return tell_member(change_role(request.auth, user_id=user_id, role=data.role))


@router.delete(
    "/{int:user_id}",
    auth=KeyAuth(Permission.ADMIN),
    response=answers({204: None}, 404, 409),
    operation_id="remove_member",
    summary="Remove a member",
    description="Ends the membership and the person's sessions, and revokes the keys that they made here.",
)
def remove(request: ApiRequest, user_id: int) -> Status[None]:
    remove_member(request.auth, user_id=user_id)
    return Status(204, None)


def tell_member(row: Membership) -> Member:
    return Member(
        user_id=row.user_id,
        email=row.user.email,
        name=row.user.name,
        role=Role(row.role),
        created_at=row.created_at,
    )
