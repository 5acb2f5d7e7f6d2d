"""What every answer tells the browser."""

from __future__ import annotations

import re
from http.cookies import Morsel

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db


def test_page_carries_a_strict_content_security_policy(client: Client) -> None:
    policy = client.get(reverse("sign_in")).headers["Content-Security-Policy"]
    directives = {part.split()[0]: part.split()[1:] for part in policy.split(";")}
    assert directives["default-src"] == ["'none'"]
    assert directives["script-src"] == directives["style-src"] == directives["connect-src"] == ["'self'"]
    assert directives["frame-ancestors"] == directives["object-src"] == directives["base-uri"] == ["'none'"]
    assert "unsafe" not in policy


def test_page_carries_the_other_security_headers(client: Client) -> None:
    headers = client.get(reverse("sign_in")).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Cache-Control"]


def test_page_has_no_inline_script_style_or_handler(client: Client) -> None:
    html = client.get(reverse("sign_in")).content.decode()
    assert re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", html) == []
    assert "<style" not in html
    assert re.findall(r"\sstyle\s*=", html) == []
    assert re.findall(r"\son[a-z]+\s*=", html) == []


def test_cookies_are_for_this_site_and_not_for_scripts(client: Client) -> None:
    client.get(reverse("sign_in"))
    cookie: Morsel[str] = client.cookies[settings.CSRF_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_request_id_comes_back_and_is_made_when_it_is_malformed(client: Client) -> None:
    assert client.get("/health/live", headers={"X-Request-ID": "trace-12345"}).headers["X-Request-ID"] == "trace-12345"
    made = client.get("/health/live", headers={"X-Request-ID": "a b\tc"}).headers["X-Request-ID"]
    assert re.fullmatch(r"[0-9a-f]{32}", made)


def test_unknown_host_is_refused(client: Client) -> None:
    assert client.get("/health/live", headers={"Host": "elsewhere.example"}).status_code == 400


def test_unknown_address_is_404_with_all_headers(client: Client) -> None:
    answer = client.get("/nowhere/")
    assert answer.status_code == 404
    assert "Content-Security-Policy" in answer.headers
