"""Addresses of the pages on which a journey is text, a file, or a version."""

from __future__ import annotations

from django.urls import URLPattern, path

from journeys.web import code, importing, versions

urlpatterns: list[URLPattern] = [
    path("journeys/import/", importing.import_file, name="journey_import"),
    path("journeys/<slug:slug>/code/", code.show_code, name="journey_code"),
    path("journeys/<slug:slug>/export/", code.export, name="journey_export"),
    path("journeys/<slug:slug>/versions/", versions.show_versions, name="journey_versions"),
    path("journeys/<slug:slug>/versions/<int:number>/restore/", versions.restore, name="journey_restore"),
    path("journeys/<slug:slug>/versions/<int:number>/roll-back/", versions.back_to, name="journey_roll_back"),
    path("journeys/<slug:slug>/environments/<slug:environment>/", versions.promote, name="journey_promote"),
]
