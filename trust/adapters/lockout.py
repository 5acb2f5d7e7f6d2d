"""Reads django-axes' record of failed sign-ins. Owns the waiting time that people are told."""

from __future__ import annotations

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.http import HttpRequest
from django.utils import timezone

from trust.adapters.address import client_address


def seconds_left(request: HttpRequest, *, email: str) -> int:
    """Seconds until the last failure of this email from this address is forgotten; at least 1."""
    last = AccessAttempt.objects.filter(username=email, ip_address=client_address(request)).order_by("-attempt_time")
    attempt, cool_off = last.first(), get_cool_off(request)
    if attempt is None or cool_off is None:
        return 1
    return max(1, int((attempt.attempt_time + cool_off - timezone.now()).total_seconds()) + 1)
