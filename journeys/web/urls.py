"""Addresses of the pages of this app."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from journeys.web import home, journeys, live, personal, playground, sessions

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.show_home, name="home"),
    path("gallery/", home.show_gallery, name="gallery"),
    path("gallery/<slug:slug>/use/", home.use_item, name="gallery_use"),
    path("journeys/", journeys.show_journeys, name="journey_list"),
    path("", include("journeys.web.texts")),
    path("", include("journeys.web.builder.urls")),
    path("", include("journeys.web.debugging.urls")),
    path("", include("journeys.web.playing.urls")),
    path("", include("journeys.web.testing.urls")),
    path("journeys/<slug:slug>/", journeys.show_journey, name="journey_detail"),
    path("journeys/<slug:slug>/publish/", journeys.publish, name="journey_publish"),
    path("journeys/<slug:slug>/playground/", playground.show_playground, name="playground"),
    path("journeys/<slug:slug>/messages/", sessions.open_with_message, name="session_open_with_message"),
    path("", include("journeys.web.reach.urls")),
    path("settings/personal-data/", personal.show_people, name="people_data"),
    path("settings/personal-data/export/", personal.export, name="people_data_export"),
    path("settings/personal-data/erase/", personal.erase, name="people_data_erase"),
    path("live/", live.show_list, name="live_list"),
    path("live/<uuid:session_id>/", live.show_conversation, name="live_conversation"),
    path("live/<uuid:session_id>/take-over/", live.take, name="live_take"),
    path("live/<uuid:session_id>/hand-back/", live.give_back, name="live_hand_back"),
    path("live/<uuid:session_id>/messages/", live.write, name="live_write"),
    path("live/<uuid:session_id>/draft/", live.draft, name="live_draft"),
    path("sessions/<uuid:session_id>/", playground.show_session, name="playground_session"),
    path("sessions/<uuid:session_id>/messages/", sessions.post, name="session_post"),
    path("sessions/<uuid:session_id>/turns/<uuid:run_id>/", playground.show_turn, name="session_turn"),
    path("sessions/<uuid:session_id>/turns/<uuid:run_id>/steps/", playground.show_steps, name="session_turn_steps"),
    path("sessions/<uuid:session_id>/turns/<uuid:run_id>/retry/", sessions.retry, name="session_retry"),
    path("sessions/<uuid:session_id>/inspector/", playground.show_inspector, name="session_inspector"),
    path("sessions/<uuid:session_id>/suggestions/", playground.show_suggestions, name="session_suggestions"),
    path("sessions/<uuid:session_id>/ask-for-person/", sessions.ask_for_person, name="session_ask_for_person"),
    path("sessions/<uuid:session_id>/go-on/", sessions.go_on, name="session_go_on"),
    path("sessions/<uuid:session_id>/end/", sessions.end, name="session_end"),
    path("sessions/<uuid:session_id>/restore/", sessions.restore, name="session_restore"),
    path("sessions/<uuid:session_id>/move/", sessions.move, name="session_move"),
    path("sessions/<uuid:session_id>/rename/", sessions.rename, name="session_rename"),
    path("sessions/<uuid:session_id>/delete/", sessions.delete, name="session_delete"),
]
