"""Keys and addresses of providers that an organization enters itself: sealed, replaced, removed, and tried out.

Refuses to send a stored key to an address that it was not entered with. Gives a key back to nobody.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import asdict
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from agents.adapters.llm.catalog import ALIASES, PROVIDERS, Provider
from agents.adapters.llm.probe import Endpoint, Probe, first_model, probe
from agents.adapters.llm.providers import DEFAULT
from agents.core.llm.port import ModelError
from agents.core.spec.agent import ModelSpec
from agents.models import ProviderKey
from agents.services.access import (
    Access,
    forget_access,
    is_entered,
    key_purpose,
    load_access,
    providers_of,
    read_environ,
)
from agents.services.models import check_address
from trust.core.errors import Invalid, NotFound
from trust.core.principal import Principal
from trust.services.secrets import seal_secret

log = structlog.get_logger(__name__)
LONGEST_KEY = 4096
_KEY = re.compile(rf"[\x21-\x7e]{{8,{LONGEST_KEY}}}")
_HINT_FROM = 12  # of shorter keys not even four characters are shown


@sensitive_variables("key")
def save_provider_key(*, principal: Principal, provider: str, key: str = "", base_url: str = "") -> None:
    """Stores what was entered; it answers from the next call on. An empty ``key`` keeps the stored one at its stored address.

    Raises ``NotFound`` without such a provider; ``Invalid`` for one that takes nothing, for what cannot be a key, or for an
    address that is refused.
    """
    found = _find(provider)
    key, base_url = key.strip(), base_url.strip().rstrip("/")
    access = load_access(principal.organization_id)
    with transaction.atomic():
        row = _rows(principal.organization_id).select_for_update().filter(provider=found.name).first()
        _check(found, access, row, key, base_url)
        keep = not key and row is not None and bool(row.sealed)
        row = row or ProviderKey(organization_id=principal.organization_id, provider=found.name)
        if not keep:
            row.sealed = seal_secret(key, key_purpose(principal.organization_id, found.name)) if key else ""
            row.hint = key[-4:] if len(key) >= _HINT_FROM else ""
        row.base_url = base_url
        row.test, row.tested_at = None, None
        row.created_by_label, row.created_at = principal.label, timezone.now()
        row.save()
    forget_access(principal.organization_id)
    log.info("provider_key.saved", organization=str(principal.organization_id), provider=found.name, by=principal.label)


def remove_provider_key(*, principal: Principal, provider: str) -> None:
    """Deletes key and address; what the server's environment has for the provider, if anything, counts again."""
    found = _find(provider)
    row = _rows(principal.organization_id).filter(provider=found.name).first()
    if row is None or not is_entered(row):
        raise NotFound(f"nothing is entered for {found.title}")
    row.delete()
    forget_access(principal.organization_id)
    log.info("provider_key.removed", organization=str(principal.organization_id), provider=found.name, by=principal.label)


def try_provider(*, principal: Principal, provider: str, model: str = "") -> dict[str, Any]:
    """A small real call with what is configured now. Its result is also kept for the page: see ``Probe`` for its keys."""
    found = PROVIDERS.get(ALIASES.get(provider, provider))
    if found is None:
        raise NotFound(f"there is no provider {provider!r}")
    if "\x00" in model:
        raise _invalid("model", "a model's name cannot hold the NUL character")
    access = load_access(principal.organization_id)
    result = asdict(_probe(found, access, model.strip()))
    result["models"] = list(result["models"])
    now = timezone.now()
    row, made = _rows(principal.organization_id).get_or_create(
        organization_id=principal.organization_id,
        provider=found.name,
        defaults={"sealed": "", "created_at": now, "test": result, "tested_at": now},
    )
    if not made:
        _rows(principal.organization_id).filter(pk=row.pk).update(test=result, tested_at=now)
    return result


def _probe(provider: Provider, access: Access, model: str) -> Probe:
    providers = providers_of(access)
    chosen = access.choice if access.choice.provider == provider.name else None
    base_url = chosen.base_url if chosen is not None else ""
    own = access.own.get(provider.name)
    where = Endpoint(
        provider,
        providers.environ(provider),
        base_url=base_url,
        rules=access.rules if base_url or (own is not None and own.base_url) else None,
    )
    model = model or (chosen.model if chosen is not None else "")
    if not model and not provider.model and (base_url or not providers.why_not(provider)):
        model = asyncio.run(first_model(where))
    try:
        adapter, spec = providers.get(ModelSpec(provider=DEFAULT if base_url else provider.name, model=model))
    except ModelError as error:
        text = str(error)
        return Probe(model=model, latency_s=0.0, error=text[:1].upper() + text[1:], code=error.code, detail=text)
    return asyncio.run(probe(where, adapter, spec))


def _check(provider: Provider, access: Access, row: ProviderKey | None, key: str, base_url: str) -> None:
    if key and not provider.takes_key:
        raise _invalid("key", f"{provider.title} takes no key")
    if key and not _KEY.fullmatch(key):
        raise _invalid("key", f"this cannot be a key: allowed are 8 to {LONGEST_KEY} letters, digits and signs, no spaces")
    if base_url and not provider.own_address:
        raise _invalid("base_url", f"{provider.title} has its own address; for another one use the provider 'custom'")
    if base_url:
        if len(base_url) > 500:
            raise _invalid("base_url", "an address has at most 500 characters")
        check_address(access, base_url)
    kept = row.sealed if row is not None else ""
    if kept and not key and row is not None and row.base_url != base_url:
        raise _invalid("key", "enter the key again with the new address: a stored key is never sent to another one")
    if not key and not kept and not base_url:
        what = "an address" if not provider.takes_key else "a key and an address" if provider.own_address else "a key"
        raise _invalid("key" if provider.takes_key else "base_url", f"enter {what}")
    elsewhere = bool(provider.url_variable and read_environ().get(provider.url_variable))
    if provider.own_address == "must" and not base_url and not elsewhere:
        raise _invalid("base_url", f"enter the address of {provider.title}, too")
    if provider.name == "azure" and not key and not kept:
        raise _invalid("key", f"enter the key of {provider.title}, too")


def _find(name: str) -> Provider:
    """Raises ``NotFound`` for no provider, ``Invalid`` for one that takes neither key nor address."""
    found = PROVIDERS.get(ALIASES.get(name, name))
    if found is None:
        raise NotFound(f"there is no provider {name!r}")
    if not (found.takes_key or found.own_address):
        known = ", ".join(p.name for p in PROVIDERS.values() if p.takes_key or p.own_address)
        raise _invalid("provider", f"nothing can be entered for {name!r}; allowed are: {known}")
    return found


def _rows(organization_id: UUID) -> Any:
    return ProviderKey.objects.filter(organization_id=organization_id)


def _invalid(where: str, message: str) -> Invalid:
    return Invalid(problems=[{"where": where, "message": message}])
