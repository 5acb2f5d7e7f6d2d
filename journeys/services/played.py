"""What a session can be opened with: a version, the draft as it is, and either of them with another model. Starts nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

from agents.services.definitions import get_definition, get_version, load_spec
from agents.services.models import list_providers
from agents.services.specs import link_draft, store_spec
from journeys.core.spec import JourneySpec
from trust.core.errors import Invalid
from trust.core.principal import Principal


@dataclass(frozen=True, slots=True)
class Played:
    """``version`` is ``None`` for a draft; ``digest`` names ``spec``, which is stored."""

    definition: Any
    version: Any
    digest: str
    spec: JourneySpec
    model: dict[str, str] = field(default_factory=dict)


def find_played(
    principal: Principal,
    slug: str,
    *,
    version: int | None = None,
    draft: bool = False,
    model: dict[str, str] | None = None,
) -> Played:
    """Raises ``NotFound`` for what is not there and ``Invalid`` for a draft that cannot run or a model that nobody provides."""
    definition = get_definition(principal, "journey", slug)
    if draft:
        spec = cast(JourneySpec, link_draft(principal.organization_id, "journey", definition.draft))
        found, digest = None, store_spec(principal.organization_id, spec)
    else:
        found = get_version(principal, "journey", slug, version)
        spec, digest = cast(JourneySpec, load_spec(principal.organization_id, found.digest)), found.digest
    if model and model.get("provider"):
        chosen = check_model(principal, model)
        spec = with_model(spec, chosen)
        return Played(definition, found, store_spec(principal.organization_id, spec), spec, chosen)
    return Played(definition, found, digest, spec)


def with_model(spec: JourneySpec, model: dict[str, str]) -> JourneySpec:
    """``spec`` with ``model`` for every agent that it holds and for the detection of intents; their other settings stay."""
    data = spec.model_dump(mode="json")
    for agent in data["agents"].values():
        _replace(agent, model)
    data["intent_model"] = {**data["intent_model"], **model}
    return JourneySpec.model_validate(data)


def check_model(principal: Principal, model: dict[str, str]) -> dict[str, str]:
    """``model`` as sessions keep it. Raises ``Invalid`` for a provider that is not there."""
    known = {provider.name for provider in list_providers(principal)}
    if model["provider"] not in known:
        message = f"there is no provider {model['provider']!r}; there are: {', '.join(sorted(known))}"
        raise Invalid(problems=[{"where": "model.provider", "message": message}])
    return {"provider": model["provider"], "model": model.get("model", "").strip()}


def _replace(agent: dict[str, Any], model: dict[str, str]) -> None:
    """In an agent, or in every member of a pipeline."""
    if "model" in agent:
        agent["model"] = {**agent["model"], **model}
    for member in agent.get("members") or ():
        _replace(member["spec"], model)
