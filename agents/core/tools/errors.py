"""What tools refuse on principle: named, so that the journal says which wall a call ran into."""

from __future__ import annotations

from typing import Any

from agents.core.runtime.errors import StepFailed


class EgressRefused(StepFailed):
    """The rules forbid this connection. ``details``: the url as it was given, and the address where one was looked at."""

    def __init__(self, message: str, **details: Any):
        super().__init__(message, "egress_refused", **details)


class PathRefused(StepFailed):
    """A path leads out of the run's workspace, or to something there that tools do not touch."""

    def __init__(self, message: str, **details: Any):
        super().__init__(message, "path_refused", **details)


class QuotaReached(StepFailed):
    """A workspace is full: ``details`` say of what."""

    def __init__(self, message: str, **details: Any):
        super().__init__(message, "workspace_full", **details)
