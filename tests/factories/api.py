"""A client of the API that holds every answer against the OpenAPI document: status, media type and shape."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import jsonschema
from django.test import Client

from tests.factories.people import People
from trust.core.principal import Principal
from trust.core.roles import Role
from trust.models import User
from trust.services.keys import authenticate_key, create_key

ROOT = "/api/v1"
PROBLEM = "application/problem+json"


@cache
def openapi() -> dict[str, Any]:
    """The document as the site serves it."""
    answer = Client().get(f"{ROOT}/openapi.json")
    assert answer.status_code == 200
    document: dict[str, Any] = answer.json()
    return document


class ApiClient:
    """Calls the API with one key. ``seen`` collects the operations and statuses of the whole test process."""

    seen: set[tuple[str, int]] = set()

    def __init__(self, secret: str = ""):
        self.secret = secret
        self._http = Client(raise_request_exception=False)

    def get(self, path: str, **options: Any) -> Any:
        return self.call("get", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> Any:
        return self.call("post", path, body, **options)

    def put(self, path: str, body: Any = None, **options: Any) -> Any:
        return self.call("put", path, body, **options)

    def delete(self, path: str, **options: Any) -> Any:
        return self.call("delete", path, **options)

    def call(self, method: str, path: str, body: Any = None, *, headers: dict[str, str] | None = None) -> Any:
        sent = {**({"Authorization": f"Bearer {self.secret}"} if self.secret else {}), **(headers or {})}
        data = body if isinstance(body, str | bytes) else json.dumps(body) if body is not None else ""
        answer = self._http.generic(method.upper(), ROOT + path, data, "application/json", headers=sent)
        check_answer(method, path, answer)
        return answer


def check_answer(method: str, path: str, answer: Any) -> None:
    """Fails when the answer is not one that the document promises for the operation."""
    operation = find_operation(method, path.partition("?")[0])
    if operation is None:
        assert answer.status_code in {404, 405}, answer.status_code
        assert answer["Content-Type"] == PROBLEM
        return
    name, status = operation["operationId"], str(answer.status_code)
    ApiClient.seen.add((name, answer.status_code))
    assert status in operation["responses"], f"{name} answered {status}, which the document does not know"
    promised = operation["responses"][status].get("content", {})
    if not promised:
        assert not answer.content, f"{name} {status} has a body, which the document does not know"
        return
    media_type = answer["Content-Type"].partition(";")[0]
    assert media_type in promised, f"{name} {status} is {media_type}; the document knows {', '.join(promised)}"
    if media_type.endswith("json"):
        check_shape(promised[media_type]["schema"], answer.json())


def check_shape(schema: dict[str, Any], value: Any) -> None:
    validator = jsonschema.Draft202012Validator({**schema, "components": openapi()["components"]})
    faults = [f"{'.'.join(map(str, e.path))}: {e.message}" for e in validator.iter_errors(value)]
    assert not faults, faults


def find_operation(method: str, path: str) -> dict[str, Any] | None:
    """The documented operation of an address; the longest fixed text wins, as in the site's own routes."""
    found = [
        (template, methods[method])
        for template, methods in openapi()["paths"].items()
        if method in methods and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), ROOT + path)
    ]
    return min(found, key=lambda pair: pair[0].count("{"))[1] if found else None


def key_of(people: People, user: User, role: Role | None = None) -> str:
    """A key that ``user`` made, with the user's own role unless another is given."""
    principal = people.principal(user)
    return create_key(principal, name=f"{user.name}'s key", role=role or principal.role)[1]


def principal_of(secret: str) -> Principal:
    principal = authenticate_key(secret)
    assert principal is not None
    return principal
