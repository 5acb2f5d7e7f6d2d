"""The operator's view of definitions, runs and approvals: superusers only, and nothing is changed here.

Definitions are changed through their services, which keep the drafts' lock and the versions; journals are never changed.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from agents.models import Approval, Definition, Run, RunEvent, SpecRecord, Version


class LookOnly(admin.ModelAdmin[Any]):
    """Lists and pages without a form."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and getattr(request.user, "is_superuser", False))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Definition)
class DefinitionAdmin(LookOnly):
    list_display = ("slug", "kind", "name", "organization", "published", "draft_changed_at", "archived_at")
    list_filter = ("kind", "organization")
    list_select_related = ("organization", "published__definition")
    search_fields = ("slug", "name")


@admin.register(Version)
class VersionAdmin(LookOnly):
    list_display = ("definition", "number", "digest", "created_by_label", "created_at")
    list_filter = ("definition__kind",)
    list_select_related = ("definition",)
    search_fields = ("definition__slug", "digest")


@admin.register(SpecRecord)
class SpecRecordAdmin(LookOnly):
    list_display = ("digest", "kind", "organization", "created_at")
    list_filter = ("kind",)
    list_select_related = ("organization",)
    search_fields = ("digest",)


@admin.register(Run)
class RunAdmin(LookOnly):
    list_display = ("id", "kind", "title", "status", "organization", "created_by_label", "created_at")
    list_filter = ("status", "kind")
    list_select_related = ("organization",)
    search_fields = ("id", "title", "spec_digest")


@admin.register(RunEvent)
class RunEventAdmin(LookOnly):
    list_display = ("run_id", "seq", "type", "path", "at")
    list_filter = ("type",)
    search_fields = ("run__id",)


@admin.register(Approval)
class ApprovalAdmin(LookOnly):
    list_display = ("id", "kind", "title", "status", "decided_by_label", "created_at")
    list_filter = ("status", "kind")
    search_fields = ("id", "run__id")
