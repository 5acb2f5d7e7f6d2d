"""The person who signs in. Owns identity and password only: what a person may do is said by memberships."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac


def normal_email(email: str | None) -> str:
    """The one stored form of an address: trimmed, lower case."""
    return (email or "").strip().lower()


class UserQuery(BaseUserManager["User"]):
    """Makes and finds people by email, whatever the letter case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A saved user; without a password they can enter only by a sign-in link."""
        if not normal_email(email):
            raise ValueError("A user needs an email address.")
        user = self.model(email=normal_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A user who may use the Django admin."""
        return self.create_user(email, password, **{**fields, "is_staff": True, "is_superuser": True})

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=normal_email(username))


class User(AbstractBaseUser, PermissionsMixin):
    """A person; ``email`` is the login and is stored in lower case, which makes it unique whatever its letter case.

    ``session_generation`` is part of what every session is checked against: raising it ends all sessions at once.
    """

    email = models.EmailField("email address", max_length=254)
    name = models.CharField(max_length=150, blank=True, default="")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField("may use the admin", default=False)
    session_generation = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[UserQuery] = UserQuery()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ("email",)
        constraints = (
            models.UniqueConstraint(
                fields=["email"],
                name="trust_user_email_unique",
                violation_error_message="A person with this email address exists already.",
            ),
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="trust_user_email_lower_case"),
        )

    @property
    def label(self) -> str:
        """What people read: the name, else the email."""
        return self.name or self.email

    def clean(self) -> None:
        super().clean()
        self.email = normal_email(self.email)

    def get_session_auth_hash(self) -> str:
        return self._session_hash(None)

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        for secret in settings.SECRET_KEY_FALLBACKS:
            yield self._session_hash(secret)

    def _session_hash(self, secret: str | bytes | None) -> str:
        value = f"{self.password}:{self.session_generation}"
        return salted_hmac("trust.User.session", value, secret=secret, algorithm="sha256").hexdigest()

    def get_full_name(self) -> str:
        return self.label

    def get_short_name(self) -> str:
        return self.label

    def __str__(self) -> str:
        return self.label
