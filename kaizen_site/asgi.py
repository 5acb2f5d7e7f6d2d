"""The ASGI application: pages and API over HTTP, live pages over websockets."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kaizen_site.settings")

from django.core.asgi import get_asgi_application

http = get_asgi_application()

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter

from kaizen_site.origin import OriginOrKey
from kaizen_site.routing import websocket_urlpatterns

application = ProtocolTypeRouter(
    {"http": http, "websocket": OriginOrKey(AuthMiddlewareStack(URLRouter(websocket_urlpatterns)))}
)
