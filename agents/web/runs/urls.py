"""Addresses of the pages of runs."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from agents.web.runs import actions
from agents.web.runs.compare import show_comparison
from agents.web.runs.list import show_runs
from agents.web.runs.page import show_run

urlpatterns: list[URLPattern | URLResolver] = [
    path("runs/", show_runs, name="run_list"),
    path("runs/<uuid:run_id>/", show_run, name="run_detail"),
    path("runs/<uuid:run_id>/cancel/", actions.stop_run, name="run_cancel"),
    path("runs/<uuid:run_id>/resume/", actions.resume, name="run_resume"),
    path("runs/<uuid:run_id>/fork/", actions.fork, name="run_fork"),
    path("runs/<uuid:run_id>/replay/", actions.replay, name="run_replay"),
    path("runs/<uuid:run_id>/export/", actions.export, name="run_export"),
    path("runs/<uuid:run_id>/compare/", show_comparison, name="run_compare"),
]
