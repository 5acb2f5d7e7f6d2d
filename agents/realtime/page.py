"""The websocket of a page: ``/ws/v1/page?topics=session:<id>,approvals&after=<run>:<seq>,...``."""

from __future__ import annotations

from agents.realtime.messages import read_cursors, read_query
from agents.realtime.socket import LiveSocket
from trust.core.errors import Invalid

MOST_TOPICS = 8


class PageSocket(LiveSocket):
    """Several topics on one socket, because a browser has few connections and a page has one."""

    def read_address(self) -> tuple[list[str], dict[str, int]]:
        query = read_query(self.scope["query_string"])
        names = list(dict.fromkeys(name for name in query.get("topics", "").split(",") if name))
        if not 0 < len(names) <= MOST_TOPICS:
            message = f"a page listens to 1 to {MOST_TOPICS} topics, not {len(names)}"
            raise Invalid(problems=[{"where": "query.topics", "message": message}])
        return names, read_cursors(query.get("after", ""))
