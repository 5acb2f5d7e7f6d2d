"""``/egress``: where the organization's tools may connect to, and what the rules say of one address."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Router, Schema
from pydantic import Field

from agents.services.egress import LONGEST_ENTRY, MOST_ENTRIES, get_egress, save_egress, try_address
from trust.core.roles import Permission
from trust.services.guards import KeyAuth
from trust.services.operations import BODY, ApiRequest, Body, answers, example

router = Router(tags=["Network"])
RULES: dict[str, Any] = {
    "allowed": ["api.example.org", "*.example.net", "192.0.2.0/24"],
    "denied": ["tracker.example.net"],
    "private": False,
}
ENTRY = (
    "A name (`api.example.org`), all names below one (`*.example.org`), an address, a network, or `*` for all; with `:8443` "
    "at its end it means that port only."
)


class EgressIn(Body):
    """The rules, in place of those before."""

    model_config = example(**RULES)

    allowed: list[str] = Field(default=[], max_length=MOST_ENTRIES, description=f"Empty: every public address. {ENTRY}")
    denied: list[str] = Field(default=[], max_length=MOST_ENTRIES, description="A denial beats all.")
    private: bool = Field(default=False, description="Whether private addresses that `allowed` names exactly are let in.")


class EgressOut(Schema):
    """The rules as they are."""

    model_config = example(**RULES, changed_by="Alice", changed_at="2026-01-31T12:00:00Z", private_is_open=True)

    allowed: list[str]
    denied: list[str]
    private: bool
    changed_by: str
    changed_at: datetime | None
    private_is_open: bool = Field(description="Whether the server's operator lets organizations open private addresses.")


class AddressIn(Body):
    """An address to try the rules on."""

    model_config = example(url="http://169.254.169.254/")

    url: str = Field(min_length=1, max_length=8000)


class VerdictOut(Schema):
    """What the rules say of an address now."""

    model_config = example(
        url="http://169.254.169.254/",
        allowed=False,
        reason="169.254.169.254 is a cloud machine's metadata service; no rule can open it.",
        addresses=[],
    )

    url: str
    allowed: bool
    reason: str
    addresses: list[str] = Field(description="What the name stands for now.")


@router.get(
    "",
    auth=KeyAuth(Permission.READ),
    response=answers({200: EgressOut}),
    operation_id="get_egress",
    summary="Get the network rules",
    description="They hold for HTTP tools, MCP servers and model addresses that were typed in, and for every redirect.",
)
def get(request: ApiRequest) -> EgressOut:
    return EgressOut.model_validate(get_egress(request.auth), from_attributes=True)


@router.put(
    "",
    auth=KeyAuth(Permission.ADMIN),
    response=answers({200: EgressOut}, *BODY),
    operation_id="save_egress",
    summary="Replace the network rules",
    description=f"They hold from the next connection on. An entry has at most {LONGEST_ENTRY} characters.",
)
def put(request: ApiRequest, data: EgressIn) -> EgressOut:
    saved = save_egress(principal=request.auth, allowed=data.allowed, denied=data.denied, private=data.private)
    return EgressOut.model_validate(saved, from_attributes=True)


@router.post(
    "/try",
    auth=KeyAuth(Permission.BUILD),
    response=answers({200: VerdictOut}, *BODY),
    operation_id="try_address",
    summary="Try the network rules on an address",
    description="Its name is looked up; nothing is connected to.",
)
def post_try(request: ApiRequest, data: AddressIn) -> VerdictOut:
    return VerdictOut.model_validate(try_address(principal=request.auth, url=data.url), from_attributes=True)
