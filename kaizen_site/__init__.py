"""Composition only: settings, ASGI, Celery, URLs, health and the server command. Nobody imports it."""
