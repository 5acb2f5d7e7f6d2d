"""The operator's view of trust's tables: superusers only, and nothing that was hashed can be changed or made here."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from trust.models import ApiKey, Invitation, Membership, Organization, SignInLink, User
from trust.services.rights import announce_change


class SuperuserAdmin(admin.ModelAdmin[Any]):
    """Looks and changes are for superusers; staff without that see nothing."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return _is_superuser(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_superuser(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_superuser(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_superuser(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_superuser(request)


class ReadOnlyAdmin(SuperuserAdmin):
    """Rows with hashed secrets: only services make and end them."""

    exclude = ("secret_hash", "token_hash")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User)
class UserAdmin(SuperuserAdmin):
    list_display = ("email", "name", "is_active", "is_staff", "last_login")
    search_fields = ("email", "name")
    fields = ("email", "name", "is_active", "is_staff", "is_superuser", "last_login", "created_at")
    readonly_fields = ("last_login", "created_at")

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """A new person enters by a sign-in link first; a changed one may have lost rights."""
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        announce_change(f"user:{obj.pk}")


@admin.register(Organization)
class OrganizationAdmin(SuperuserAdmin):
    list_display = ("name", "slug", "created_at")
    search_fields = ("name", "slug")


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    list_display = ("user", "organization", "role", "created_at")
    list_filter = ("role", "organization")


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin):
    list_display = ("name", "hint", "organization", "role", "last_used_at", "revoked_at")
    list_filter = ("organization",)


@admin.register(SignInLink)
class SignInLinkAdmin(ReadOnlyAdmin):
    list_display = ("user", "created_at", "expires_at", "used_at")


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    list_display = ("email", "organization", "role", "expires_at", "accepted_at")


def _is_superuser(request: HttpRequest) -> bool:
    return bool(request.user.is_active and getattr(request.user, "is_superuser", False))
