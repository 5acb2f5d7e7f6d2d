"""``manage.py prepare``: migrations, first owner, gallery, a sign-in link. Run it before the production processes."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from kaizen_site.greeting import greet
from kaizen_site.prepare import prepare_site


class Command(BaseCommand):
    help = "Applies migrations, makes the first owner and publishes the gallery; safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        owner = prepare_site()
        self.stdout.write(greet(owner))
