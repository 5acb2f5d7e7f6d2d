"""``/models``: the providers that can answer, keys and addresses of the organization, and its default model."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Path, Query, Router, Schema, Status
from pydantic import Field

from agents.services.models import (
    DescribedModel,
    ProviderRow,
    describe_abilities,
    describe_model,
    list_providers,
    real_name,
    set_default_model,
)
from agents.services.provider_keys import LONGEST_KEY, remove_provider_key, save_provider_key, try_provider
from trust.core.errors import NotFound
from trust.core.principal import Principal
from trust.core.roles import Permission
from trust.services.guards import KeyAuth
from trust.services.operations import BODY, ApiRequest, Body, answers, example

router = Router(tags=["Models"])
Name = Annotated[str, Path(max_length=40, description="The provider's name, as in the list of providers.")]
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
    "takes_key": False,
    "own_address": "",
    "source": "none",
    "address": "",
    "keys_url": "",
    "entered": None,
    "test": None,
    "tested_at": None,
    "abilities": {
        "tools": True,
        "vision": False,
        "audio": False,
        "structured": "strict",
        "context": None,
        "longest_output": None,
    },
}
TEST: dict[str, Any] = {
    "model": "gpt-4o-mini",
    "latency_s": 0.62,
    "reply": "ready",
    "error": "",
    "code": "",
    "detail": "",
    "models": ["gpt-4o", "gpt-4o-mini"],
    "models_problem": "",
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


class AbilitiesOut(Schema):
    """What a model can do, as far as it is known; null: it is not."""

    model_config = example(**DEMO["abilities"])

    tools: bool | None
    vision: bool | None = Field(description="Whether it takes images.")
    audio: bool | None = Field(description="Whether it takes sound.")
    structured: Literal["strict", "grammar", "instructions"] = Field(description="How the form of an answer is kept.")
    context: int | None = Field(description="Tokens that it reads at most.")
    longest_output: int | None = Field(description="Tokens that it writes at most.")


class EnteredOut(Schema):
    """What the organization entered for a provider. The key itself is never given back."""

    model_config = example(has_key=True, hint="x7Qa", base_url="", by="Ada", at="2026-11-22T09:00:00Z")

    has_key: bool
    hint: str = Field(description="The last four characters of the key.")
    base_url: str
    by: str
    at: datetime


class TestOut(Schema):
    """What a small real call came to."""

    model_config = example(**TEST)

    model: str
    latency_s: float = Field(description="Seconds from the request to the whole answer.")
    reply: str
    error: str = Field(description="What went wrong, in plain words; empty: it answered.")
    code: str = Field(description="The kind of failure, such as `rejected`, `timeout`, `unavailable`.")
    detail: str = Field(description="The provider's own words.")
    models: list[str] = Field(description="The models that the provider lists, where it has such a list.")
    models_problem: str


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
    takes_key: bool
    own_address: Literal["", "may", "must"] = Field(
        description="Whether an address may or must be entered; empty: it takes none."
    )
    source: Literal["organization", "server", "none", ""] = Field(
        description="Where its configuration is from; `none`: it needs none, empty: it is not configured."
    )
    address: str = Field(description="Where its requests go; empty: to the provider's own address.")
    keys_url: str = Field(description="Where people get a key.")
    entered: EnteredOut | None
    test: TestOut | None = Field(description="The latest test.")
    tested_at: datetime | None
    abilities: AbilitiesOut = Field(description="Of its usual model.")


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


class ProviderKeyIn(Body):
    """What to connect with. An empty key keeps the stored one, at its stored address only."""

    model_config = example(key="sk-...", base_url="")

    key: str = Field(default="", max_length=LONGEST_KEY + 100)
    base_url: str = Field(default="", max_length=500, description="For providers with `own_address`.")


class TestIn(Body):
    """Which model to test."""

    model_config = example(model="gpt-4o-mini")

    model: str = Field(default="", max_length=200, description="Empty: the default or the usual model.")


@router.get(
    "",
    auth=KeyAuth(Permission.READ),
    response=answers({200: ModelsOut}),
    operation_id="get_models",
    summary="Get the default model and the providers",
    description="Keys of providers are stored sealed or read from the server's environment, and never shown.",
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


@router.get(
    "/abilities",
    auth=KeyAuth(Permission.READ),
    response=answers({200: AbilitiesOut}, 422),
    operation_id="get_model_abilities",
    summary="Tell what a model can do",
    description="Tools, images, sound, structured output and sizes, as far as they are known. Publishing an agent checks them.",
)
def get_abilities(
    request: ApiRequest,
    provider: Annotated[str, Query(max_length=40, description="The provider's name.")],
    model: Annotated[str, Query(max_length=200, description="Empty: nothing is known of it.")] = "",
) -> AbilitiesOut:
    return AbilitiesOut(**asdict(describe_abilities(provider, model)))


@router.put(
    "/providers/{name}",
    auth=KeyAuth(Permission.ADMIN),
    response=answers({200: ProviderOut}, *BODY, 404),
    operation_id="save_provider_key",
    summary="Enter a provider's key or address",
    description="Goes before the server's environment from the next call on. The key is sealed and never given back. "
    "A new address needs the key again: a stored key is never sent to another address.",
)
def save_key(request: ApiRequest, name: Name, data: ProviderKeyIn) -> ProviderOut:
    save_provider_key(principal=request.auth, provider=name, key=data.key, base_url=data.base_url)
    return _provider(request.auth, name)


@router.delete(
    "/providers/{name}",
    auth=KeyAuth(Permission.ADMIN),
    response=answers({204: None}, 404, 422),
    operation_id="remove_provider_key",
    summary="Remove a provider's key and address",
    description="What the server's environment has for it, if anything, counts again.",
)
def remove_key(request: ApiRequest, name: Name) -> Status[None]:
    remove_provider_key(principal=request.auth, provider=name)
    return Status(204, None)


@router.post(
    "/providers/{name}/test",
    auth=KeyAuth(Permission.BUILD),
    response=answers({200: TestOut}, *BODY, 404),
    operation_id="test_provider",
    summary="Test a provider",
    description="Makes a small real call (about 30 tokens, on the provider's bill) and reads its list of models. "
    "A provider that fails is an answer with `error`, not an error of this operation. Takes up to 20 seconds.",
)
def test(request: ApiRequest, name: Name, data: TestIn) -> TestOut:
    return TestOut(**try_provider(principal=request.auth, provider=name, model=data.model))


def _provider(principal: Principal, name: str) -> ProviderOut:
    for row in list_providers(principal):
        if row.name == real_name(name):
            return tell_provider(row)
    raise NotFound(f"there is no provider {name!r}")


def tell_default(row: DescribedModel) -> DefaultModelOut:
    return DefaultModelOut(**{name: getattr(row, name) for name in DefaultModelOut.model_fields})


def tell_provider(row: ProviderRow) -> ProviderOut:
    return ProviderOut.model_validate(asdict(row))
