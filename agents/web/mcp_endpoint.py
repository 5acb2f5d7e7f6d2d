"""``/mcp/``: our tools for programs that speak MCP over streamable HTTP, let in by an API key with the right to run."""

from __future__ import annotations

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from agents.services.mcp_builtin import answer_mcp
from trust.core.errors import KaizenError
from trust.core.principal import Principal
from trust.core.roles import Permission
from trust.services.guards import KeyAuth

_AUTH = KeyAuth(Permission.RUN)


@csrf_exempt  # no cookie lets anybody in here, only the key that the request itself brings
async def mcp_endpoint(request: HttpRequest) -> HttpResponse:
    """One JSON-RPC request in, one answer out: nothing is kept between two, so there is no stream to open and none to end."""
    try:
        principal: Principal | None = await sync_to_async(_AUTH)(request)
    except KaizenError as refusal:
        return _error(refusal.status, refusal.message)
    if principal is None:
        answer = _error(401, "send an API key of this site: Authorization: Bearer <key>")
        answer["WWW-Authenticate"] = "Bearer"
        return answer
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    status, headers, body = await answer_mcp(principal, dict(request.headers), request.body)
    return HttpResponse(body, status=status, headers=headers)


mcp_endpoint.guarded_by = Permission.RUN.value  # type: ignore[attr-defined]


def _error(status: int, message: str) -> HttpResponse:
    document = {"jsonrpc": "2.0", "id": None, "error": {"code": -32600, "message": message}}
    return JsonResponse(document, status=status)
