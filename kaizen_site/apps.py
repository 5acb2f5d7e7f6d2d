"""The composition's own app, home of the ``serve`` command, and the admin with our site in it."""

from __future__ import annotations

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class KaizenSiteConfig(AppConfig):
    name = "kaizen_site"
    verbose_name = "Kaizen"


class KaizenAdminConfig(admin_apps.AdminConfig):
    default_site = "kaizen_site.admin_site.KaizenAdminSite"
