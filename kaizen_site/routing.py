"""All websocket addresses of the site."""

from __future__ import annotations

from agents.realtime.routing import websocket_urlpatterns as agents_sockets
from journeys.realtime.routing import websocket_urlpatterns as journeys_sockets

websocket_urlpatterns = [*agents_sockets, *journeys_sockets]
