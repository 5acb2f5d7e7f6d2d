"""Preflight: everything that is wrong, or may go wrong, with a journey, found before anybody talks to it."""
