"""``/schemas``: the JSON Schema of each kind of spec, for programs that write drafts."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from ninja import Router, Schema
from pydantic import Field

from agents.core.spec.catalog import KINDS
from trust.core.errors import NotFound
from trust.core.roles import Permission
from trust.services.guards import KeyAuth
from trust.services.operations import ApiRequest, answers, example

router = Router(tags=["Signatures"])


class SpecSchema(Schema):
    """The JSON Schema of one kind of spec."""

    model_config = example(kind="signature", schema_document={"type": "object", "properties": {"name": {"type": "string"}}})

    kind: str
    schema_document: dict[str, Any] = Field(description="JSON Schema 2020-12; a published spec fits it, a draft may not yet.")


@router.get(
    "/{slug:kind}",
    auth=KeyAuth(Permission.READ),
    response=answers({200: SpecSchema}, 404),
    operation_id="get_spec_schema",
    summary="Get the JSON Schema of a kind of spec",
    description="For `signature`, `agent` and `journey`.",
)
def get(request: ApiRequest, kind: str) -> SpecSchema:
    if kind not in KINDS:
        raise NotFound(f"There is no kind of spec {kind!r}; the kinds are: {', '.join(sorted(KINDS))}.")
    module, _, name = KINDS[kind].spec.partition(":")
    return SpecSchema(kind=kind, schema_document=getattr(import_module(module), name).model_json_schema())
