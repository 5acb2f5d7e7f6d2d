"""One-time sign-in links: make, look at, redeem. Only the hash of a token is kept, and it works once."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from trust.core.errors import NotFound
from trust.models import SignInLink, User
from trust.models.user import normal_email
from trust.services.secrets import hash_secret, new_secret

VALID_FOR = timedelta(hours=1)


def create_sign_in_link(user: AbstractBaseUser, *, valid_for: timedelta = VALID_FOR) -> str:
    """The path, ``/sign-in/link/<token>/``, that lets ``user`` in once; put the site's address before it."""
    token = new_secret()
    SignInLink.objects.create(user_id=user.pk, token_hash=hash_secret(token), expires_at=timezone.now() + valid_for)
    return reverse("sign_in_link", args=[token])


def create_sign_in_link_for(email: str, *, valid_for: timedelta = VALID_FOR) -> str:
    """The same for an email address; ``NotFound`` lists who exists, as only the command line asks this."""
    user = User.objects.filter(email=normal_email(email), is_active=True).first()
    if user is None:
        known = ", ".join(User.objects.filter(is_active=True).values_list("email", flat=True)[:10]) or "nobody yet"
        raise NotFound(f"Nobody signs in with '{email}'. There is: {known}.")
    return create_sign_in_link(user, valid_for=valid_for)


def get_link_user(token: str) -> User:
    """Whom a link would let in, without using it up. ``NotFound`` when it is wrong, used or expired."""
    link = _usable(token).select_related("user").first()
    if link is None:
        raise NotFound("This sign-in link has been used, has expired, or was never made.")
    return link.user


def redeem(token: str) -> User:
    """Use the link up and return its user; of two who redeem it at once, one gets ``NotFound``."""
    user = get_link_user(token)
    # No join here: with one PostgreSQL would test ``used_at`` in a subquery, before it waits for the other's update.
    unused = SignInLink.objects.filter(token_hash=hash_secret(token), used_at=None)
    if not unused.update(used_at=timezone.now()):
        raise NotFound("This sign-in link has just been used.")
    return user


def _usable(token: str) -> QuerySet[SignInLink]:
    return SignInLink.objects.filter(
        token_hash=hash_secret(token), used_at=None, expires_at__gt=timezone.now(), user__is_active=True
    )
