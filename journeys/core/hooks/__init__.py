"""Hooks of a journey: what is told at nine events of a session and may veto those that are about to happen."""
