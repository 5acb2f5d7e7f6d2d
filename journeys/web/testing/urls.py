"""Addresses of the pages of tests and of the intent laboratory."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from journeys.web.testing import editing, lab, pages

_J = "journeys/<slug:slug>"
urlpatterns: list[URLPattern | URLResolver] = [
    path(f"{_J}/tests/", pages.show_tests, name="journey_tests"),
    path(f"{_J}/tests/run/", pages.run, name="journey_tests_run"),
    path(f"{_J}/tests/new/", editing.new, name="journey_test_new"),
    path(f"{_J}/tests/export/", editing.export, name="journey_tests_export"),
    path(f"{_J}/tests/import/", editing.import_, name="journey_tests_import"),
    path(f"{_J}/tests/gate/", pages.save_gate, name="journey_gate_save"),
    path(f"{_J}/tests/rounds/<uuid:round_id>/", pages.show_round, name="journey_test_round"),
    path(f"{_J}/tests/rounds/<uuid:round_id>/stop/", pages.stop, name="journey_test_round_stop"),
    path(f"{_J}/tests/results/<uuid:result_id>/", pages.show_result, name="journey_test_result"),
    path(f"{_J}/tests/<uuid:test_id>/", editing.edit, name="journey_test_edit"),
    path(f"{_J}/tests/<uuid:test_id>/change/", editing.change, name="journey_test_change"),
    path("sessions/<uuid:session_id>/make-test/", editing.from_session, name="journey_test_from_session"),
    path(f"{_J}/intents/", lab.show_lab, name="journey_intents"),
    path(f"{_J}/intents/add/", lab.add, name="journey_intents_add"),
    path(f"{_J}/intents/comparison/", lab.show_comparison, name="journey_intent_comparison"),
    path(f"{_J}/intents/run/", lab.run, name="journey_intents_run"),
    path(f"{_J}/intents/<uuid:utterance_id>/delete/", lab.drop, name="journey_utterance_delete"),
    path(f"{_J}/intents/runs/<uuid:lab_id>/", lab.show_run, name="journey_intent_run"),
]
