"""Addresses of the builder's pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from journeys.web.builder import acting, creating, mapping, merging, page, problems, prompts, state

BUILD = "journeys/<slug:slug>/build/"

urlpatterns: list[URLPattern] = [
    path("journeys/new/", creating.new_journey, name="journey_new"),
    path(BUILD, page.show_builder, name="journey_build"),
    path(f"{BUILD}parts/", page.show_parts, name="journey_build_parts"),
    path(f"{BUILD}element/", acting.save_element, name="journey_build_element"),
    path(f"{BUILD}do/", acting.do, name="journey_build_do"),
    path(f"{BUILD}take-back/", acting.take_back, name="journey_build_take_back"),
    path(f"{BUILD}state/", state.show_state, name="journey_build_state"),
    path(f"{BUILD}edit/", state.edit, name="journey_build_edit"),
    path(f"{BUILD}mapping/", mapping.show_mapping, name="journey_build_mapping"),
    path(f"{BUILD}problems/", problems.show_problems, name="journey_problems"),
    path(f"{BUILD}manifest/", problems.show_manifest, name="journey_manifest"),
    path(f"{BUILD}undo/", state.undo, name="journey_build_undo"),
    path(f"{BUILD}presence/", state.be_present, name="journey_build_presence"),
    path(f"{BUILD}prompt/<slug:pathway>/", prompts.show_prompt, name="journey_prompt"),
    path(f"{BUILD}merge/<uuid:merge_id>/", merging.merge, name="journey_merge"),
]
