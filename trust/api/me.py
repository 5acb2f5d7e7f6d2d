"""``/me``: whose key this is and what it may do."""

from __future__ import annotations

from uuid import UUID

from ninja import Router, Schema
from pydantic import Field

from trust.core.principal import Principal
from trust.core.roles import Permission, Role
from trust.services.guards import KeyAuth
from trust.services.operations import ApiRequest, answers, example

router = Router(tags=["Access"])


class Me(Schema):
    """The principal behind the key of the request."""

    model_config = example(
        kind="key",
        id="5f0c1c0e-6d1d-4f5c-8f5e-0a4a3f4b1c2d",
        label="nightly import",
        organization_id="b9b0f3a4-1f0e-4a3e-9c57-3d1f5b6a7c8d",
        role="operator",
        permissions=["approve", "read", "run"],
    )

    kind: str
    id: str
    label: str = Field(description="The name of the key, as its owner wrote it.")
    organization_id: UUID
    role: Role
    permissions: list[Permission] = Field(description="The role's rights, narrowed by the key's scopes.")


@router.get(
    "",
    auth=KeyAuth(Permission.READ),
    response=answers({200: Me}),
    operation_id="get_me",
    summary="Who am I",
    description="The organization, role and rights of the key that is sent.",
)
def get_me(request: ApiRequest) -> Me:
    return tell_principal(request.auth)


def tell_principal(principal: Principal) -> Me:
    return Me(
        kind=principal.kind,
        id=principal.id,
        label=principal.label,
        organization_id=principal.organization_id,
        role=principal.role,
        permissions=sorted(principal.permissions),
    )
