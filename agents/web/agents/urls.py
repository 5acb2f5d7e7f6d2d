"""Addresses of the pages of agents."""

from __future__ import annotations

from django.urls import URLPattern, path

from agents.web.agents import editing, listing, overview, trying, versions

urlpatterns: list[URLPattern] = [
    path("agents/", listing.show_agents, name="agent_list"),
    path("agents/new/", listing.new_agent, name="agent_new"),
    path("agents/<slug:slug>/", overview.show_agent, name="agent_detail"),
    path("agents/<slug:slug>/edit/", editing.edit, name="agent_edit"),
    path("agents/<slug:slug>/try/", trying.try_agent, name="agent_try"),
    path("agents/<slug:slug>/try/<uuid:run_id>/", trying.show_try, name="agent_try_run"),
    path("agents/<slug:slug>/versions/", versions.show_versions, name="agent_versions"),
    path("agents/<slug:slug>/versions/<int:number>/restore/", versions.restore, name="agent_restore"),
    path("agents/<slug:slug>/runs/", overview.show_runs, name="agent_runs"),
    path("agents/<slug:slug>/rename/", overview.rename, name="agent_rename"),
    path("agents/<slug:slug>/duplicate/", listing.duplicate, name="agent_duplicate"),
    path("agents/<slug:slug>/delete/", overview.delete, name="agent_delete"),
    path("agents/<slug:slug>/unarchive/", overview.unarchive, name="agent_unarchive"),
]
