"""The OpenAPI document: as it was agreed (snapshot), complete, and shown without a word from other servers.

Refresh the snapshot after a deliberate change: ``KAIZEN_SNAPSHOT=write python -m pytest tests/site/test_openapi.py``.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import jsonschema
import pytest
from django.test import Client

from kaizen_site.reference import find_example
from tests.factories.api import ROOT, ApiClient, key_of, openapi
from tests.factories.people import make_people
from trust.core.roles import Permission, Role

pytestmark = pytest.mark.django_db
READS = {"preflight", "preview", "try", "replay"}  # a POST for the size of its body: nothing changes
SNAPSHOT = Path(__file__).parent / "openapi.json"


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    return [(m, path, op) for path, methods in openapi()["paths"].items() for m, op in methods.items()]


def test_the_document_is_the_agreed_one() -> None:
    text = json.dumps(openapi(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    if os.environ.get("KAIZEN_SNAPSHOT") == "write":
        SNAPSHOT.write_text(text)
    assert SNAPSHOT.read_text() == text, "the API changed: look at the difference, then refresh (see the top of this file)"


def test_every_operation_is_described_and_guarded_once() -> None:
    names = [op["operationId"] for _, _, op in operations()]
    assert len(names) == len(set(names))
    tags = {tag["name"] for tag in openapi()["tags"]}
    for method, path, op in operations():
        assert op["summary"], path
        assert len(op["description"]) > 20, path
        assert set(op["tags"]) <= tags, path
        assert op["security"] == [{"KeyAuth": []}], path
        assert op["x-permission"] in {permission.value for permission in Permission}, path
        if method != "get":
            assert op["x-permission"] != "read" or READS & set(path.split("/")), (
                f"{method} {path} changes something for readers"
            )


def test_every_operation_tells_what_it_may_answer() -> None:
    for method, path, op in operations():
        told = {int(status) for status in op["responses"]}
        assert {401, 403, 429, 500} <= told, path
        assert any(status < 300 for status in told), path
        assert ("{" not in path) or 404 in told, path
        assert ("requestBody" not in op) or {400, 413, 422} <= told, path
        assert not (op["parameters"] and method == "get" and any(p["in"] == "query" for p in op["parameters"])) or 422 in told
        for status, answer in op["responses"].items():
            if int(status) >= 400:
                assert list(answer["content"]) == ["application/problem+json"], path


def test_every_body_and_answer_has_an_example_that_fits_it() -> None:
    for _, path, op in operations():
        contents = [answer.get("content", {}) for answer in op["responses"].values()]
        contents.append(op.get("requestBody", {}).get("content", {}))
        for content in contents:
            for media_type, described in content.items():
                if media_type.endswith("json"):
                    value = find_example(openapi(), described["schema"])
                    assert value is not None, path
                    schema = {**described["schema"], "components": openapi()["components"]}
                    jsonschema.Draft202012Validator(schema).validate(value)


def address(path: str) -> str:
    """The address of an operation with ids and names that nobody has."""
    path = re.sub(r"\{(?!user_)\w+_id\}", "00000000-0000-4000-8000-000000000000", path)
    path = (
        path.replace("{user_id}", "999999999")
        .replace("{number}", "1")
        .replace("{slug}", "none")
        .replace("{kind}", "none")
        .replace("{turn}", "1")
    )
    path = path.replace("{name}", "none").replace("{tool}", "none").replace("{environment}", "dev").replace("{turn}", "1")
    assert "{" not in path, path
    return path.removeprefix(ROOT)


@pytest.mark.slow
def test_no_operation_answers_what_the_document_does_not_know() -> None:
    """Every operation, called in every way that goes wrong alike: the client checks each answer against the document."""
    people = make_people()
    owner, viewer = ApiClient(key_of(people, people.alice)), ApiClient(key_of(people, people.alice, Role.VIEWER))
    for method, path, op in operations():
        where = address(path)
        assert ApiClient().call(method, where).status_code == 401
        needs = "" if op["x-permission"] == "read" else op["x-permission"]
        refused = viewer.call(method, where, {}).status_code
        assert (refused == 403) == bool(needs), f"{method} {path}: {refused}"
        if "multipart/form-data" in op.get("requestBody", {}).get("content", {}):
            assert owner.call(method, where, {}).status_code == 422
        elif "requestBody" in op:
            assert owner.call(method, where, "{").status_code == 400
            assert owner.call(method, where, "[]").status_code == 422
            example = find_example(openapi(), op["requestBody"]["content"]["application/json"]["schema"])
            owner.call(method, where, example)
        elif "{" in path:
            asked = [p["name"] for p in op["parameters"] if p["in"] == "query" and p["required"]]
            assert owner.call(method, f"{where}?{urlencode(dict.fromkeys(asked, '1'))}").status_code == 404
        if any(p["name"] == "limit" for p in op["parameters"]):
            assert owner.call(method, where + "?limit=0").status_code == 422


def test_every_parameter_is_described() -> None:
    for _, path, op in operations():
        for parameter in op["parameters"]:
            assert parameter["in"] == "path" or parameter.get("description"), f"{path} {parameter['name']}"


def test_the_reference_page_shows_every_operation_and_asks_no_other_server() -> None:
    answer = Client().get("/api/v1/docs")
    assert answer.status_code == 200
    page = answer.content.decode()
    for _, _, op in operations():
        assert f'id="{op["operationId"]}"' in page
    assert "//cdn" not in page
    assert "<script>" not in page
    assert 'style="' not in page
