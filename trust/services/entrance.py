"""Signing in and out, and passwords. Owns what happens to a session; Django's backends decide who a person is."""

from __future__ import annotations

from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.http import HttpRequest

from trust.adapters.lockout import seconds_left
from trust.models import User
from trust.models.user import normal_email
from trust.services.members import end_sessions
from trust.services.rights import announce_change

BACKEND = "django.contrib.auth.backends.ModelBackend"


def check_credentials(request: HttpRequest, *, email: str, password: str) -> User | None:
    """The person, or ``None``. Takes the same time for unknown addresses; too many failures mark the request locked."""
    # By the name that django-axes looks for, USERNAME_FIELD: under any other it would count failures of nobody.
    user = authenticate(request, email=normal_email(email), password=password)
    return user if isinstance(user, User) else None


def enter(request: HttpRequest, user: User) -> None:
    """Sign in with a new session key, so that a planted session is worth nothing."""
    login(request, user, backend=BACKEND)


def leave(request: HttpRequest) -> None:
    """Sign out of this session and tell its sockets."""
    user = request.user
    logout(request)
    if isinstance(user, User):
        announce_change(f"user:{user.pk}")


def set_password(request: HttpRequest, user: User, password: str) -> None:
    """A new password: this session goes on under a new key, every other session of the person ends."""
    user.set_password(password)
    user.save(update_fields=["password"])
    update_session_auth_hash(request, user)
    announce_change(f"user:{user.pk}")


def leave_everywhere(request: HttpRequest, user: User) -> None:
    """End all sessions of the person but this one."""
    end_sessions(user.pk)
    user.refresh_from_db(fields=["session_generation"])
    update_session_auth_hash(request, user)


def lockout_seconds(request: HttpRequest, *, email: str) -> int:
    """How long an address that failed too often has to wait, at least one second."""
    return seconds_left(request, email=normal_email(email))
