"""The Django app of this folder."""

from __future__ import annotations

from django.apps import AppConfig


class JourneysConfig(AppConfig):
    name = "journeys"
    verbose_name = "Journeys"

    def ready(self) -> None:
        from agents.services.mcp_builtin import register_served
        from agents.services.recovery import register_sweep
        from agents.services.targets import register_target
        from agents.services.topics import register_topic
        from journeys.gallery.catalog import register_tools

        register_target("journey", "journeys.services.targets:start_journey")
        register_topic("session", "journeys.realtime.session:open_session_topic")
        register_topic("talk", "journeys.realtime.talk:open_talk_topic")
        register_topic("live", "journeys.realtime.talk:open_live_topic")
        register_served("journeys.services.reach.mcp:served_journeys")
        register_sweep("journeys.services.silence:sweep_sessions")
        register_tools()
