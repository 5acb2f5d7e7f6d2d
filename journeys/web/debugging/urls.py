"""Addresses of testing and debugging in the builder."""

from __future__ import annotations

from django.urls import URLPattern, path

from journeys.web.debugging import acts, page

BUILD = "journeys/<slug:slug>/build/"

urlpatterns: list[URLPattern] = [
    path(f"{BUILD}test/", acts.test, name="journey_build_test"),
    path(f"{BUILD}test/parts/", page.show_parts, name="journey_build_test_parts"),
    path(f"{BUILD}test/answer/", acts.answer, name="journey_build_answer"),
    path(f"{BUILD}paint/", page.show_paint, name="journey_build_paint"),
    path(f"{BUILD}breakpoint/", acts.set_break, name="journey_build_break"),
    path(f"{BUILD}pin/", acts.pin, name="journey_build_pin"),
    path(f"{BUILD}override/", acts.override, name="journey_build_override"),
    path(f"{BUILD}step/", acts.step, name="journey_build_step"),
    path(f"{BUILD}step/run/", page.show_step, name="journey_build_step_run"),
    path("runs/<uuid:run_id>/build/", page.open_run, name="run_build"),
]
