"""``/keys``: API keys of the organization. A secret is shown once, when its key is made."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Router, Schema, Status
from pydantic import Field

from trust.core.roles import Permission, Role
from trust.models import ApiKey
from trust.services.guards import KeyAuth
from trust.services.keys import create_key, list_keys, revoke_key
from trust.services.operations import BODY, ApiRequest, Body, Cursor, Limit, Page, answers, example, page_of

router = Router(tags=["Access"])
NIGHTLY: dict[str, Any] = {
    "id": "5f0c1c0e-6d1d-4f5c-8f5e-0a4a3f4b1c2d",
    "name": "nightly import",
    "hint": "kz_3kQ9aB",
    "role": "operator",
    "scopes": ["read", "run"],
    "state": "active",
    "created_by_label": "Ada",
    "created_at": "2026-11-22T09:00:00Z",
    "expires_at": None,
    "revoked_at": None,
    "last_used_at": "2026-11-22T09:30:00Z",
}


class KeyOut(Schema):
    """An API key without its secret."""

    model_config = example(**NIGHTLY)

    id: UUID
    name: str
    hint: str = Field(description="The first characters of the secret, so that people can tell keys apart.")
    role: Role
    scopes: list[str] | None = Field(description="Rights that narrow the role; null: the whole role.")
    state: str = Field(description="`active`, `revoked` or `expired`.")
    created_by_label: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


class NewKeyOut(KeyOut):
    """A new key with its secret, which is shown this once."""

    model_config = example(**NIGHTLY | {"last_used_at": None, "secret": "kz_3kQ9aB..."})

    secret: str = Field(description="Send it as `Authorization: Bearer <secret>`. It is never shown again.")


class KeyIn(Body):
    """The key to make."""

    model_config = example(name="nightly import", role="operator", scopes=["read", "run"], expires_at=None)

    name: str = Field(min_length=1, max_length=120)
    role: Role
    scopes: list[Permission] | None = None
    expires_at: datetime | None = None


@router.get(
    "",
    auth=KeyAuth(Permission.ADMIN),
    response=answers({200: Page[KeyOut]}, 422),
    operation_id="list_keys",
    summary="List API keys",
    description="Every key of the organization, newest first, revoked ones included.",
)
def list_all(request: ApiRequest, cursor: Cursor = "", limit: Limit = 50) -> dict[str, Any]:
    rows = [tell_key(row) for row in list_keys(request.auth)]
    return page_of(rows, key=lambda row: str(row.id), cursor=cursor, limit=limit)


@router.post(
    "",
    auth=KeyAuth(Permission.ADMIN),
    response=answers({201: NewKeyOut}, *BODY),
    operation_id="create_key",
    summary="Make an API key",
    description="A key never gets more rights than the key that makes it.",
)
def create(request: ApiRequest, data: KeyIn) -> Status[NewKeyOut]:
    key, secret = create_key(request.auth, name=data.name, role=data.role, scopes=data.scopes, expires_at=data.expires_at)
    return Status(201, NewKeyOut(**tell_key(key).model_dump(), secret=secret))


@router.delete(
    "/{uuid:key_id}",
    auth=KeyAuth(Permission.ADMIN),
    response=answers({204: None}, 404),
    operation_id="revoke_key",
    summary="Revoke an API key",
    description="It stops working at once and for good, on open sockets too. Revoking twice changes nothing.",
)
def revoke(request: ApiRequest, key_id: UUID) -> Status[None]:
    revoke_key(request.auth, key_id=key_id)
    return Status(204, None)


def tell_key(row: ApiKey) -> KeyOut:
    return KeyOut(
        id=row.id,
        name=row.name,
        hint=row.hint,
        role=Role(row.role),
        scopes=row.scopes,
        state=row.state,
        created_by_label=row.created_by_label,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
    )
