"""The tag by which an approval's card gets what stands beside the request, wherever the card is shown."""

from __future__ import annotations

from typing import Any

from django import template

from agents.models.approval import Approval
from agents.services.approval_card import ApprovalCard, read_card
from trust.services.guards import request_principal

register = template.Library()


@register.simple_tag(takes_context=True)
def approval_card(context: dict[str, Any], approval: Approval) -> ApprovalCard:
    """Everything the card tells the person who looks at it."""
    request = context.get("request")
    return read_card(request_principal(request) if request is not None else None, approval)
