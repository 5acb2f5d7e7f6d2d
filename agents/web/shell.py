"""What the frame of every page shows: navigation, the number of waiting approvals, and who is signed in."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from agents.services.approvals import list_approvals
from trust.core.principal import Principal
from trust.core.roles import Permission
from trust.services.guards import request_principal


@dataclass(frozen=True, slots=True)
class NavItem:
    label: str
    url: str
    current: bool
    badge: bool = False
    pending: int = 0


@dataclass(frozen=True, slots=True)
class MenuLink:
    name: str
    label: str
    url: str
    icon: str


@dataclass(frozen=True, slots=True)
class LinkGroup:
    """Pages of settings on one matter."""

    label: str
    links: tuple[MenuLink, ...]


@dataclass(frozen=True, slots=True)
class OtherOrganization:
    id: str
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Identity:
    person: str
    initials: str
    organization: str
    role: str
    others: tuple[OtherOrganization, ...]
    groups: tuple[LinkGroup, ...]
    sign_out_url: str


_NEEDS = {"live_list": Permission.APPROVE}  # entries that not everybody may open
_NAV = (  # label, page, and what the addresses of its pages begin with
    ("Gallery", "gallery", ("/gallery/",)),
    ("Journeys", "journey_list", ("/journeys/", "/sessions/")),
    ("Agents", "agent_list", ("/agents/",)),
    ("Runs", "run_list", ("/runs/",)),
    ("Approvals", "approval_list", ("/approvals/",)),
    ("Live", "live_list", ("/live/",)),
    ("Usage", "usage", ("/usage/",)),
    ("Settings", "model_settings", ("/settings/", "/organization/", "/members/", "/api-keys/", "/account/")),
)
_GROUPS = (
    (
        "What agents use",
        (
            ("Models", "model_settings", "cpu", Permission.READ),
            ("Tools", "tool_list", "tool", Permission.READ),
            ("MCP servers", "mcp_settings", "plug", Permission.READ),
            ("Network", "egress", "world", Permission.READ),
        ),
    ),
    (
        "What agents may do",
        (
            ("Budgets", "budgets", "coin", Permission.READ),
            ("Permissions", "permissions", "shield-check", Permission.READ),
        ),
    ),
    (
        "Organization",
        (
            ("Organization", "organization", "building", Permission.ADMIN),
            ("Members", "members", "users", Permission.READ),
            ("API keys", "api_keys", "key", Permission.ADMIN),
            ("Personal data", "people_data", "database", Permission.ADMIN),
        ),
    ),
    ("You", (("Your account", "account", "user", Permission.READ),)),
)


def nav_items(request: HttpRequest) -> list[NavItem]:
    """The entries in order; the one that the current page belongs to is marked. Empty without an organization."""
    principal = request_principal(request)
    if principal is None:
        return []
    items = []
    for label, name, beginnings in _NAV:
        if name in _NEEDS and not (principal.may(_NEEDS[name]) and _url(name)):
            continue
        is_inbox = name == "approval_list"
        pending = count_waiting(request, principal) if is_inbox else 0
        items.append(NavItem(label, _url(name) or "/", request.path_info.startswith(beginnings), is_inbox, pending))
    return items


def identity(request: HttpRequest) -> Identity:
    """Who is signed in and where; every part that does not apply is empty."""
    principal = request_principal(request)
    person = principal.label if principal else str(request.user)
    memberships = list(request.user.memberships.select_related("organization"))  # type: ignore[union-attr]
    current = next((m for m in memberships if principal and m.organization_id == principal.organization_id), None)
    others = tuple(
        OtherOrganization(str(m.organization_id), m.organization.name, _url("organization_switch"))
        for m in memberships
        if m is not current
    )
    return Identity(
        person=person,
        initials="".join(word[0] for word in person.replace("@", " ").split()[:2]).upper() or "?",
        organization=current.organization.name if current else "No organization",
        role=principal.role.value if principal else "no role",
        others=others,
        groups=settings_groups(request),
        sign_out_url=_url("sign_out"),
    )


def settings_groups(request: HttpRequest) -> tuple[LinkGroup, ...]:
    """The pages of settings that this person may open, by matter; a group without any is left out."""
    principal = request_principal(request)
    if principal is None:
        return ()
    groups = []
    for title, entries in _GROUPS:
        links = tuple(
            MenuLink(name, label, _url(name), symbol)
            for label, name, symbol, right in entries
            if _url(name) and principal.may(right)
        )
        groups.append(LinkGroup(title, links))
    return tuple(group for group in groups if group.links)


def count_waiting(request: HttpRequest, principal: Principal) -> int:
    """Decisions that wait for somebody of the organization; counted once a request."""
    cached = getattr(request, "_waiting_approvals", None)
    if cached is None:
        cached = len(list_approvals(principal))
        request._waiting_approvals = cached  # type: ignore[attr-defined]
    return int(cached)


def _url(name: str) -> str:
    """The address of a page, or nothing where this site has no such page."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
