"""``manage.py serve``: the whole site in one process, or the web part of it when REDIS_URL is set."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kaizen_site.env import SettingsError
from kaizen_site.server import SiteServer


class Command(BaseCommand):
    help = "Serves the site on KAIZEN_BIND:PORT until SIGINT or SIGTERM."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            SiteServer(say=self.stdout.write).run()
        except SettingsError as error:
            raise CommandError(str(error)) from None
