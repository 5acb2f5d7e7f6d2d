"""What an organization has around its agents, for checks before a run: models that can answer, permission rules, egress, money.

Few queries, whatever is checked; decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from agents.adapters.llm.catalog import PROVIDERS
from agents.core.autonomy.permissions import Layer
from agents.core.spec.permissions import PermissionPolicy, PermissionRule
from agents.models import PermissionRuleRow
from agents.models.budget import Budget, BudgetScope
from agents.services.access import providers_of, recent_access
from agents.services.egress import resolve_rules


@dataclass(frozen=True, slots=True)
class Surroundings:
    """``silent``: provider -> why it cannot answer now; those that can are absent. ``rules``: the organization's own voice in
    every tool call. ``allowed`` and ``denied``: addresses that tools may and may not connect to. ``limit_microusd``: what the
    whole organization may spend in a period; ``None``: no limit."""

    default_provider: str
    silent: Mapping[str, str]
    rules: Layer | None
    allowed: tuple[str, ...]
    denied: tuple[str, ...]
    limit_microusd: int | None


def describe_surroundings(organization_id: UUID) -> Surroundings:
    """As they are now; models as they were at most a second ago."""
    access = recent_access(organization_id)
    providers = providers_of(access)
    default = providers.default()
    silent = {name: why for name, provider in PROVIDERS.items() if (why := providers.why_not(provider))}
    if default.base_url:
        silent.pop(default.provider, None)
    egress = resolve_rules(organization_id)
    return Surroundings(
        default_provider=default.provider,
        silent=silent,
        rules=organization_layer(organization_id),
        allowed=tuple(egress.allowed),
        denied=tuple(egress.denied),
        limit_microusd=_limit(organization_id),
    )


def organization_layer(organization_id: UUID) -> Layer | None:
    """The organization's permission rules as a voice beside those of the agents; ``None`` without any."""
    rows = PermissionRuleRow.objects.filter(organization_id=organization_id, scope_key="", withdrawn_at__isnull=True)
    columns = rows.order_by("created_at").values_list("pattern", "permission_type", "priority", "reason")
    rules = tuple(
        PermissionRule.model_validate({"pattern": pattern, "permission_type": kind, "priority": priority, "reason": reason})
        for pattern, kind, priority, reason in columns
    )
    return Layer("the organization", PermissionPolicy(rules=rules), is_agent=False) if rules else None


def _limit(organization_id: UUID) -> int | None:
    limits = Budget.objects.filter(organization_id=organization_id, scope=BudgetScope.ORGANIZATION)
    return limits.values_list("limit_microusd", flat=True).first()
