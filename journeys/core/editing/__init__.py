"""Editing a journey's draft, valid or not: operations that change one thing and keep everything they do not know."""
