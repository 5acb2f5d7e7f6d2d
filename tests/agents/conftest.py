"""People and models of the agents' tests."""

from __future__ import annotations
