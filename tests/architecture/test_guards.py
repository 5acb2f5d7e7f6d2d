"""Every address of the product is guarded, or marked as open to everybody on purpose."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from kaizen_site.admin_site import KaizenAdminSite
from kaizen_site.api import api
from kaizen_site.routing import websocket_urlpatterns
from trust.core.roles import Permission

RIGHTS = {permission.value for permission in Permission}
PAGE_GUARDS = RIGHTS | {"public", "signed_in"}

# Pages that a person without an account must reach, and nothing else.
OPEN_PAGES = {
    "health_live",
    "health_ready",
    "sign_in",
    "sign_in_link",
    "sign_out",
    "invitation_accept",
    "admin:login",
    # The widget: visitors of other sites have no account. Each call is let in by origin, and by a signed token of one session.
    "widget_script",
    "widget_page",
    "widget_config",
    "widget_begin",
    "widget_news",
    "widget_say",
    "widget_stream",
    "widget_person",
    "widget_answer",
    "widget_link",
    "widget_end",
    "api:api-root",
    "api:openapi-json",
    "api:openapi-view",
}


API_ROOT = "api:api-root"  # ninja's own, to build addresses with; it answers nothing


def test_every_url_is_guarded() -> None:
    unguarded = {name or route for route, name, view in _urls() if _guard_of(view) is None and not _is_operation(view)}
    assert unguarded == set()


@pytest.mark.django_db
def test_root_of_the_api_is_only_a_prefix(client: Client) -> None:
    assert client.get(reverse(API_ROOT)).status_code == 404


def test_open_pages_are_the_listed_ones() -> None:
    opened = {name or route for route, name, view in _urls() if _guard_of(view) == "public"}
    assert opened <= OPEN_PAGES, f"open to everybody, but not listed: {opened - OPEN_PAGES}"


def test_every_api_operation_is_guarded_by_one_right() -> None:
    operations = list(_operations())
    assert operations
    wrong = [op.operation_id for op in operations if [_right_of(auth) in RIGHTS for auth in op.auth_callbacks] != [True]]
    assert wrong == []


def test_every_api_operation_has_its_url() -> None:
    methods = {(path, method) for path, method in _paths_of_operations()}
    assert len(methods) == sum(len(op.methods) for op in _operations())
    assert len({route for route, _, view in _urls() if _is_operation(view)}) == len({path for path, _ in methods})


def test_every_websocket_is_guarded() -> None:
    assert websocket_urlpatterns
    wrong = [
        str(pattern.pattern)
        for pattern in websocket_urlpatterns
        if getattr(pattern.callback.consumer_class, "guarded_by", None) not in RIGHTS
    ]
    assert wrong == []


def _urls() -> Iterator[tuple[str, str, Callable[..., Any]]]:
    yield from _walk(get_resolver().url_patterns, "/", "")


def _walk(patterns: list[Any], prefix: str, namespace: str) -> Iterator[tuple[str, str, Callable[..., Any]]]:
    for pattern in patterns:
        route = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, route, inner)
        elif isinstance(pattern, URLPattern):
            yield route, f"{namespace}{pattern.name}" if pattern.name else "", pattern.callback


def _guard_of(view: Callable[..., Any]) -> str | None:
    guard = getattr(view, "guarded_by", None)
    if guard is None and isinstance(getattr(view, "admin_site", None), KaizenAdminSite):
        return "staff"
    if guard is None and isinstance(getattr(getattr(view, "model_admin", None), "admin_site", None), KaizenAdminSite):
        return "staff"
    return guard if guard in PAGE_GUARDS else None


def _is_operation(view: Callable[..., Any]) -> bool:
    """A view that ninja made for the operations of one path; they are guarded one by one."""
    return view.__module__ == "ninja.operation"


def _operations() -> Iterator[Any]:
    for router in api._get_bound_routers():
        for view in router.path_operations.values():
            yield from view.operations


def _paths_of_operations() -> Iterator[tuple[str, str]]:
    for path, methods in api.get_openapi_schema()["paths"].items():
        for method in methods:
            yield path, method


def _right_of(auth: Any) -> str | None:
    return getattr(auth, "guarded_by", None)
