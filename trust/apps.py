"""Registers trust with Django. Owns nothing else."""

from __future__ import annotations

from django.apps import AppConfig


class TrustConfig(AppConfig):
    """Who acts, by what authority, and what was done."""

    name = "trust"
    verbose_name = "Trust"
    default_auto_field = "django.db.models.BigAutoField"
