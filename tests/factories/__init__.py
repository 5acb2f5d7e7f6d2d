"""Makers of what tests need: people, servers, models."""
