"""What follows every change of the draft, drawn as parts of the page: those that the script asks for, and it has not yet."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

PARTS = {
    "bd-bar": "bar",
    "bd-notice": "notice",
    "bd-outline": "outline",
    "bd-inspector": "inspector",
    "bd-problems": "problems",
    "bd-data": "dock_data",
    "bd-log": "dock_log",
}
BESIDE = {name: template for name, template in PARTS.items() if name != "bd-inspector"}
TITLE = {"bd-open-title": "title"}  # for a form that stays: its element may be called otherwise now
KEPT = frozenset(PARTS) - {"bd-bar", "bd-notice"}  # the script itself writes into the others
FLEETING = re.compile(r'name="(?:csrfmiddlewaretoken|revision)" value="[^"]*"|data-revision="\d+"')


def is_beside(request: HttpRequest) -> bool:
    """Whether only what stands beside the inspector is wanted: its form is being typed in."""
    return request.headers.get("X-Part") == "beside"


def answer_parts(request: HttpRequest, page: dict[str, Any], status: int = 200) -> HttpResponse:
    """``X-Have`` names parts with digests: those are not sent again. ``X-State``: the canvas wants the state as well."""
    names = {**BESIDE, **TITLE} if page["bare"] else PARTS
    have = dict(each.split("=", 1) for each in request.headers.get("X-Have", "").split(",") if "=" in each)
    parts = [_draw(request, name, template, page, have) for name, template in names.items()]
    told = page["state"] if request.headers.get("X-State") else None
    return render(request, "journeys/builder/parts.html", page | {"parts": parts, "told": told}, status=status)


def _draw(request: HttpRequest, name: str, template: str, page: dict[str, Any], have: dict[str, str]) -> dict[str, Any]:
    html = render_to_string(f"journeys/builder/{template}.html", page, request)
    digest = hashlib.blake2b(FLEETING.sub("", html).encode(), digest_size=9).hexdigest() if name in KEPT else ""
    same = bool(digest) and have.get(name) == digest
    return {"name": name, "digest": digest, "same": same, "html": "" if same else mark_safe(html)}  # noqa: S308 - drawn by our templates
