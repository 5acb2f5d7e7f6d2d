"""Where an organization's tools, tool servers and chosen model addresses may connect to: kept, read, tried on an address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from agents.adapters.egress import EgressRules, HttpEgress, check_url
from agents.adapters.egress.rules import InvalidRule, parse_entry
from agents.adapters.egress.targets import check_target, look_up
from agents.core.tools.errors import EgressRefused
from agents.models import EgressPolicy
from agents.services.recent import Recent
from trust.core.errors import Invalid, Problem
from trust.core.principal import Principal

MOST_ENTRIES = 200
LONGEST_ENTRY = 260


@dataclass(frozen=True, slots=True)
class DescribedEgress:
    """The rules as people see them. ``private_is_open``: whether the operator lets organizations open private addresses."""

    allowed: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    private: bool = False
    changed_by: str = ""
    changed_at: datetime | None = None
    private_is_open: bool = True


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether ``url`` would be connected to now, why not, and the addresses that its name stands for."""

    url: str
    allowed: bool
    reason: str
    addresses: tuple[str, ...] = ()


def resolve_egress(organization_id: UUID) -> HttpEgress:
    """The way out of one organization's runs."""
    return HttpEgress(resolve_rules(organization_id))


def resolve_rules(organization_id: UUID) -> EgressRules:
    """The rules as they were at most a second ago."""
    return _RECENT.get(organization_id)


def get_egress(principal: Principal) -> DescribedEgress:
    row = _row(principal.organization_id)
    is_open = settings.ENV.private_egress
    if row is None:
        return DescribedEgress(private_is_open=is_open)
    return DescribedEgress(tuple(row.allowed), tuple(row.denied), row.private, row.changed_by_label, row.changed_at, is_open)


def save_egress(*, principal: Principal, allowed: Sequence[str], denied: Sequence[str], private: bool) -> DescribedEgress:
    """Replaces the rules; they hold from the next connection on. Raises ``Invalid`` with every entry that cannot be read."""
    lists = {"allowed": _cleaned(allowed), "denied": _cleaned(denied)}
    problems = [problem for where, entries in lists.items() for problem in _problems(where, entries)]
    if private and not settings.ENV.private_egress:
        told = "this server keeps private addresses closed for all organizations (KAIZEN_PRIVATE_EGRESS)"
        problems.append(Problem(where="private", message=told))
    if problems:
        raise Invalid(problems=problems)
    EgressPolicy.objects.update_or_create(
        organization_id=principal.organization_id,
        defaults={**lists, "private": private, "changed_by_label": principal.label, "changed_at": timezone.now()},
    )
    _RECENT.forget(principal.organization_id)
    return get_egress(principal)


def try_address(*, principal: Principal, url: str) -> Verdict:
    """What the rules say of ``url`` now. Nothing is connected to; only the name is looked up."""
    rules = _rules_of(_row(principal.organization_id))
    url = url.strip()
    addresses: tuple[str, ...] = ()
    try:
        target = check_target(url, rules)
        if target.address is None:
            addresses = tuple(dict.fromkeys(look_up(target)))
            check_url(url, rules)
    except EgressRefused as refused:
        return Verdict(url, False, str(refused), addresses)
    if target.address is None and not addresses:
        return Verdict(url, False, f"The rules allow {target.host}, but nobody knows this name now: it has no address.")
    told = f"{target.host} stands for {', '.join(addresses)}." if addresses else "It is an address that the rules let in."
    return Verdict(url, True, told, addresses)


def _row(organization_id: UUID) -> EgressPolicy | None:
    return EgressPolicy.objects.filter(organization_id=organization_id).first()


def _rules_of(row: EgressPolicy | None) -> EgressRules:
    if row is None:
        return EgressRules()
    return EgressRules(tuple(row.allowed), tuple(row.denied), row.private and settings.ENV.private_egress)


def _cleaned(entries: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(entry.strip() for entry in entries if entry.strip()))


def _problems(where: str, entries: list[str]) -> list[Problem]:
    if len(entries) > MOST_ENTRIES:
        return [Problem(where=where, message=f"has {len(entries)} entries; at most {MOST_ENTRIES} are allowed")]
    problems = []
    for n, entry in enumerate(entries):
        try:
            if len(entry) > LONGEST_ENTRY or "\x00" in entry:
                raise InvalidRule(f"an entry is a text of at most {LONGEST_ENTRY} characters")
            parse_entry(entry)
        except InvalidRule as error:
            problems.append(Problem(where=f"{where}[{n}]", message=str(error)))
    return problems


_RECENT: Recent[EgressRules] = Recent(lambda organization_id: _rules_of(_row(organization_id)))
