"""The doors of a journey: which are open, from where, how the widget looks, and the secret that signs identities."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from agents.services.definitions import get_definition
from journeys.models import Deployment
from journeys.services.environments import environment_version
from journeys.services.reach.look import Look, check_look
from trust.core.errors import Invalid, NotFound, Problem
from trust.core.principal import Principal
from trust.services.principals import organization_slug
from trust.services.secrets import new_secret, seal_secret, unseal_secret

MOST_ORIGINS = 20


def get_deployment(principal: Principal, slug: str) -> Deployment:
    """The doors of the journey ``slug``; nothing is stored before something is saved. Raises ``NotFound``."""
    journey = get_definition(principal, "journey", slug)
    found = Deployment.objects.filter(definition=journey).first()
    return found or Deployment(organization_id=principal.organization_id, definition=journey)


def save_deployment(*, principal: Principal, slug: str, changes: dict[str, Any]) -> Deployment:
    """Changes those settings that ``changes`` names: ``widget_on``, ``mcp_on``, ``mcp_description``, ``anonymous``,
    ``origins``, ``environment`` (dev, staging or production; empty means production) and ``look`` (its settings by name;
    those left out keep their value)."""
    deployment = get_deployment(principal, slug)
    if environment := changes.get("environment"):
        _check_environment(principal, slug, environment)
    if "origins" in changes:
        changes = {**changes, "origins": check_origins(changes["origins"])}
    if "look" in changes:
        merged = {**deployment.look, **changes["look"]}
        changes = {**changes, "look": check_look(merged).model_dump(mode="json", exclude_defaults=True)}
    for name, value in changes.items():
        setattr(deployment, name, value)
    deployment.changed_at, deployment.changed_by_label = timezone.now(), principal.label
    deployment.save()
    return deployment


def make_secret(*, principal: Principal, slug: str) -> tuple[Deployment, str]:
    """A new secret for signing identities, told this once. Tokens that were signed with the one before no longer hold."""
    deployment = save_deployment(principal=principal, slug=slug, changes={})
    secret = new_secret()
    deployment.secret_sealed = seal_secret(secret, _purpose(deployment))
    deployment.secret_hint, deployment.secret_made_at = secret[:6], timezone.now()
    deployment.save()
    return deployment, secret


def secret_of(deployment: Deployment) -> str:
    """The secret in clear; empty when none was made."""
    return unseal_secret(deployment.secret_sealed, _purpose(deployment)) if deployment.secret_sealed else ""


def look_of(deployment: Deployment) -> Look:
    """The look with every default."""
    return check_look(deployment.look)


def addresses(principal: Principal, slug: str, base: str = "") -> dict[str, str]:
    """Where the journey can be reached, as whole addresses; ``base`` is the site's own, as the asker sees it."""
    site = (settings.ENV.public_url or base).rstrip("/")
    organization = organization_slug(principal.organization_id)
    return {
        "page": f"{site}/journeys/{slug}/",
        "api": f"{site}/api/v1/journeys/{slug}/sessions",
        "widget": f"{site}/widget/{organization}/{slug}.js",
        "chat": f"{site}/widget/{organization}/{slug}/",
        "mcp": f"{site}/mcp/",
        "mcp_tool": mcp_name(slug),
    }


def mcp_name(slug: str) -> str:
    return f"journey__{slug.replace('-', '_')}"


def _check_environment(principal: Principal, slug: str, environment: str) -> None:
    """Raises ``Invalid`` for an unknown environment and for one in which no version would answer."""
    try:
        environment_version(principal=principal, slug=slug, environment=environment)
    except NotFound as refusal:
        message = f"{refusal.message}; promote one there first"
        raise Invalid(problems=[{"where": "environment", "message": message}]) from None


def check_origins(given: list[str]) -> list[str]:
    """Each as a browser sends it: scheme, host and port, and nothing else. Raises ``Invalid`` with those that are not."""
    problems: list[Problem] = []
    found: list[str] = []
    for n, text in enumerate(given):
        origin = _origin(text.strip())
        if not origin:
            message = f"{text[:100]!r} is no origin; write https://shop.example (or http://localhost:3000), without a path"
            problems.append({"where": f"origins.{n}", "message": message})
        elif origin not in found:
            found.append(origin)
    if len(found) > MOST_ORIGINS:
        problems.append({"where": "origins", "message": f"at most {MOST_ORIGINS} origins, these are {len(found)}"})
    if problems:
        raise Invalid(problems=problems)
    return found


def _origin(text: str) -> str:
    try:
        parts = urlsplit(text)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    local = parts.hostname in ("localhost", "127.0.0.1")
    fits = parts.scheme == "https" or (parts.scheme == "http" and local)
    bare = parts.path in ("", "/") and not (parts.query or parts.fragment or parts.username or parts.password)
    host = parts.hostname or ""
    plain = host.isascii() and all(letter.isalnum() or letter in ".-" for letter in host)
    return f"{parts.scheme}://{host}{port}" if fits and bare and host and plain else ""


def _purpose(deployment: Deployment) -> str:
    return f"widget:{deployment.organization_id}:{deployment.pk}"
