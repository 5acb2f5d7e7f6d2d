"""How an organization reaches its models: its own keys and addresses over the server's environment, and the port of its runs.

Owns the one cache of it, a second long. What is entered is changed in ``provider_keys``, what is chosen in ``models``.
"""

from __future__ import annotations

import os
import time
from collections import ChainMap
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.db import transaction

from agents.adapters.egress import EgressRules
from agents.adapters.llm.providers import DefaultModel, OwnAccess, Providers
from agents.core.llm.port import ChatModel
from agents.core.runtime.ports import Models
from agents.models import DefaultModelChoice, ProviderKey
from agents.services.egress import resolve_rules
from trust.core.errors import CannotUnseal
from trust.services.secrets import unseal_secret

# A model server on this machine or beside it is the usual case of an embedded site; where many organizations share a site,
# the rules of the organization decide, as for everything else that people type.
_NEARBY = ("*", "127.0.0.0/8", "::1/128", "10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")


@dataclass(frozen=True, slots=True)
class Access:
    """What an organization chose and entered. ``made`` are the adapters that hold its keys: they live as long as this does."""

    choice: DefaultModel
    own: Mapping[str, OwnAccess]
    rules: EgressRules
    made: dict[tuple[str, str], ChatModel] = field(default_factory=dict, repr=False)

    def is_like(self, other: Access) -> bool:
        return (self.choice, self.own, self.rules) == (other.choice, other.own, other.rules)


def resolve_models(organization_id: UUID) -> Models:
    """The models port of one organization's runs."""
    return providers_of(recent_access(organization_id))


def providers_of(access: Access) -> Providers:
    return Providers(read_environ(), access.choice, own=access.own, rules=access.rules, made=access.made)


def load_access(organization_id: UUID) -> Access:
    """What the database holds now. A key that does not open any more is a problem of its provider, not of the others."""
    choices = DefaultModelChoice.objects.filter(organization_id=organization_id).values_list("provider", "model", "base_url")
    choice = next((DefaultModel(*values) for values in choices[:1]), DefaultModel())
    own = {row.provider: _own(row) for row in ProviderKey.objects.filter(organization_id=organization_id) if is_entered(row)}
    return Access(choice, own, model_rules(organization_id))


def recent_access(organization_id: UUID) -> Access:
    """The same as it was at most a second ago: every run asks for it, and it changes a few times a year.

    Adapters are kept from one reading to the next while nothing changed, and let go, keys and all, once something did.
    """
    now = time.monotonic()
    known = _RECENT.get(organization_id)
    if known is not None and known[0] >= now:
        return known[1]
    _let_go(now)
    access = load_access(organization_id)
    if known is not None and known[1].is_like(access):
        access = known[1]
    _RECENT[organization_id] = (now + 1, access)
    return access


def forget_access(organization_id: UUID) -> None:
    """After a change: now for this transaction, and again when it is committed."""
    _RECENT.pop(organization_id, None)
    transaction.on_commit(lambda: _RECENT.pop(organization_id, None))


def is_entered(row: ProviderKey) -> bool:
    """Whether the row holds something to connect with; else it only remembers the latest test."""
    return bool(row.sealed or row.base_url)


def key_purpose(organization_id: UUID, provider: str) -> str:
    """What a key is sealed for: it opens in no other organization and for no other provider."""
    return f"provider-key:{organization_id}:{provider}"


def model_rules(organization_id: UUID) -> EgressRules:
    """Where the model addresses that people of this organization typed may lead."""
    rules = resolve_rules(organization_id)
    return EgressRules(_NEARBY, rules.denied, private=True) if settings.ENV.embedded else rules


def read_environ() -> Mapping[str, str]:
    """The process's environment with the settings' own defaults for what adapters read."""
    env = settings.ENV
    if _KNOWN.get("of") is not env:
        known = {
            "KAIZEN_MODELS_DIR": str(env.models_dir),
            "KAIZEN_LOCAL_MODELS": "1" if env.kaizen_local_models else "0",
            "KAIZEN_DEMO_TOKENS_PER_S": str(env.kaizen_demo_tokens_per_s),
            "KAIZEN_DEFAULT_PROVIDER": env.kaizen_default_provider,
            "KAIZEN_MODEL": env.kaizen_model,
        }
        _KNOWN.update(of=env, known=known)
    return ChainMap(_KNOWN["known"], cast("MutableMapping[str, str]", os.environ))


def _own(row: ProviderKey) -> OwnAccess:
    try:
        key = unseal_secret(row.sealed, key_purpose(row.organization_id, row.provider)) if row.sealed else ""
    except CannotUnseal:
        return OwnAccess(base_url=row.base_url, problem="its stored key cannot be read any more; enter the key again")
    return OwnAccess(key, row.base_url)


def _let_go(now: float) -> None:
    """Organizations that nobody asks for keep nothing here."""
    if now - _LOOKED["at"] < _IDLE_S:
        return
    _LOOKED["at"] = now
    for organization_id in [known for known, (until, _) in list(_RECENT.items()) if until < now - _IDLE_S]:
        _RECENT.pop(organization_id, None)


_RECENT: dict[UUID, tuple[float, Access]] = {}
_IDLE_S = 60.0
_LOOKED = {"at": 0.0}
_KNOWN: dict[str, Any] = {}
