"""Tests that drive the whole product in a real browser: the user's own command, a real socket, a real database."""
