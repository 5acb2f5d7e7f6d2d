"""The operator's view of sessions and messages: superusers only, and nothing is changed here. The sample doctors are data
like any other and can be edited."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from journeys.models import Appointment, Doctor, Message, Session


class SuperusersOnly(admin.ModelAdmin[Any]):
    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and getattr(request.user, "is_superuser", False))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_module_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)


class LookOnly(SuperusersOnly):
    """Lists and pages without a form."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Session)
class SessionAdmin(LookOnly):
    list_display = ("id", "title", "owner_label", "status", "organization", "last_activity_at")
    list_filter = ("status", "organization")
    list_select_related = ("organization",)
    search_fields = ("id", "title", "owner_label")


@admin.register(Message)
class MessageAdmin(LookOnly):
    list_display = ("session_id", "seq", "role", "pathway", "created_at")
    list_filter = ("role",)
    search_fields = ("session__id",)


@admin.register(Appointment)
class AppointmentAdmin(LookOnly):
    list_display = ("confirmation_number", "doctor", "slot", "created_at")
    list_select_related = ("doctor",)


@admin.register(Doctor)
class DoctorAdmin(SuperusersOnly):
    list_display = ("name", "specialty", "location", "organization")
    list_select_related = ("organization",)
    search_fields = ("name", "specialty")
