"""``/journeys/{slug}/deployment``: which doors of a journey are open, how its widget looks, and the secret for identities."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Router, Schema, Status
from pydantic import Field

from journeys.models import Deployment
from journeys.services.reach.deployments import addresses, get_deployment, look_of, make_secret, save_deployment
from trust.core.roles import Permission
from trust.services.guards import KeyAuth
from trust.services.operations import BODY, ApiRequest, Body, answers, example

router = Router(tags=["Deploy"])
SHOWN = "q7Hx2bKf0sJ9m1vE3yT5uR8wZ6aL4cN2pQ7dG0hB1iX"
ADDRESSES = {
    "page": "https://kaizen.example/journeys/referral/",
    "api": "https://kaizen.example/api/v1/journeys/referral/sessions",
    "widget": "https://kaizen.example/widget/acme/referral.js",
    "chat": "https://kaizen.example/widget/acme/referral/",
    "mcp": "https://kaizen.example/mcp/",
    "mcp_tool": "journey__referral",
}
SETTINGS: dict[str, Any] = {
    "widget_on": True,
    "mcp_on": False,
    "mcp_description": "",
    "anonymous": True,
    "origins": ["https://shop.example"],
    "environment": "",
}


MADE: dict[str, Any] = {"secret_hint": "q7Hx2b", "secret_made_at": None}


class DeploymentOut(Schema):
    """The doors of one journey."""

    model_config = example(**SETTINGS, look={"title": "Help", "colour": "#1f4e79"}, **MADE, addresses=ADDRESSES)

    widget_on: bool
    mcp_on: bool
    mcp_description: str
    anonymous: bool = Field(description="Whether visitors without a signed identity may talk.")
    origins: list[str] = Field(description="The pages that may embed the widget.")
    environment: str
    look: dict[str, Any] = Field(description="How the widget looks and what it says.")
    secret_hint: str = Field(description="The first letters of the secret; empty: none was made.")
    secret_made_at: datetime | None
    addresses: dict[str, str]


class DeploymentIn(Body):
    """What changes; what is left out or null stays."""

    model_config = example(widget_on=True, origins=["https://shop.example"], look={"colour": "#1f4e79"})

    widget_on: bool | None = None
    mcp_on: bool | None = None
    mcp_description: str | None = Field(default=None, max_length=2000)
    anonymous: bool | None = None
    origins: list[str] | None = Field(default=None, max_length=20)
    environment: str | None = Field(default=None, max_length=40)
    look: dict[str, Any] | None = None


class SecretOut(Schema):
    """The secret that signs identities. It is never shown again."""

    model_config = example(secret=SHOWN)

    secret: str


@router.get(
    "/{slug:slug}/deployment",
    auth=KeyAuth(Permission.READ),
    response=answers({200: DeploymentOut}, 404),
    operation_id="get_deployment",
    summary="How a journey is reached",
    description="Its open doors, the look of its widget, and its addresses.",
)
def get(request: ApiRequest, slug: str) -> DeploymentOut:
    return _tell(request, slug, get_deployment(request.auth, slug))


@router.put(
    "/{slug:slug}/deployment",
    auth=KeyAuth(Permission.BUILD),
    response=answers({200: DeploymentOut}, *BODY, 404),
    operation_id="save_deployment",
    summary="Open or close doors",
    description="Changes those settings that are sent.",
)
def save(request: ApiRequest, slug: str, data: DeploymentIn) -> DeploymentOut:
    changes = data.model_dump(exclude_none=True)
    return _tell(request, slug, save_deployment(principal=request.auth, slug=slug, changes=changes))


@router.post(
    "/{slug:slug}/deployment/secret",
    auth=KeyAuth(Permission.BUILD),
    response=answers({201: SecretOut}, 404),
    operation_id="make_widget_secret",
    summary="Make the secret for identities",
    description="Signs visitors' identity tokens (JWT, HS256). Tokens of the one before stop working.",
)
def secret(request: ApiRequest, slug: str) -> Status[SecretOut]:
    return Status(201, SecretOut(secret=make_secret(principal=request.auth, slug=slug)[1]))


def _tell(request: ApiRequest, slug: str, row: Deployment) -> DeploymentOut:
    names = (*SETTINGS, "secret_hint", "secret_made_at")
    base = f"{request.scheme}://{request.get_host()}"
    return DeploymentOut(
        **{name: getattr(row, name) for name in names},
        look=look_of(row).model_dump(mode="json"),
        addresses=addresses(request.auth, slug, base),
    )
