"""Addresses of the pages of this app."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from agents.web import agents, approvals, models, runs

urlpatterns: list[URLPattern | URLResolver] = [
    path("agents/", agents.show_agents, name="agent_list"),
    path("agents/<slug:slug>/", agents.show_agent, name="agent_detail"),
    path("settings/models/", models.show_models, name="model_settings"),
    path("settings/models/default/", models.choose_default, name="model_default"),
    path("runs/", runs.show_runs, name="run_list"),
    path("runs/<uuid:run_id>/", runs.show_run, name="run_detail"),
    path("runs/<uuid:run_id>/cancel/", runs.stop_run, name="run_cancel"),
    path("runs/<uuid:run_id>/fork/", runs.fork, name="run_fork"),
    path("approvals/", approvals.show_approvals, name="approval_list"),
    path("approvals/<uuid:approval_id>/", approvals.show_approval, name="approval_detail"),
    path("approvals/<uuid:approval_id>/decide/", approvals.decide, name="approval_decide"),
]
