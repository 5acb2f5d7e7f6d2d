"""Addresses of what people outside reach, and of the page on which it is set up."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from journeys.web.reach import page, widget

HERE = "widget/<slug:organization>/<slug:slug>/"
urlpatterns: list[URLPattern | URLResolver] = [
    path("journeys/<slug:slug>/deploy/", page.show_deploy, name="journey_deploy"),
    path("journeys/<slug:slug>/deploy/save/", page.save, name="journey_deploy_save"),
    path("journeys/<slug:slug>/deploy/secret/", page.new_secret, name="journey_deploy_secret"),
    path("widget/<slug:organization>/<slug:slug>.js", page.script, name="widget_script"),
    path(HERE, page.page, name="widget_page"),
    path(f"{HERE}config/", widget.config, name="widget_config"),
    path(f"{HERE}sessions/", widget.begin, name="widget_begin"),
    path(f"{HERE}news/", widget.news, name="widget_news"),
    path(f"{HERE}messages/", widget.say, name="widget_say"),
    path(f"{HERE}stream/", widget.stream, name="widget_stream"),
    path(f"{HERE}person/", widget.person, name="widget_person"),
    path(f"{HERE}answer/", widget.answer, name="widget_answer"),
    path(f"{HERE}link/", widget.link, name="widget_link"),
    path(f"{HERE}end/", widget.end, name="widget_end"),
]
