"""All addresses of the site: pages of the three apps, the REST API, the admin, and health."""

from __future__ import annotations

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from kaizen_site.api import api
from kaizen_site.health import live, ready

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/live", live, name="health_live"),
    path("health/ready", ready, name="health_ready"),
    path("api/v1/", api.urls),
    path("admin/", admin.site.urls),
    path("", include("trust.web.urls")),
    path("", include("agents.web.urls")),
    path("", include("journeys.web.urls")),
]
