"""``/models``: the providers that can answer, and the organization's default model."""

from __future__ import annotations

from typing import Any

from ninja import Router, Schema
from pydantic import Field

from agents.services.models import (
    DescribedModel,
    ProviderRow,
    describe_model,
    list_providers,
    set_default_model,
)
from trust.core.roles import Permission
from trust.services.guards import KeyAuth
from trust.services.operations import BODY, ApiRequest, Body, answers, example

router = Router(tags=["Models"])
DEFAULT: dict[str, Any] = {
    "provider": "demo",
    "title": "Demo",
    "model": "",
    "label": "Demo",
    "notice": "This is not an AI: it answers by simple rules.",
    "chosen": False,
    "base_url": "",
    "problem": "",
}
DEMO: dict[str, Any] = {
    "name": "demo",
    "title": "Demo",
    "usual_model": "",
    "configured": True,
    "why_not": "",
    "notice": "This is not an AI: it answers by simple rules.",
    "is_default": True,
    "is_ai": False,
    "takes_address": False,
}


class DefaultModelOut(Schema):
    """What answers for agents that name no provider."""

    model_config = example(**DEFAULT)

    provider: str
    title: str
    model: str
    label: str = Field(description="How pages name it.")
    notice: str = Field(description="What people must be told about it; empty: nothing.")
    chosen: bool = Field(description="True when somebody chose it; false when it was found in the environment.")
    base_url: str
    problem: str = Field(description="Why it cannot answer; empty when it can.")


class ProviderOut(Schema):
    """A provider of models."""

    model_config = example(**DEMO)

    name: str
    title: str
    usual_model: str
    configured: bool
    why_not: str = Field(description="What to set so that it can answer; empty when it can.")
    notice: str
    is_default: bool
    is_ai: bool
    takes_address: bool = Field(description="Whether `base_url` is needed to choose it.")


class ModelsOut(Schema):
    """The default model and every provider."""

    model_config = example(default=DEFAULT, providers=[DEMO])

    default: DefaultModelOut
    providers: list[ProviderOut]


class DefaultModelIn(Body):
    """The choice. An empty provider takes it back: what the environment offers answers again."""

    model_config = example(provider="openai", model="gpt-5-mini", base_url="")

    provider: str = Field(max_length=40)
    model: str = Field(default="", max_length=200, description="Empty: the provider's usual model.")
    base_url: str = Field(default="", max_length=500, description="Of an OpenAI-compatible server, for `custom`.")


@router.get(
    "",
    auth=KeyAuth(Permission.READ),
    response=answers({200: ModelsOut}),
    operation_id="get_models",
    summary="Get the default model and the providers",
    description="Keys of providers are read from the server's environment and never shown.",
)
def get(request: ApiRequest) -> ModelsOut:
    providers = [tell_provider(row) for row in list_providers(request.auth)]
    return ModelsOut(default=tell_default(describe_model(request.auth)), providers=providers)


@router.put(
    "",
    auth=KeyAuth(Permission.ADMIN),
    response=answers({200: DefaultModelOut}, *BODY),
    operation_id="set_default_model",
    summary="Choose the default model",
    description="For agents that name no provider, from their next run on. 422 when it cannot answer here.",
)
def put(request: ApiRequest, data: DefaultModelIn) -> DefaultModelOut:
    chosen = set_default_model(principal=request.auth, provider=data.provider, model=data.model, base_url=data.base_url)
    return tell_default(chosen)


def tell_default(row: DescribedModel) -> DefaultModelOut:
    return DefaultModelOut(**{name: getattr(row, name) for name in DefaultModelOut.model_fields})


def tell_provider(row: ProviderRow) -> ProviderOut:
    return ProviderOut(**{name: getattr(row, name) for name in ProviderOut.model_fields})
