"""What can go wrong with a server of others, by what it means for the effect: nothing was sent, or nobody knows."""

from __future__ import annotations

from agents.core.runtime.calls import ToolFailed


class NotSent(ToolFailed):
    """The call did not reach the server, so nothing happened: it may be sent again, whatever it does."""

    def __init__(self, message: str, code: str = "unreachable"):
        super().__init__(message, code)


class Lost(ToolFailed):
    """The call was sent and its answer never came: it may have happened."""

    def __init__(self, message: str, code: str = "lost"):
        super().__init__(message, code)
