"""The one REST API, ``/api/v1``: composes the operations of the three apps and writes their OpenAPI document."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, URLResolver
from ninja import NinjaAPI
from ninja.constants import NOT_SET
from ninja.openapi.schema import OpenAPISchema

from kaizen_site.reference import Reference
from trust.services.guards import public
from trust.services.operations import StrictParser
from trust.services.problems import MEDIA_TYPE, install_problems

DESCRIPTION = """\
Everything that a page of Kaizen does, a program can do here.

**Keys.** Every operation wants `Authorization: Bearer <key>`. A key belongs to one organization and has one role;
each operation names the right that it needs. What is not yours does not exist for you: 404, never 403.

**Errors** are problem documents (RFC 9457, `application/problem+json`) with a stable `code`, and `problems` for input
that cannot be used.

**Lists** come in pages: send `next` of one page as `cursor` for the following one.

**Runs and messages** are accepted with 202 and a `Location`; follow the events there, as JSON or as server-sent events.
What was accepted is not lost. Send an `Idempotency-Key` to start a run at most once, however often you repeat the request.
"""


class KaizenAPI(NinjaAPI):
    """A ninja API whose document says ``application/problem+json`` for refusals, and each operation's right."""

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        self._documents: dict[str | None, OpenAPISchema] = {}

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None) -> OpenAPISchema:
        """Made at the first request and kept: it takes seconds, and the operations are always the same."""
        if path_prefix not in self._documents:
            self._documents[path_prefix] = self._write_document(path_prefix, path_params)
        return self._documents[path_prefix]

    def _write_document(self, path_prefix: str | None, path_params: dict[str, Any] | None) -> OpenAPISchema:
        document = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        rights = self._rights()
        for methods in document["paths"].values():
            for operation in methods.values():
                right = rights[operation["operationId"]]
                operation["x-permission"] = right
                operation["description"] = f"{operation.get('description', '')}\n\nNeeds the right `{right}`.".strip()
                for status, response in operation["responses"].items():
                    if int(status) >= 400 and "content" in response:
                        response["content"] = {MEDIA_TYPE: next(iter(response["content"].values()))}
        return document

    def _rights(self) -> dict[str, str]:
        """The right of each operation, from its guard. Every operation has exactly one guard."""
        rights: dict[str, str] = {}
        for router in self._get_bound_routers():
            for view in router.path_operations.values():
                for operation in view.operations:
                    (guard,) = operation.auth_callbacks
                    rights[self.get_openapi_operation_id(operation)] = guard.guarded_by  # type: ignore[attr-defined]
        return rights

    def _get_urls(self) -> list[URLResolver | URLPattern]:
        urls = super()._get_urls()
        root = urls[-1]  # of the API: it only ever answers 404
        if isinstance(root, URLPattern):
            public(root.callback)
        return urls

    def get_openapi_operation_id(self, operation: Any) -> str:
        return str(operation.operation_id)


def build_api() -> KaizenAPI:
    """A new API object with every operation. The site makes one; tests may make more."""
    from agents.api.router import router as agents_router
    from journeys.api.router import router as journeys_router
    from trust.api.router import router as trust_router

    made = KaizenAPI(
        title="Kaizen",
        version="1",
        description=DESCRIPTION,
        urls_namespace="api",
        docs=Reference(),
        docs_decorator=public,
        parser=StrictParser(),
        auth=NOT_SET,
        openapi_extra={"tags": TAGS},
    )
    install_problems(made)
    for router in (journeys_router, agents_router, trust_router):  # in this order: `/journeys/preflight` is no slug
        made.add_router("", router)
    return made


TAGS = [
    {"name": "Signatures", "description": "Typed inputs and outputs with instructions: drafts and versions."},
    {"name": "Agents", "description": "A signature with a strategy, a model and tools: drafts and versions."},
    {"name": "Journeys", "description": "Conversation graphs: drafts and versions."},
    {"name": "Sessions", "description": "Conversations with a journey and their messages."},
    {"name": "Tests", "description": "Test conversations of journeys, coverage, the publish gate and the intent laboratory."},
    {"name": "Live conversations", "description": "Hand-over to a person of the organization and back."},
    {"name": "Deploy", "description": "How people outside reach a published journey: the widget, programs, MCP."},
    {"name": "Personal data", "description": "Everything of one person: exported, and erased."},
    {"name": "Runs", "description": "Executions, their journals, cancelling and forking."},
    {"name": "Files", "description": "Files that agents get as inputs."},
    {"name": "Approvals", "description": "What runs ask of people."},
    {"name": "Tools", "description": "What agents can do: every tool with its parameters, danger and effect."},
    {"name": "Network", "description": "Where tools and MCP servers may connect to."},
    {"name": "MCP servers", "description": "Servers of others, their tools, and what people decided on each."},
    {"name": "Models", "description": "Providers with their keys and tests, the default model, and what models can do."},
    {"name": "Budgets", "description": "Limits of the organization, of agents and journeys, and of sessions."},
    {"name": "Permissions", "description": "Rules over tool calls, grants, and what would be decided."},
    {"name": "Usage", "description": "What models cost and how much they are used."},
    {"name": "Access", "description": "The key's principal, members, invitations and API keys."},
]

api = build_api()
