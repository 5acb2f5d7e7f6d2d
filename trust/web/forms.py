"""The forms of people, members and keys. Own the fields and their wording; the rules are the services'."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_text_html, validate_password
from django.utils import timezone

from trust.core.roles import ROLE_MEANING, Permission, Role
from trust.models import User

ROLE_CHOICES = [(role.value, role.value.title()) for role in Role]
ROLES = [(role.value, role.value.title(), ROLE_MEANING[role]) for role in Role]
LIFETIMES = [("30", "30 days"), ("90", "90 days"), ("365", "1 year"), ("", "Never")]


class DressedForm(forms.Form):
    """Gives every widget the kit's class and ties it to its error text for screen readers."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            widget = field.widget
            if isinstance(widget, forms.CheckboxSelectMultiple | forms.CheckboxInput):
                widget.attrs["class"] = "form-check-input"
            else:
                widget.attrs["class"] = "form-select" if isinstance(widget, forms.Select) else "form-control"
            if self.is_bound and name in self.errors:
                widget.attrs["class"] += " is-invalid"


class SignInForm(DressedForm):
    email = forms.EmailField(
        label="Email", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
    )
    password = forms.CharField(
        strip=False, max_length=1024, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    next = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)


class NewPasswordForm(DressedForm):
    """A new password, checked by the site's password rules against ``user``."""

    password = forms.CharField(
        label="New password",
        strip=False,
        max_length=1024,
        help_text=password_validators_help_text_html,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    repeated = forms.CharField(
        label="The same again",
        strip=False,
        max_length=1024,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, self.user)
        return password

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "password" in data and data["password"] != data.get("repeated"):
            self.add_error("repeated", "The two passwords differ.")
        return data


class PasswordChangeForm(NewPasswordForm):
    """The old password first, for people who have one."""

    old_password = forms.CharField(
        label="Current password",
        strip=False,
        max_length=1024,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    field_order: Iterable[str] | None = ("old_password", "password", "repeated")

    def clean_old_password(self) -> str:
        old: str = self.cleaned_data["old_password"]
        if not self.user.check_password(old):
            raise forms.ValidationError("That is not your current password.")
        return old


class NameForm(DressedForm):
    name = forms.CharField(
        label="Your name", max_length=150, required=False, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )


class JoinForm(NewPasswordForm):
    name = NameForm.base_fields["name"]
    field_order: Iterable[str] | None = ("name", "password", "repeated")


class WelcomeForm(JoinForm):
    """The first owner names themselves and their organization, and chooses how they sign in from now on."""

    organization = forms.CharField(label="Name of your organization", max_length=120)
    email = forms.EmailField(label="Email", max_length=254, help_text="How you sign in from now on.", widget=forms.EmailInput)
    field_order: Iterable[str] | None = ("name", "email", "organization", "password", "repeated")


class OrganizationForm(DressedForm):
    organization = forms.CharField(label="Name of the organization", max_length=120)


class InviteForm(DressedForm):
    email = forms.EmailField(label="Email", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    role = forms.ChoiceField(choices=ROLE_CHOICES, initial=Role.BUILDER.value)


class RoleForm(DressedForm):
    role = forms.ChoiceField(choices=ROLE_CHOICES)


class KeyForm(DressedForm):
    name = forms.CharField(
        max_length=120,
        help_text="What uses it, e.g. “CRM export”.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(choices=ROLE_CHOICES, initial=Role.OPERATOR.value)
    scopes = forms.MultipleChoiceField(
        required=False,
        label="Only these rights",
        choices=[(permission.value, permission.value) for permission in Permission],
        help_text="Narrows the role. Leave all empty for everything that the role may do.",
        widget=forms.CheckboxSelectMultiple,
    )
    lifetime = forms.ChoiceField(required=False, label="Works for", choices=LIFETIMES, initial="90")

    def wishes(self) -> dict[str, Any]:
        """What ``create_key`` takes."""
        data = self.cleaned_data
        scopes = [Permission(scope) for scope in data["scopes"]]
        return {
            "name": data["name"],
            "role": Role(data["role"]),
            "scopes": scopes or None,
            "expires_at": _in_days(data["lifetime"]),
        }


def _in_days(days: str) -> datetime | None:
    return timezone.now() + timedelta(days=int(days)) if days else None
