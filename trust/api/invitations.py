"""``/invitations``: links by which people join the organization."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Router, Schema, Status
from pydantic import Field

from trust.core.roles import Permission, Role
from trust.models import Invitation
from trust.services.guards import KeyAuth
from trust.services.invitations import invite, list_invitations, withdraw_invitation
from trust.services.operations import BODY, ApiRequest, Body, Cursor, Limit, Page, answers, example, page_of

router = Router(tags=["Access"])
BOB = {
    "id": "0c9f5f0e-32a5-4f27-9d0a-2b6d3f7f1a10",
    "email": "bob@example.org",
    "role": "operator",
    "created_at": "2026-11-22T09:00:00Z",
    "expires_at": "2026-11-29T09:00:00Z",
}


class InvitationOut(Schema):
    """An invitation that can still be accepted."""

    model_config = example(**BOB)

    id: UUID
    email: str
    role: Role
    created_at: datetime
    expires_at: datetime


class NewInvitationOut(InvitationOut):
    """A new invitation with its link, which is shown this once."""

    model_config = example(**BOB, link="https://kaizen.example.org/invitations/7Jx2.../")

    link: str = Field(description="Pass it on to the invited person. It is never shown again.")


class InvitationIn(Body):
    """Whom to invite."""

    model_config = example(email="bob@example.org", role="operator")

    email: str = Field(max_length=254)
    role: Role


@router.get(
    "",
    auth=KeyAuth(Permission.ADMIN),
    response=answers({200: Page[InvitationOut]}, 422),
    operation_id="list_invitations",
    summary="List open invitations",
    description="Invitations that can still be accepted, newest first.",
)
def list_all(request: ApiRequest, cursor: Cursor = "", limit: Limit = 50) -> dict[str, Any]:
    rows = [tell_invitation(row) for row in list_invitations(request.auth)]
    return page_of(rows, key=lambda row: str(row.id), cursor=cursor, limit=limit)


@router.post(
    "",
    auth=KeyAuth(Permission.ADMIN),
    response=answers({201: NewInvitationOut}, *BODY, 409),
    operation_id="create_invitation",
    summary="Invite a person",
    description="A new invitation replaces an open one to the same address. Members cannot be invited again (409).",
)
def create(request: ApiRequest, data: InvitationIn) -> Status[NewInvitationOut]:
    invitation, path = invite(request.auth, email=data.email, role=data.role)
    told = tell_invitation(invitation)
    return Status(201, NewInvitationOut(**told.model_dump(), link=request.build_absolute_uri(path)))


@router.delete(
    "/{uuid:invitation_id}",
    auth=KeyAuth(Permission.ADMIN),
    response=answers({204: None}, 404),
    operation_id="withdraw_invitation",
    summary="Withdraw an invitation",
    description="Its link stops working at once.",
)
def withdraw(request: ApiRequest, invitation_id: UUID) -> Status[None]:
    withdraw_invitation(request.auth, invitation_id=invitation_id)
    return Status(204, None)


def tell_invitation(row: Invitation) -> InvitationOut:
    return InvitationOut(id=row.id, email=row.email, role=Role(row.role), created_at=row.created_at, expires_at=row.expires_at)
