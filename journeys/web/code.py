"""The code of a journey's draft: as Python and as YAML, editable, saved beside what others changed; and as a file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from journeys.services.code import Code, Saved, read_code, save_code
from journeys.services.comparing import DRAFT
from journeys.services.transfer import export_journey
from trust.core.errors import Conflict, Invalid
from trust.core.roles import Permission
from trust.services.guards import GuardedRequest, requires


@require_http_methods(["GET", "POST"])
@requires(Permission.BUILD)
def show_code(request: GuardedRequest, slug: str) -> HttpResponse:
    """GET shows the draft in the form of ``?form=``; POST makes the text the draft. What was typed stays on every fault."""
    form = request.POST.get("form") or request.GET.get("form", "python")
    code = read_code(principal=request.principal, slug=slug, form=form if form in ("python", "yaml") else "python")
    if request.method == "GET":
        return _page(request, code, text=code.text or "", revision=code.journey.draft_revision)
    text = request.POST.get("text", "")
    given = request.POST.get("revision", "")
    revision = int(given) if given.isdecimal() and len(given) < 10 else -1
    try:
        saved = save_code(
            principal=request.principal,
            slug=slug,
            form=code.form,
            text=text,
            revision=revision,
            with_problems=request.POST.get("do") == "anyway",
        )
    except Invalid as refusal:
        return _page(request, code, text=text, revision=revision, status=422, refusal=refusal.message)
    except Conflict as refusal:
        return _page(request, code, text=text, revision=revision, status=409, refusal=f"Nothing was saved: {refusal.message}.")
    if saved.problems:
        return _page(request, code, text=text, revision=revision, status=422, saved=saved)
    return _done(request, code, saved)


@require_GET
@requires(Permission.READ)
def export(request: GuardedRequest, slug: str) -> HttpResponse:
    """The journey as a file to keep or to import elsewhere."""
    version = request.GET.get("version", DRAFT)
    text = export_journey(principal=request.principal, slug=slug, version=version)
    name = f"{slug}.yaml" if version == DRAFT else f"{slug}-v{version}.yaml"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(text, content_type="application/yaml; charset=utf-8", headers=headers)


def _done(request: GuardedRequest, code: Code, saved: Saved) -> HttpResponse:
    if saved.merge is not None:
        return redirect("journey_merge", code.journey.slug, saved.merge)
    if not saved.changed:
        messages.info(request, "Nothing changed: the text says what the draft says already.")
    elif saved.merged:
        messages.success(request, "Saved together with what others changed meanwhile.")
    else:
        messages.success(request, f"Saved as revision {saved.journey.draft_revision}.")
    return redirect(f"{reverse('journey_code', args=[code.journey.slug])}?form={code.form}")


def _page(
    request: GuardedRequest,
    code: Code,
    *,
    text: str,
    revision: int,
    status: int = 200,
    saved: Saved | None = None,
    refusal: str = "",
) -> HttpResponse:
    page: dict[str, Any] = {
        "journey": code.journey,
        "code": code,
        "text": text,
        "revision": revision,
        "faults": saved.problems if saved else (),
        "only_draft": saved.only_draft if saved else False,
        "refusal": refusal,
        "rows": min(max(text.count("\n") + 2, 16), 40),
        "numbers": "\n".join(str(n) for n in range(1, text.count("\n") + 2)),
    }
    part = request.headers.get("HX-Request") == "true"
    template = "journeys/builder/code.html" if part else "journeys/builder/code_page.html"
    return render(request, template, page, status=status)
