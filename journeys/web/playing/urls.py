"""Addresses of trying a journey out."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from journeys.web.playing import acts, comparing, opening, opinions

urlpatterns: list[URLPattern | URLResolver] = [
    path("journeys/<slug:slug>/sessions/", opening.open_new, name="session_open"),
    path("journeys/<slug:slug>/personas/", opening.save, name="persona_save"),
    path("journeys/<slug:slug>/personas/delete/", opening.delete, name="persona_delete"),
    path("journeys/<slug:slug>/feedback/", opinions.show_opinions, name="journey_feedback"),
    path("journeys/<slug:slug>/compare/", comparing.show_comparison, name="journey_compare"),
    path("journeys/<slug:slug>/compare/open/", comparing.open_comparison, name="compare_open"),
    path("journeys/<slug:slug>/compare/messages/", comparing.say_to_all, name="compare_post"),
    path("sessions/<uuid:session_id>/turns/<int:turn>/branch/", acts.branch, name="session_branch"),
    path("sessions/<uuid:session_id>/turns/<int:turn>/feedback/", acts.give_opinion, name="session_feedback"),
    path("sessions/<uuid:session_id>/jump/", acts.jump, name="session_jump"),
    path("sessions/<uuid:session_id>/debug/", acts.debug, name="session_debug"),
    path("sessions/<uuid:session_id>/silence/", acts.silence, name="session_silence"),
    path("sessions/<uuid:session_id>/paint/", acts.paint, name="session_paint"),
]
