"""Specs: the one frozen representation of everything that can run."""

from agents.core.spec.runnable import canonical, digest_spec, parse_spec

__all__ = ["canonical", "digest_spec", "parse_spec"]
