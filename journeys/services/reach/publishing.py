"""``deploy_journey``: a journey class becomes a published journey of a site, here in this process or over the site's API."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agents.core.spec.runnable import canonical

if TYPE_CHECKING:
    from journeys.core.declare.journey import Journey
    from trust.core.principal import Principal


PLACES = ("dev", "staging", "production")  # as journeys.services.environments has them, which needs Django


class DeployFailed(RuntimeError):
    """The site refused; the message says why, with every problem on a line of its own."""


@dataclass(frozen=True, slots=True)
class Deployed:
    """What was published, and where it can be reached (``api``, ``page``, ``chat``, ``widget``, ``mcp``, ``mcp_tool``)."""

    slug: str
    version: int
    digest: str
    addresses: Mapping[str, str]


def deploy_journey(
    journey: type[Journey],
    *,
    slug: str,
    agents: Mapping[str, Any] | None = None,
    environment: str = "",
    notes: str = "",
    site: str = "",
    key: str = "",
    organization: str = "",
) -> Deployed:
    """Publishes ``journey`` under ``slug`` and returns its addresses.

    ``agents`` are agents (specs, or instances and classes that carry one) for names that the class leaves open. With ``site``
    and ``key`` it goes to that site's API, with the rights of the key; without, into the database of this process, whose
    Django must be set up, as the owner of ``organization`` (the oldest when left out). ``environment`` is the one that the
    public doors then lead to; the new version is promoted into it, too. The same content again publishes nothing new.
    Raises ``DeployFailed``.
    """
    if environment and environment not in PLACES:
        raise DeployFailed(f"the environment is {environment!r}; the environments are: {', '.join(PLACES)}")
    draft = _draft(journey, agents or {})
    if site or key:
        if not (site and key):
            raise DeployFailed("give both `site` and `key`, or neither to publish in this process")
        return _over_api((site.rstrip("/"), key), slug, draft, environment, notes)
    return _in_process(organization, slug, draft, environment, notes)


def _draft(journey: type[Journey], agents: Mapping[str, Any]) -> dict[str, Any]:
    data = canonical(journey.spec)
    own = {name: canonical(_spec_of(name, agent)) for name, agent in agents.items()}
    return {**data, "agents": {**data.get("agents", {}), **own}}


def _spec_of(name: str, agent: Any) -> Any:
    found = getattr(agent, "spec", agent)
    if not hasattr(found, "model_dump"):
        raise DeployFailed(f"agents[{name!r}] is {type(agent).__name__}, which is neither a spec nor carries one as `.spec`")
    return found


def _in_process(organization: str, slug: str, draft: dict[str, Any], environment: str, notes: str) -> Deployed:
    from agents.services.definitions import create_definition, get_definition, publish_draft, save_draft
    from journeys.services.environments import promote_version
    from journeys.services.reach.deployments import addresses, save_deployment
    from trust.core.errors import KaizenError, NotFound
    from trust.services.setup import owner_principal

    try:
        principal: Principal = owner_principal(organization)
        try:
            revision = get_definition(principal, "journey", slug).draft_revision
        except NotFound:
            create_definition(principal, "journey", slug, draft)
        else:
            save_draft(principal, "journey", slug, draft, revision)
        done = publish_draft(principal, "journey", slug, notes)
        if environment:
            for place in _before(environment):
                promote_version(principal=principal, slug=slug, environment=place, number=done.version.number, notes=notes)
            save_deployment(principal=principal, slug=slug, changes={"environment": environment})
        return Deployed(slug, done.version.number, done.version.digest, addresses(principal, slug))
    except KaizenError as refused:
        raise DeployFailed(refused.message) from refused


def _over_api(where: tuple[str, str], slug: str, draft: dict[str, Any], environment: str, notes: str) -> Deployed:
    site, key = where
    status, found = _call(site, key, "GET", f"/journeys/{slug}")
    if status == 404:
        _must(_call(site, key, "POST", "/journeys", {"slug": slug, "draft": draft}))
    else:
        _must((status, found))
        body = {"draft": draft, "expected_revision": found["draft_revision"]}
        _must(_call(site, key, "PUT", f"/journeys/{slug}/draft", body))
    done = _must(_call(site, key, "POST", f"/journeys/{slug}/publish", {"notes": notes}))
    version = done.get("version", done)
    if environment:
        for place in _before(environment):
            moved = {"number": version["number"], "notes": notes}
            _must(_call(site, key, "POST", f"/journeys/{slug}/environments/{place}/promote", moved))
        _must(_call(site, key, "PUT", f"/journeys/{slug}/deployment", {"environment": environment}))
    told = _must(_call(site, key, "GET", f"/journeys/{slug}/deployment"))
    return Deployed(slug, int(version["number"]), str(version["digest"]), told["addresses"])


def _before(environment: str) -> tuple[str, ...]:
    """The environments that a published version still has to be promoted into, up to ``environment``."""
    return () if environment == "production" else PLACES[: PLACES.index(environment) + 1]


def _call(site: str, key: str, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    if not site.startswith(("http://", "https://")):
        raise DeployFailed(f"the site {site!r} is no address; write https://kaizen.example")
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{site}/api/v1{path}", data, method=method)  # noqa: S310 - checked above
    request.add_header("Authorization", f"Bearer {key}")
    request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        try:
            return refused.code, json.load(refused)
        except ValueError:
            return refused.code, {}
    except (urllib.error.URLError, OSError) as error:
        raise DeployFailed(f"{site} does not answer: {error}") from error


def _must(answer: tuple[int, Any]) -> Any:
    status, told = answer
    if status < 400:
        return told
    problems = [f"{each['where']}: {each['message']}" for each in told.get("problems", [])] if isinstance(told, dict) else []
    detail = told.get("detail", "") if isinstance(told, dict) else ""
    raise DeployFailed("\n".join([f"the site answered {status}: {detail}", *problems]))
