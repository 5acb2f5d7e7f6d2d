"""Everything that goes wrong under /api/ is told as a problem document, whoever answers."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client, override_settings

from tests.factories.api import PROBLEM, ApiClient, key_of
from tests.factories.people import People

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(people: People) -> ApiClient:
    return ApiClient(key_of(people, people.alice))


def problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == PROBLEM
    told: dict[str, Any] = answer.json()
    assert told["status"] == status
    assert told["code"] == code
    assert told["type"] == f"urn:kaizen:problem:{code}"
    assert told["title"]
    assert told["detail"]
    assert told["request_id"] == answer["X-Request-ID"]
    return told


def test_an_address_that_is_none_is_a_404(alice: ApiClient) -> None:
    told = problem(alice.get("/nothing/here"), 404, "not_found")
    assert told["instance"] == "/api/v1/nothing/here"


def test_an_id_that_is_none_is_a_404(alice: ApiClient) -> None:
    problem(alice.get("/runs/not-an-id"), 404, "not_found")


def test_a_wrong_method_is_a_405_that_names_the_right_ones(alice: ApiClient) -> None:
    answer = alice.put("/me", {})
    problem(answer, 405, "method_not_allowed")
    assert answer["Allow"] == "GET"


@pytest.mark.parametrize("secret", ["", "kz_wrong", "nonsense"])
def test_no_key_or_a_wrong_one_is_a_401(people: People, secret: str) -> None:
    answer = ApiClient(secret).get("/me")
    problem(answer, 401, "unauthorized")
    assert answer["WWW-Authenticate"] == "Bearer"


def test_a_key_without_the_right_is_told_which_one_it_lacks(people: People) -> None:
    told = problem(ApiClient(key_of(people, people.bob)).get("/keys"), 403, "denied")
    assert "'admin'" in told["detail"]


@pytest.mark.parametrize("body", ["{", "", "[", '{"slug": NaN}', '{"slug": "\\u0000"}', '{"slug": "\\ud800"}', "[" * 100_000])
def test_a_body_that_is_no_json_is_refused_as_malformed_or_missing(alice: ApiClient, body: str) -> None:
    answer = alice.post("/agents", body)
    problem(answer, 422, "invalid") if body == "" else problem(answer, 400, "malformed")


def test_a_body_of_another_shape_lists_every_fault(alice: ApiClient) -> None:
    told = problem(alice.post("/agents", {"slug": "Not A Slug", "extra": 1}), 422, "invalid")
    assert {item["where"] for item in told["problems"]} == {"body.slug", "body.draft", "body.extra"}


def test_a_query_that_cannot_be_used_lists_every_fault(alice: ApiClient) -> None:
    told = problem(alice.get("/agents?limit=0&cursor=zzz"), 422, "invalid")
    assert [item["where"] for item in told["problems"]] == ["query.limit"]
    told = problem(alice.get("/agents?cursor=zzz"), 422, "invalid")
    assert [item["where"] for item in told["problems"]] == ["query.cursor"]


@override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=100)
def test_a_body_that_is_too_large_is_a_413(alice: ApiClient) -> None:
    problem(alice.post("/agents", {"slug": "x", "draft": {"text": "x" * 200}}), 413, "too_large")


def test_a_crash_is_told_without_a_word_of_it(alice: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    import trust.api.me

    def crash(*_: Any) -> None:
        raise RuntimeError("the password is swordfish")

    monkeypatch.setattr(trust.api.me, "tell_principal", crash)
    answer = alice.get("/me")
    problem(answer, 500, "internal_error")
    assert b"swordfish" not in answer.content


def test_too_many_wrong_keys_are_a_429(people: People) -> None:
    from django.core.cache import cache

    cache.clear()
    answers = [ApiClient("kz_wrong").get("/me") for _ in range(31)]
    answer = answers[-1]
    told = problem(answer, 429, "too_many")
    assert int(answer["Retry-After"]) > 0
    assert told["detail"]
    cache.clear()


def test_a_refused_host_is_told_as_a_problem(alice: ApiClient) -> None:
    answer = Client(raise_request_exception=False).get("/api/v1/me", headers={"Host": "evil.example"})
    problem(answer, 400, "malformed")


def test_a_session_cookie_opens_nothing_here(people: People) -> None:
    answer = people.browser(people.alice).get("/api/v1/me")
    problem(answer, 401, "unauthorized")
