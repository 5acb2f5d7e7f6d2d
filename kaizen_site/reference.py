"""The reference page of the API: the OpenAPI document as plain HTML, rendered here, so that it needs no script and no CDN."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from markdown_it import MarkdownIt
from ninja import NinjaAPI
from ninja.openapi.docs import DocsBase

MARKDOWN = MarkdownIt("commonmark", {"html": False})
FORM = "multipart/form-data"


@dataclass(frozen=True)
class Answer:
    status: str
    meaning: str
    media_types: str
    example: str


@dataclass(frozen=True)
class Shown:
    """One operation as the page shows it."""

    id: str
    method: str
    path: str
    summary: str
    text: str
    parameters: list[dict[str, Any]]
    body: str
    fields: list[dict[str, Any]]
    answers: list[Answer]
    refusals: list[Answer]
    command: str


class Reference(DocsBase):
    """Renders ``templates/reference/page.html`` at the docs address of the API."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        document = api.get_openapi_schema(path_params=kwargs)
        host = f"{request.scheme}://{request.get_host()}"
        context = {
            "info": document["info"],
            "text": _html(document["info"]),
            "groups": _groups(document, host),
            "openapi_url": self.get_openapi_url(api, kwargs),
        }
        return render(request, "reference/page.html", context)


def _html(described: dict[str, Any]) -> str:
    """The description as HTML. Raw HTML in it stays text."""
    html: str = MARKDOWN.render(described.get("description", ""))
    return mark_safe(html)  # noqa: S308  # our own text, and HTML is off


def _groups(document: dict[str, Any], host: str) -> list[dict[str, Any]]:
    shown: dict[str, list[Shown]] = {tag["name"]: [] for tag in document["tags"]}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            shown[operation["tags"][0]].append(_show(document, host, method.upper(), path, operation))
    return [{**tag, "operations": shown[tag["name"]]} for tag in document["tags"]]


def _show(document: dict[str, Any], host: str, method: str, path: str, operation: dict[str, Any]) -> Shown:
    answers = [_answer(document, status, answer) for status, answer in operation["responses"].items()]
    body, fields = _body(document, operation)
    return Shown(
        id=operation["operationId"],
        method=method,
        path=path,
        summary=operation["summary"],
        text=_html(operation),
        parameters=[{**parameter, "text": _html(parameter)} for parameter in operation["parameters"]],
        body=body,
        fields=fields,
        answers=[a for a in answers if a.status < "400"],
        refusals=[a for a in answers if a.status >= "400"],
        command=_command(host, method, path, body, upload=FORM in operation.get("requestBody", {}).get("content", {})),
    )


def _answer(document: dict[str, Any], status: Any, answer: dict[str, Any]) -> Answer:
    content = answer.get("content", {})
    first: dict[str, Any] = next(iter(content.values()), {})
    return Answer(
        status=str(status),
        meaning=HTTPStatus(int(status)).phrase,
        media_types=", ".join(content),
        example=_example(document, first.get("schema", {})),
    )


def _body(document: dict[str, Any], operation: dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    if "requestBody" not in operation:
        return "", []
    content = operation["requestBody"]["content"]
    schema = resolve(document, content.get("application/json", content.get(FORM))["schema"])
    required = schema.get("required", [])
    fields = [
        {**field, "name": name, "required": name in required, "type": _type(document, field), "text": _html(field)}
        for name, field in schema.get("properties", {}).items()
    ]
    return _example(document, schema) if FORM not in content else "", fields


def _example(document: dict[str, Any], schema: dict[str, Any]) -> str:
    value = find_example(document, schema)
    return json.dumps(value, indent=2, ensure_ascii=False) if value is not None else ""


def find_example(document: dict[str, Any], schema: dict[str, Any]) -> Any:
    """The example of a schema of the document, built from its parts where it has none of its own."""
    schema = resolve(document, schema)
    if "example" in schema:
        return schema["example"]
    if schema.get("type") == "array":
        inner = find_example(document, schema["items"])
        return [] if inner is None else [inner]
    if "properties" in schema:
        return {name: find_example(document, part) for name, part in schema["properties"].items()}
    return schema.get("default")


def resolve(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """The schema itself, where ``schema`` only refers to it."""
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def _type(document: dict[str, Any], field: dict[str, Any]) -> str:
    if "anyOf" in field:
        return " or ".join(_type(document, option) for option in field["anyOf"])
    field = resolve(document, field)
    if "enum" in field:
        return ", ".join(map(str, field["enum"]))
    return str(field.get("type", "any JSON"))


def _command(host: str, method: str, path: str, body: str, *, upload: bool = False) -> str:
    lines = [f"curl -X {method} '{host}{path}'", '  -H "Authorization: Bearer $KAIZEN_KEY"']
    if upload:
        lines.append("  -F 'file=@receipt.png'")
    if body:
        compact = json.dumps(json.loads(body), ensure_ascii=False).replace("'", "'\\''")
        lines += ["  -H 'Content-Type: application/json'", f"  -d '{compact}'"]
    return " \\\n".join(lines)
