"""Addresses of the pages of MCP servers, and of our own MCP endpoint."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from agents.web import mcp
from agents.web.mcp_endpoint import mcp_endpoint

urlpatterns: list[URLPattern | URLResolver] = [
    path("mcp/", mcp_endpoint, name="mcp_endpoint"),
    path("settings/mcp/", mcp.show_servers, name="mcp_settings"),
    path("settings/mcp-add/", mcp.add, name="mcp_add"),
    path("settings/mcp-signed-in/", mcp.signed_in, name="mcp_signed_in"),
    path("settings/mcp/<slug:name>/", mcp.show_server, name="mcp_server"),
    path("settings/mcp/<slug:name>/change/", mcp.change, name="mcp_change"),
    path("settings/mcp/<slug:name>/test/", mcp.test, name="mcp_test"),
    path("settings/mcp/<slug:name>/remove/", mcp.remove, name="mcp_remove"),
    path("settings/mcp/<slug:name>/sign-in/", mcp.sign_in, name="mcp_sign_in"),
    path("settings/mcp/<slug:name>/tool/", mcp.decide_tool, name="mcp_tool"),
]
