"""Addresses of the websockets of this app."""

from __future__ import annotations

from typing import Any

from django.urls import path

from agents.realtime.control import ControlSocket
from agents.realtime.page import PageSocket
from agents.realtime.run import RunSocket

websocket_urlpatterns: list[Any] = [
    path("ws/v1/page", PageSocket.as_asgi()),
    path("ws/v1/runs/<uuid:run_id>", RunSocket.as_asgi()),
    path("ws/v1/runs/<uuid:run_id>/control", ControlSocket.as_asgi()),
]
