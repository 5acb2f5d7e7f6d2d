"""Health: what each of the two answers, and that a missing part is named."""

from __future__ import annotations

import time

import pytest
from django.core.cache import cache
from django.test import Client

from kaizen_site import health, pulse


def test_live_needs_nothing(client: Client) -> None:
    answer = client.get("/health/live")
    assert answer.status_code == 200
    assert answer.json() == {"status": "live"}


@pytest.mark.django_db
def test_ready_says_why_not_when_no_worker_has_reported(client: Client) -> None:
    cache.delete(pulse._KEY)
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["reasons"] == {"worker": "no worker has reported yet"}


@pytest.mark.django_db
def test_ready_is_200_when_a_message_can_be_answered(client: Client) -> None:
    cache.set(pulse._KEY, time.time())
    answer = client.get("/health/ready")
    assert answer.status_code == 200, answer.json()
    assert answer.json()["status"] == "ready"


@pytest.mark.django_db
def test_worker_that_fell_silent_is_a_reason(client: Client) -> None:
    cache.set(pulse._KEY, time.time() - 60)
    assert "60 s old" in client.get("/health/ready").json()["reasons"]["worker"]


@pytest.mark.django_db
def test_failing_check_becomes_a_reason_and_not_an_error(client: Client) -> None:
    def fails() -> str:
        raise ConnectionError("secret address")

    cache.set(pulse._KEY, time.time())
    health.CHECKS["extra"] = fails
    try:
        answer = client.get("/health/ready")
    finally:
        del health.CHECKS["extra"]
    assert answer.status_code == 503
    assert answer.json()["reasons"] == {"extra": "ConnectionError: not reachable"}
    assert "secret address" not in answer.content.decode()


def test_health_takes_no_posts(client: Client) -> None:
    assert client.post("/health/live").status_code == 405
