"""Follows a background run from the terminal: its progress as lines on standard error, and nothing is asked there."""

from __future__ import annotations

import asyncio
import sys
from typing import TextIO

from django.db import close_old_connections

from agents.core.control import ControlClosed
from agents.core.control.messages import Message, Problem, Progress, Reply, Request
from agents.services.runs import get_run
from agents.services.terminal_run import TerminalRun
from trust.core.principal import Principal


class ProgressLines:
    """A control transport that tells and never asks."""

    def __init__(self, stream: TextIO | None):
        self._stream = stream

    async def start(self) -> None:
        """Nothing is opened."""

    async def stop(self) -> None:
        """Nothing is closed."""

    async def show(self, message: Message) -> None:
        if self._stream is not None and isinstance(message, Progress | Problem):
            self._stream.write(f"{message.message}\n")
            self._stream.flush()

    async def ask(self, request: Request) -> Reply:
        raise ControlClosed("this command asks nobody; decide it in the inbox")


def follow_quietly(principal: Principal, run_id: object, *, quiet: bool) -> str:
    """Until the run has ended or waits for a person; what it waits for, else an empty text."""
    run = get_run(principal, run_id)  # type: ignore[arg-type]
    followed = TerminalRun(principal, run, ProgressLines(None if quiet else sys.stderr), asks=False)
    try:
        asyncio.run(followed.follow())
    finally:
        close_old_connections()
    return "; ".join(followed.waits_for)
