"""Conversations by session id: the port that keeps them between the runs of an agent, and one that lives in memory.

A run itself keeps nothing: it gets the earlier turns as its input ``conversation_history``. On a site that is what a caller
passes (the result's ``updated_history`` of the run before); in Python an agent takes them from here.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Protocol

Turn = dict[str, str]  # role (user, assistant) and content


class ConversationStore(Protocol):
    async def load(self, session_id: str) -> list[Turn]:
        """All kept turns in their order; empty for a session that is not known."""
        ...

    async def add(self, session_id: str, turns: list[Turn]) -> None:
        """Adds ``turns`` behind those that are there, whoever else adds at the same time."""
        ...

    async def forget(self, session_id: str) -> None: ...


class InMemoryConversations:
    """Lives as long as its object. Of each session the last ``most_turns`` are kept, of all sessions the newest."""

    def __init__(self, most_turns: int = 400, most_sessions: int = 10_000):
        self._most_turns, self._most_sessions = most_turns, most_sessions
        self._turns: OrderedDict[str, list[Turn]] = OrderedDict()
        self._lock = threading.Lock()

    async def load(self, session_id: str) -> list[Turn]:
        with self._lock:
            return [dict(turn) for turn in self._turns.get(session_id, ())]

    async def add(self, session_id: str, turns: list[Turn]) -> None:
        with self._lock:
            kept = [*self._turns.pop(session_id, ()), *(dict(turn) for turn in turns)]
            self._turns[session_id] = kept[-self._most_turns :]
            while len(self._turns) > self._most_sessions:
                self._turns.popitem(last=False)

    async def forget(self, session_id: str) -> None:
        with self._lock:
            self._turns.pop(session_id, None)
